import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TWIN_ACCESS_KEY, TWIN_SECRET_KEY } from '../../src/engine/twin/serve-twin.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-keys-cli-'));
const home = join(folder, 'home');
const file = join(folder, 'release.tar');
const small = join(folder, 'small.txt');
const started: { twin?: ChildProcess } = {};
let endpoint = '';

function hikeshi(...given: string[]) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_REGION: 'eu-west-1',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--no-color', '--home', home, ...given], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}
const openssl = (...given: string[]) => spawnSync('openssl', given, { cwd: folder, encoding: 'utf8' });

beforeAll(async () => {
  writeFileSync(file, Buffer.alloc(70_000, 'hikeshi'));
  writeFileSync(small, 'hello\n');
  const twin = spawn(process.execPath, [main, 'twin', 'serve', '--empty', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.twin = twin;
  endpoint = await new Promise<string>((found, failed) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (url !== undefined) found(url);
    };
    twin.stdout?.on('data', read);
    twin.stderr?.on('data', read);
    twin.on('exit', () => failed(new Error(`the twin did not start: ${text}`)));
  });
}, 30_000);
afterAll(() => {
  started.twin?.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  { name: 'the embedded key store', place: [] as string[] },
  { name: 'AWS KMS', place: ['--kms', 'eu-west-1'] },
])('$name', ({ place }) => {
  const alias = place.length === 0 ? 'own' : 'kms';
  it.skipIf(!hasOpenssl).each([
    { spec: 'ECC_NIST_P256', check: ['dgst', '-sha256', '-verify'] },
    { spec: 'ECC_NIST_P521', check: ['dgst', '-sha512', '-verify'] },
    {
      spec: 'RSA_2048',
      check: ['dgst', '-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest', '-verify'],
    },
  ])('$spec: signs a long file, and openssl verifies it', ({ spec, check }) => {
    const key = `${alias}-${spec}`;
    expect(hikeshi('keys', 'create', key, '--spec', spec, ...place)).toMatchObject({ status: 0 });
    const signed = hikeshi('sign', file, '--key', key, ...place);
    expect(signed.status, signed.stderr).toBe(0);
    writeFileSync(join(folder, 'key.pem'), hikeshi('keys', 'public', key, ...place).stdout);
    const { stdout, stderr } = openssl(...check, 'key.pem', '-signature', 'release.tar.sig', 'release.tar');
    expect(stdout, stderr).toContain('Verified OK');
    expect(hikeshi('verify', file, '--signature', `${file}.sig`, '--key', key, ...place).status).toBe(0);
    expect(hikeshi('verify', file, '--signature', `${file}.sig`, '--public-key', join(folder, 'key.pem')).status).toBe(
      0,
    );
    const bad = hikeshi('verify', small, '--signature', `${file}.sig`, '--public-key', join(folder, 'key.pem'));
    expect(bad).toMatchObject({ status: 1, stdout: expect.stringContaining('is bad') as string });
  });

  it('is listed, rotated, disabled and deleted, and each is in the ledger', () => {
    const key = `${alias}-life`;
    const created = hikeshi('keys', 'create', key, ...place);
    expect(created.status, created.stderr).toBe(0);
    expect(hikeshi('keys', 'list', ...place).stdout).toContain(key);
    const old = (
      JSON.parse(hikeshi('keys', 'list', '--json', ...place).stdout) as { id: string; aliases: string[] }[]
    ).find(({ aliases }) => aliases.includes(key))!;
    expect(hikeshi('keys', 'rotate', key, ...place).stdout).toContain('ledger entry');
    expect(hikeshi('keys', 'disable', old.id, ...place)).toMatchObject({ status: 0 });
    expect(hikeshi('sign', small, '--key', old.id, ...place).status).toBe(252);
    expect(hikeshi('keys', 'schedule-deletion', old.id, '--days', '7', ...place).stdout).toContain('PendingDeletion');
    expect(hikeshi('keys', 'schedule-deletion', old.id, '--days', '3', ...place).stderr).toContain('7 to 30 days');
    expect(hikeshi('keys', 'cancel-deletion', old.id, ...place).stdout).toContain('Disabled');
    const titles = hikeshi('ledger', 'show', '--limit', '5').stdout;
    for (const verb of ['create', 'rotate', 'disable', 'schedule-deletion', 'cancel-deletion'])
      expect(titles).toContain(`${verb} `);
    expect(hikeshi('ledger', 'verify').status).toBe(0);
  });
});

