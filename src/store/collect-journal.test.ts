import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Collected } from '../collectors/collect.js';
import { CollectJournalFile } from './collect-journal.js';

const START_MS = Date.parse('2026-03-01T00:00:00.000Z');
const MINUTE_MS = 60_000;

const some = (name: string): Collected => {
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  const configuration = { AliasName: `alias/${name} – 火消し` };
  return { resources: [{ ...place, arn: name, type: 'AWS::KMS::Alias', configuration }], gaps: [] };
};

let folder = '';
let path = '';
const open = (key = 'org', nowMs = START_MS) => new CollectJournalFile(path, key, nowMs);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-journal-'));
  path = join(folder, 'deep', 'collecting.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a journal of a collection', () => {
  it('knows nothing at first', async () => {
    expect(await open().find('a')).toBeUndefined();
  });

  it('gives the next run what was finished, and only its owner may read it', async () => {
    const first = open();
    await first.find('a');
    await Promise.all(['a', 'b', 'c'].map((unit) => first.finish(unit, some(unit))));
    const second = open('org', START_MS + 5 * MINUTE_MS);
    expect(await second.find('b')).toEqual(some('b'));
    expect(await second.find('c')).toEqual(some('c'));
    expect(await second.find('d')).toBeUndefined();
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('is still continued after a second interruption, from the first start on', async () => {
    await open().finish('a', some('a'));
    await open('org', START_MS + 40 * MINUTE_MS).finish('b', some('b'));
    const third = open('org', START_MS + 59 * MINUTE_MS);
    expect(await third.find('a')).toEqual(some('a'));
    expect(await third.find('b')).toEqual(some('b'));
    expect(await open('org', START_MS + 61 * MINUTE_MS).find('a')).toBeUndefined();
  });

  it('of another target is begun anew', async () => {
    await open('org').finish('a', some('a'));
    const other = open('another org');
    expect(await other.find('a')).toBeUndefined();
    await other.finish('b', some('b'));
    expect(await open('another org').find('b')).toEqual(some('b'));
    expect(await open('org').find('a')).toBeUndefined();
  });

  it('of another version is begun anew', async () => {
    await open().finish('a', some('a'));
    const text = await readFile(path, 'utf8');
    await rm(path);
    await appendFile(path, text.replace('"version":1', '"version":2'));
    expect(await open().find('a')).toBeUndefined();
  });

  it('that was torn in its last line loses that line, and nothing that is written after it', async () => {
    await open().finish('a', some('a'));
    await appendFile(path, '{"unit":"b","resources":[{"arn":"ha');
    const after = open();
    expect(await after.find('a')).toEqual(some('a'));
    expect(await after.find('b')).toBeUndefined();
    await after.finish('c', some('c'));
    const last = open();
    expect(await last.find('c')).toEqual(some('c'));
    expect(await last.find('a')).toEqual(some('a'));
  });

  it('that was torn in its first line is begun anew', async () => {
    await open().finish('a', some('a'));
    await rm(path);
    await appendFile(path, '{"version":1,"ke');
    const journal = open();
    expect(await journal.find('a')).toBeUndefined();
    await journal.finish('b', some('b'));
    expect(await open().find('b')).toEqual(some('b'));
  });

  it('with a damaged line in the middle reads that unit again and keeps the others', async () => {
    await open().finish('a', some('a'));
    await appendFile(path, 'damaged\n');
    await open().finish('b', some('b'));
    expect(await open().find('a')).toEqual(some('a'));
    expect(await open().find('b')).toEqual(some('b'));
  });
});
