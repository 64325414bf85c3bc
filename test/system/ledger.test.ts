import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerWriter } from '../../src/store/ledger-writer.js';
import { LedgerFolder } from '../../src/store/ledger-folder.js';
import { ed25519Signer, ORIGIN, p256Signer, record } from '../../src/ledger/testing.fixture.js';
import { readCheckpoint } from '../../src/engine/attest/ledger.js';
import { writeEvidence } from '../../src/engine/attest/write-evidence.js';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/cli/main.js');
const hasTools = spawnSync('openssl', ['version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

let folder: string;
let home: string;

function hikeshi(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--no-color', '--home', home, ...given], {
    encoding: 'utf8',
    env: { ...process.env, AWS_ENDPOINT_URL: '' },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hikeshi-ledger-cli-'));
  const demo = spawnSync(
    process.execPath,
    [main, '--no-color', '--home', join(folder, 'home'), 'demo', '--once', '--accounts', '2'],
    { encoding: 'utf8' },
  );
  expect(demo.status, demo.stderr).toBe(0);
  expect(demo.stdout).toContain('✓ intact: every entry, signature, hash and file');
  expect(demo.stdout).toMatch(/hikeshi ledger verify .+ --key 'hikeshi-ledger-/);
  home = join(folder, 'home/demo');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a fix leaves in the ledger', () => {
  it('its approval, its run and its undoing, newest first', () => {
    const { stdout } = hikeshi('ledger', 'show', '--json');
    const entries = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { index: number; kind: string; title: string });
    expect(entries.map(({ index, kind, title }) => `${index} ${kind} ${title.split(' ')[0]}`)).toEqual([
      // The hub's answer to the intruder.
      '4 run apply',
      '3 approval approved',
      '2 run undo',
      '1 run apply',
      '0 approval approved',
    ]);
  });

  it('the whole run, with the request ids of its calls', () => {
    const { stdout } = hikeshi('ledger', 'show', '1', '--json');
    const { record: whole } = JSON.parse(stdout) as {
      record: {
        detail: {
          run: { plan: object; rehearsal: object; caller: string };
          entries: { kind: string; requestIds?: string[] }[];
        };
      };
    };
    expect(whole.detail.run).toMatchObject({ plan: { playbook: 'revoke-open-ingress' }, rehearsal: { closes: true } });
    const done = whole.detail.entries.filter(({ kind }) => kind === 'done');
    expect(done.every(({ requestIds }) => (requestIds ?? []).every((id) => /^[0-9a-f-]{36}$/.test(id)))).toBe(true);
    expect(done.flatMap(({ requestIds }) => requestIds ?? [])).toHaveLength(done.length);
  });

  it('the run says where it is attested', () => {
    const { record: whole } = JSON.parse(hikeshi('ledger', 'show', '1', '--json').stdout) as {
      record: { detail: { run: { id: string } } };
    };
    const { stdout } = hikeshi('explain', whole.detail.run.id);
    expect(stdout).toContain('attested: ledger entry 1 (the run), proof ');
    expect(stdout).toContain('attested: ledger entry 2 (the run), proof ');
  });

  it('an entry that is not there is named', () => {
    const { status, stderr } = hikeshi('ledger', 'show', '99');
    expect(status).toBe(252);
    expect(stderr).toContain('no entry `99`');
    expect(stderr).toContain('its entries are 0 to');
  });
});

describe('verify', () => {
  it('an export is intact with its key, says nothing without one, and is refused with another', () => {
    const out = join(folder, 'export');
    const exported = hikeshi('ledger', 'export', out);
    expect(exported.status, exported.stderr).toBe(0);
    const key = /--key '([^']+)'/.exec(exported.stdout)?.[1] ?? '';
    expect(hikeshi('ledger', 'verify', out, '--key', key)).toMatchObject({ status: 0 });
    expect(hikeshi('ledger', 'verify', out).stderr).toContain('no key is trusted');
    const other =
      readFileSync(join(root, 'src/ledger/note/note.test.ts'), 'utf8').match(/example\.com\/foo\+[\w+/=]+/)?.[0] ?? '';
    const refused = hikeshi('ledger', 'verify', out, '--key', other);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('checkpoint-key');
    // Exporting again adds what is new.
    expect(hikeshi('ledger', 'export', out).status).toBe(0);
    expect(hikeshi('ledger', 'verify', out, '--key', key).stdout).toContain('7 entries');
    const before = hikeshi('ledger', 'verify').stdout;
    expect(hikeshi('ledger', 'export', root).stderr).toContain('holds other files than this ledger');
    // An export that was refused is none, and is not recorded as one.
    expect(hikeshi('ledger', 'verify').stdout).toBe(before);
  });

  it('a changed byte is told with its entry, and --json has all of it', () => {
    const out = join(folder, 'damaged');
    const key = /--key '([^']+)'/.exec(hikeshi('ledger', 'export', out).stdout)?.[1] ?? '';
    const { size } = JSON.parse(hikeshi('ledger', 'verify', out, '--key', key, '--json').stdout) as { size: number };
    const path = join(out, `tile/entries/000.p/${size}`);
    const bytes = readFileSync(path);
    bytes[500]! ^= 1;
    writeFileSync(path, bytes);
    const { status, stdout } = hikeshi('ledger', 'verify', out, '--key', key, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ intact: false, faults: [{ code: 'entry-changed', index: 0 }] });
    expect(hikeshi('ledger', 'verify', out, '--key', key).stdout).toContain('entry 0 is not the one that was recorded');
  });

  it('a ledger cut back to an earlier state is found by who has seen a later one', () => {
    const [early, late] = [join(folder, 'early'), join(folder, 'late')];
    const key = /--key '([^']+)'/.exec(hikeshi('ledger', 'export', early).stdout)?.[1] ?? '';
    hikeshi('ledger', 'export', late);
    const { status, stdout } = hikeshi('ledger', 'verify', early, '--key', key, '--known', join(late, 'checkpoint'));
    expect(status).toBe(1);
    expect(stdout).toContain('truncated');
    expect(hikeshi('ledger', 'verify', late, '--key', key, '--known', join(early, 'checkpoint')).status).toBe(0);
  });

  it('this machine’s own ledger, put back, is neither intact nor appended to', () => {
    const kept = join(folder, 'kept');
    cpSync(home, kept, { recursive: true });
    const checkpoint = readFileSync(join(home, 'ledger/checkpoint'));
    hikeshi('ledger', 'export', join(folder, 'later'));
    writeFileSync(join(home, 'ledger/checkpoint'), checkpoint);
    expect(hikeshi('ledger', 'verify').stdout).toContain('truncated');
    const refused = hikeshi('ledger', 'export', join(folder, 'never'));
    expect(refused.stderr).toContain('is not the one of');
    rmSync(home, { recursive: true });
    cpSync(kept, home, { recursive: true });
    expect(hikeshi('ledger', 'verify').status).toBe(0);
  });

  it('what is no ledger is said to be none', () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(hikeshi('ledger', 'verify', empty, '--key', 'x')).toMatchObject({ status: 252 });
    expect(hikeshi('ledger', 'show', '--folder', empty).stderr).toContain('there is no ledger in');
  });
});