describe('--kms with the ARN of a key', () => {
  it('is that key, for every command that takes one', () => {
    const made = hikeshi('keys', 'create', 'by-arn', '--spec', 'ECC_NIST_P256', '--kms', 'eu-west-1', '--json');
    const { arn, id } = JSON.parse(made.stdout) as { arn: string; id: string };
    const place = ['--kms', arn];
    const at = (...given: string[]) => hikeshi(...given, ...place);
    for (const format of ['pem', 'jwks', 'vkey']) {
      const shown = at('keys', 'public', '--format', format);
      expect(shown, shown.stderr).toMatchObject({ status: 0 });
      expect(shown.stdout).toBe(
        hikeshi('keys', 'public', id, '--kms', 'eu-west-1', '--format', format, '--name', arn).stdout,
      );
    }
    expect(at('sign', small).stdout).toContain('ECDSA_SHA_256');
    expect(at('verify', small, '--signature', `${small}.sig`)).toMatchObject({ status: 0 });
    expect(at('keys', 'list').stdout).toContain(id);
    expect(at('keys', 'disable').stdout).toContain('Disabled');
    expect(at('sign', small)).toMatchObject({ status: 252 });
    expect(at('keys', 'enable').stdout).toContain('Enabled');
    expect(at('keys', 'schedule-deletion', '--days', '8').stdout).toContain('PendingDeletion');
    expect(at('keys', 'cancel-deletion').stdout).toContain('Disabled');
    expect(at('keys', 'enable')).toMatchObject({ status: 0 });
    const rotated = at('keys', 'rotate', '--json');
    expect(JSON.parse(rotated.stdout)).toMatchObject({ aliases: ['by-arn'] });
    expect((JSON.parse(rotated.stdout) as { arn: string }).arn).not.toBe(arn);
    expect(hikeshi('keys', 'disable')).toMatchObject({
      status: 252,
      stderr: expect.stringContaining('no key is named') as string,
    });
  });
});

describe('verify', () => {
  it.skipIf(!hasOpenssl)('takes what openssl signed', () => {
    openssl('genpkey', '-algorithm', 'ED25519', '-out', 'ed.pem');
    openssl('pkey', '-in', 'ed.pem', '-pubout', '-out', 'ed.pub');
    openssl('pkeyutl', '-sign', '-inkey', 'ed.pem', '-rawin', '-in', 'small.txt', '-out', 'ed.sig');
    const given = ['verify', small, '--signature', join(folder, 'ed.sig'), '--public-key', join(folder, 'ed.pub')];
    expect(hikeshi(...given)).toMatchObject({ status: 0 });
    appendFileSync(join(folder, 'ed.sig'), Buffer.of(0));
    expect(hikeshi(...given)).toMatchObject({ status: 1 });
    writeFileSync(join(folder, 'ed.sig'), '');
    expect(hikeshi(...given)).toMatchObject({ status: 1 });
  });

  it.each([
    { name: 'no key', given: ['verify', small, '--signature', small], says: 'no key is named' },
    { name: 'an unknown key', given: ['sign', small, '--key', 'nobody'], says: 'there is no key `nobody`' },
    {
      name: 'a public key that is none',
      given: ['verify', small, '--signature', small, '--public-key', small],
      says: 'holds no public key',
    },
    {
      name: 'a signature that is not there',
      given: ['verify', small, '--signature', join(folder, 'x'), '--key', 'x'],
      says: 'cannot be read (`ENOENT`)',
    },
    { name: 'a bad alias', given: ['keys', 'create', 'a b'], says: 'cannot be an alias' },
    { name: 'a spec that is none', given: ['keys', 'create', 'x', '--spec', 'SM2'], says: 'Allowed choices are' },
    { name: 'no place of KMS', given: ['keys', 'list', '--kms', 'Ireland'], says: 'neither a region nor a KMS key' },
  ])('$name: a named error', ({ given, says }) => {
    const { status, stderr } = hikeshi(...given);
    expect(stderr).toContain(says);
    expect(status).toBe(252);
  });
});

describe('the ledger’s own key', () => {
  it('is not taken away from under it, and is rotated with the ledger intact', () => {
    hikeshi('keys', 'create', 'any');
    expect(hikeshi('keys', 'disable', 'ledger').stderr).toContain('signs the ledger');
    expect(hikeshi('keys', 'schedule-deletion', 'ledger').stderr).toContain('rotate ledger` first');
    expect(hikeshi('keys', 'rotate', 'ledger').status).toBe(0);
    expect(hikeshi('keys', 'create', 'another').status).toBe(0);
    const { status, stdout } = hikeshi('ledger', 'verify');
    expect(status, stdout).toBe(0);
  });

  it.each(['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519'])('can be a %s key of AWS KMS', (spec) => {
    const elsewhere = join(folder, `ledger-${spec}`);
    const made = hikeshi('keys', 'create', `ledger-${spec}`, '--spec', spec, '--kms', 'eu-west-1', '--json');
    const { arn } = JSON.parse(made.stdout) as { arn: string };
    const begun = hikeshi('--home', elsewhere, 'ledger', 'init', '--kms', arn, '--origin', 'ledger.example.com/kms');
    expect(begun.status, begun.stderr).toBe(0);
    expect(hikeshi('--home', elsewhere, 'keys', 'create', 'one')).toMatchObject({ status: 0 });
    const verified = hikeshi('--home', elsewhere, 'ledger', 'verify');
    expect(verified.stdout).toContain('ledger.example.com/kms: 1 entries');
    expect(verified.status).toBe(0);
    const settings = readFileSync(join(elsewhere, 'ledger.json'), 'utf8');
    expect(settings).toContain(arn);
    expect(settings).not.toContain(TWIN_SECRET_KEY);
  });
});
