import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryLock, type LockHolder } from './process-lock.js';

let folder: string;
/** A process that is certainly gone. */
let dead: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-lock-'));
  const child = spawn(process.execPath, ['-e', '']);
  dead = child.pid ?? 0;
  await once(child, 'exit');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const held = (path: string, holder: Partial<LockHolder>) =>
  writeFile(path, JSON.stringify({ pid: dead, host: hostname(), token: 'old', about: 'an old run', ...holder }));

describe('a lock', () => {
  it('is had by one at a time, and says who has it', async () => {
    const path = join(folder, 'one');
    const first = await tryLock(path, 'the first');
    expect(await tryLock(path, 'the second')).toMatchObject({ holder: { pid: process.pid, about: 'the first' } });
    if ('release' in first) await first.release();
    expect(await tryLock(path, 'the third')).toHaveProperty('release');
  });

  it('of fifty that want it at once, exactly one gets it', async () => {
    const path = join(folder, 'fifty');
    await held(path, {});
    const attempts = await Promise.all(Array.from({ length: 50 }, () => tryLock(path, 'me')));
    expect(attempts.filter((attempt) => 'release' in attempt)).toHaveLength(1);
  });

  it.each([
    { name: 'of a process that is gone is taken over', holder: {}, taken: true },
    {
      name: 'of a number that another process has now is taken over',
      holder: { pid: process.pid, started: '1' },
      taken: process.platform === 'linux',
    },
    { name: 'of this process is kept', holder: { pid: process.pid }, taken: false },
    { name: 'of another machine is kept', holder: { host: 'elsewhere' }, taken: false },
  ])('$name', async ({ name, holder, taken }) => {
    const path = join(folder, name);
    await held(path, holder);
    const attempt = await tryLock(path, 'the next');
    expect('release' in attempt).toBe(taken);
    const now = JSON.parse(await readFile(path, 'utf8')) as LockHolder;
    expect(now.about).toBe(taken ? 'the next' : 'an old run');
  });

  it('that is made but not written yet is kept', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, '');
    expect(await tryLock(path, 'the next')).toEqual({ holder: undefined });
  });

  it('whose breaker died is left to a person', async () => {
    const path = join(folder, 'broken');
    await held(path, {});
    await held(`${path}.breaking`, {});
    await expect(tryLock(path, 'the next')).rejects.toMatchObject({ code: 'lock-broken' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ token: 'old' });
  });
});

describe('a lock that cannot be written', () => {
  it('is named, and leaves nothing behind', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const attempt = tryLock(join(file, 'x.lock'), 'me');
    await expect(attempt).rejects.toMatchObject({
      code: 'lock-unwritable',
      message: expect.stringContaining('x.lock') as string,
    });
  });

  it('is held by nobody knows whom where something else is in its place', async () => {
    const path = join(folder, 'a-folder.lock');
    await mkdir(path);
    expect(await tryLock(path, 'me')).toEqual({ holder: undefined });
  });

  it('is never without its holder, for whoever looks while it is made', async () => {
    const path = join(folder, 'watched.lock');
    const seen = new Set<string>();
    const look = async () => {
      for (let round = 0; round < 300; round++) seen.add(await readFile(path, 'utf8').catch(() => 'absent'));
    };
    const take = async () => {
      for (let round = 0; round < 60; round++) {
        const attempt = await tryLock(path, 'me');
        if ('release' in attempt) await attempt.release();
      }
    };
    await Promise.all([look(), take(), take()]);
    seen.delete('absent');
    for (const text of seen) expect(JSON.parse(text)).toMatchObject({ pid: process.pid, about: 'me' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