describe('a witness', () => {
  it('signs what grows, and refuses what was put back', () => {
    const [out, elsewhere] = [join(folder, 'witnessed'), join(folder, 'witness-home')];
    const key = /--key '([^']+)'/.exec(hikeshi('ledger', 'export', out).stdout)?.[1] ?? '';
    const old = readFileSync(join(out, 'checkpoint'));
    const witness = () =>
      hikeshi('--home', elsewhere, 'ledger', 'witness', out, '--as', 'audit.example.com', '--key', key);
    const first = witness();
    expect(first.status, first.stderr).toBe(0);
    const own = /--key '([^']+)'/.exec(first.stdout)?.[1] ?? '';
    hikeshi('ledger', 'export', out);
    expect(witness().status).toBe(0);
    expect(hikeshi('ledger', 'verify', out, '--key', key, '--key', own).status).toBe(0);
    writeFileSync(join(out, 'checkpoint'), old);
    const refused = witness();
    expect(refused.status).toBe(255);
    expect(refused.stderr).toContain('fewer entries than this witness has seen');
    expect(hikeshi('ledger', 'verify', out, '--key', key, '--key', own).stdout).toContain('truncated');
  });
});

describe.skipIf(!hasTools)('an auditor with openssl and sha256sum alone (skipped without openssl and bash)', () => {
  const script = /```bash\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/ledger.md'), 'utf8'))?.[1] ?? '';
  const audit = (inFolder: string, entry: string, change: (text: string) => string = (text) => text) =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', change(script).replace('entry=entry-1', `entry=${entry}`)], {
      cwd: inFolder,
      encoding: 'utf8',
    });
  const good = [
    'Signature Verified Successfully',
    'record: as stated',
    'entry: in the log',
    'Signature Verified Successfully',
  ];

  it('believes the evidence of a fix, and not when a byte of it is another', () => {
    const proved = hikeshi('ledger', 'prove', '1', '--out', join(folder, 'evidence'));
    expect(proved.status, proved.stderr).toBe(0);
    const { stdout, status, stderr } = audit(folder, 'entry-1');
    expect(stdout.trim().split('\n'), stderr).toEqual(good);
    expect(status).toBe(0);
    appendFileSync(join(folder, 'evidence/entry-1.record.json'), ' ');
    expect(audit(folder, 'entry-1').stdout).not.toContain('record: as stated');
  });

  it.each([
    { name: 'Ed25519', signer: ed25519Signer() },
    { name: 'P-256', signer: p256Signer() },
  ])(
    'believes every place in logs of many sizes, signed with $name',
    async ({ name, signer }) => {
      const place = join(folder, `log-${name}`);
      const ledger = new LedgerFolder(join(place, 'ledger'));
      const head = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };
      const writer = new LedgerWriter({ folder: ledger, origin: ORIGIN, signer, head });
      const dgst = (text: string) =>
        text.replace(
          /openssl pkeyutl -verify -pubin -inkey \$key -rawin -in (\S+) -sigfile (\S+)/g,
          'openssl dgst -sha256 -verify $key -signature $2 $1',
        );
      for (const [round, size] of [1, 2, 5, 7, 300].entries()) {
        const before = (await readCheckpoint(ledger))?.size ?? 0;
        await Promise.all(Array.from({ length: size - before }, (_, at) => writer.append(record(before + at))));
        const checkpoint = (await readCheckpoint(ledger))!;
        for (const index of new Set([0, size - 1, Math.floor(size / 2)])) {
          await writeEvidence(ledger, checkpoint, index, [signer.publicKey], join(place, `${round}/evidence`));
          const { stdout, stderr } = audit(
            join(place, String(round)),
            `entry-${index}`,
            name === 'P-256' ? dgst : undefined,
          );
          const wanted =
            name === 'P-256'
              ? good.map((line) => line.replace('Signature Verified Successfully', 'Verified OK'))
              : good;
          expect(stdout.trim().split('\n'), `entry ${index} of ${size}: ${stderr}`).toEqual(wanted);
        }
      }
    },
    60_000,
  );
});
