import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-full-disk-'));
const home = join(folder, 'home');
/** A limit on the size of files, as the shell sets it, fails writes in the middle as a full disk does: by `EFBIG`. */
const hasLimits = spawnSync('sh', ['-c', 'ulimit -f 0']).status === 0;

function hikeshi(blocks: number | 'unlimited', ...given: string[]) {
  const words = ['-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', process.execPath, main, '--no-color', '--home', home];
  const { status, stdout, stderr } = spawnSync('sh', [...words, ...given], {
    encoding: 'utf8',
    env: { ...process.env, AWS_ENDPOINT_URL: '' },
  });
  return { status, stdout, stderr };
}

const files = () => readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

beforeAll(() => {
  for (const name of ['one', 'two', 'three']) expect(hikeshi('unlimited', 'keys', 'create', name).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasLimits)('a disk on which no more can be written (skipped where the shell sets no limits)', () => {
  it.each([0, 1, 2, 3, 4, 6, 8, 10])('%i blocks: the named error, nothing lost, nothing half-written', (blocks) => {
    const alias = `limited-${blocks}`;
    const before = hikeshi('unlimited', 'keys', 'list', '--json').stdout;
    const made = hikeshi(blocks, 'keys', 'create', alias, '--spec', 'ECC_NIST_P256');
    if (made.status !== 0) {
      expect(made.stderr).toMatch(/cannot be written \(`EFBIG`\)/);
      expect(made.stderr).toMatch(/next: check/);
      expect(made.stderr).not.toContain('bug');
    }
    expect(files().filter(({ name }) => /\.(?:tmp|lock|breaking)$/.test(name))).toEqual([]);
    // Either the key is there, and the error says so, or nothing has changed.
    const after = hikeshi('unlimited', 'keys', 'list', '--json').stdout;
    const isMade = made.status === 0 || made.stderr.includes('was done, and is not in the ledger');
    expect((JSON.parse(after) as { aliases: string[] }[]).some(({ aliases }) => aliases.includes(alias))).toBe(isMade);
    if (!isMade) expect(after).toBe(before);
    expect(hikeshi('unlimited', 'keys', 'create', `after-${blocks}`)).toMatchObject({ status: 0 });
    const verified = hikeshi('unlimited', 'ledger', 'verify');
    expect(verified.status, verified.stdout).toBe(0);
  });

  it('half of a line is never left behind the lines before it', () => {
    const path = join(folder, 'lines.jsonl');
    writeFileSync(path, `${'a'.repeat(399)}\n`);
    const module = join(import.meta.dirname, '../../dist/store/durable-file.js');
    const script = `import(${JSON.stringify(module)}).then(({ appendLine }) =>
      appendLine(${JSON.stringify(path)}, 'b'.repeat(3000)).catch(({ code, message }) => console.log(code, message)))`;
    const words = ['-c', 'ulimit -f 1; exec "$@"', 'sh', process.execPath, '-e', script];
    const { stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
    expect(stdout, stderr).toMatch(/^file-unwritable .*cannot be written \(`EFBIG`\)/);
    expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(399)}\n`);
  });

  it('a home that cannot be made is named', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, '--no-color', '--home', join(home, 'root-key', 'home'), 'keys', 'create', 'x'],
      { encoding: 'utf8' },
    );
    expect(stderr).toMatch(/cannot be written \(`ENOTDIR`\)/);
    expect(status).toBe(255);
    expect(readFileSync(join(home, 'root-key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});
