import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DecryptCommand, GenerateDataKeyPairCommand, KMSClient, CreateKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TWIN_ACCESS_KEY, TWIN_SECRET_KEY } from '../../src/engine/twin/serve-twin.js';
import { scalarOf } from '../../src/keys/ecdsa-digest.js';
import { FileKeyStore } from '../../src/keys/file-key-store.js';
import { rootKeyFromEnvironment, rootKeyFromFile } from '../../src/keys/root-key.js';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-secrecy-'));
const home = join(folder, 'home');
const said: string[] = [];
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
  const words = [main, '--no-color', '--home', join(home, 'demo'), ...given];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env, cwd: folder });
  said.push(stdout, stderr);
  return { status, stdout, stderr };
}

/** A served twin whose every call is recorded. */
async function serveRecorded(): Promise<void> {
  const given = ['twin', 'serve', '--demo', '--accounts', '2', '--port', '0', '--record', join(folder, 'calls.jsonl')];
  const child = spawn(process.execPath, [main, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.twin = child;
  endpoint = await new Promise<string>((found, failed) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      said.push(chunk.toString());
      const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (url !== undefined) found(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', () => failed(new Error(`the twin did not start: ${text}`)));
  });
}

beforeAll(async () => {
  const { AWS_ENDPOINT_URL: _url, ...env } = process.env;
  const words = [main, '--no-color', '--home', home, 'demo', '--once', '--accounts', '2'];
  const demo = spawnSync(process.execPath, words, { encoding: 'utf8', env });
  said.push(demo.stdout, demo.stderr);
  expect(demo.status, demo.stderr).toBe(0);
  await serveRecorded();
}, 60_000);
afterAll(() => {
  started.twin?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The bytes of every private key of the embedded store: what must be nowhere. */
function embeddedSecrets(): Buffer[] {
  const root = rootKeyFromFile(join(home, 'demo/root-key'));
  const store = FileKeyStore.open(join(home, 'demo/keys'), root);
  const index = JSON.parse(readFileSync(join(home, 'demo/keys/index.json'), 'utf8')) as { keys: { id: string }[] };
  return index.keys.map(({ id }) => {
    const secret = store.get(id)!.reveal();
    if (secret.kind === 'secret') return secret.key.export();
    if (secret.kind === 'lattice') return Buffer.from(secret.seed);
    const { privateKey } = secret;
    if (privateKey.asymmetricKeyType === 'ec') return scalarOf(privateKey);
    if (privateKey.asymmetricKeyType === 'ed25519')
      return privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    return Buffer.from(privateKey.export({ format: 'jwk' }).p ?? '', 'base64url');
  });
}

/** Every file under a folder but the root key itself, as it is and, where it is compressed, as it was. */
function filesOf(path: string): { readonly name: string; readonly bytes: Buffer }[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.flatMap((entry) => {
    const name = join(entry.parentPath, entry.name);
    if (entry.name === 'root-key') return [];
    const bytes = readFileSync(name);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return [{ name, bytes }, ...(isPacked ? [{ name: `${name} unpacked`, bytes: gunzipSync(bytes) }] : [])];
  });
}

/** How bytes look when they get out: as they are, as hexadecimal, and as base 64 wherever they begin. */
function looks(secret: Buffer): Buffer[] {
  const part = secret.subarray(0, 18);
  const base64 = [0, 1, 2].map((skip) => part.subarray(skip, skip + 15).toString('base64'));
  const texts = [part.toString('hex'), part.toString('hex').toUpperCase(), ...base64];
  const urlSafe = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [part, ...[...texts, ...urlSafe, part.subarray(0, 8).join(',')].map((text) => Buffer.from(text))];
}

/** Base 64 inside base 64, as a record's statement lies in an envelope, is read too. */
function unwrapped({ name, bytes }: { name: string; bytes: Buffer }): { name: string; bytes: Buffer }[] {
  const inner = [...bytes.toString('latin1').matchAll(/[A-Za-z0-9+/]{200,}={0,2}/g)].map(([text]) =>
    Buffer.from(text, 'base64'),
  );
  return [
    { name, bytes },
    { name: `${name} inside`, bytes: Buffer.concat(inner) },
  ];
}

describe('everything that the product writes', () => {
  it('has no private key, no root key and no data key in it: snapshots, ledger, runs, logs, exports, messages', async () => {
    const specs = [
      'ECC_NIST_EDWARDS25519',
      'ECC_NIST_P256',
      'ECC_NIST_P521',
      'ECC_SECG_P256K1',
      'RSA_2048',
      'ML_DSA_44',
    ];
    writeFileSync(join(folder, 'small.txt'), 'hello\n');
    for (const spec of specs) {
      expect(hikeshi('keys', 'create', spec, '--spec', spec, '--json').status).toBe(0);
      hikeshi('sign', 'small.txt', '--key', spec, '--out', `${spec}.sig`);
      for (const format of ['pem', 'jwks', 'vkey']) hikeshi('keys', 'public', spec, '--format', format);
    }
    hikeshi('keys', 'rotate', 'RSA_2048');
    hikeshi('keys', 'list', '--json');
    hikeshi('sign', 'small.txt', '--key', 'nobody');
    const kms = new KMSClient({
      region: 'eu-west-1',
      endpoint,
      credentials: { accessKeyId: TWIN_ACCESS_KEY, secretAccessKey: TWIN_SECRET_KEY },
    });
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
    const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }));
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }));
    expect(opened.Plaintext).toEqual(pair.PrivateKeyPlaintext);
    kms.destroy();
    expect(hikeshi('snapshot', '--out', 'estate.hikeshi').status).toBe(0);
    const reports = ['report.json', 'report.csv', 'report.sarif', 'report.md'].flatMap((name) => ['--export', name]);
    hikeshi('scan', '--estate', 'estate.hikeshi', '--control', 'KMS.4', ...reports);
    expect(hikeshi('ledger', 'export', 'public').status).toBe(0);
    hikeshi('ledger', 'prove', '1', '--out', 'evidence');
    hikeshi('ledger', 'show', '1', '--json');
    expect(hikeshi('ledger', 'verify').status).toBe(0);
    const secrets = [
      ...embeddedSecrets(),
      Buffer.from(readFileSync(join(home, 'demo/root-key'), 'utf8').trim(), 'hex'),
      // The scalar of a data key pair: 32 bytes behind the header of PKCS#8 and RFC 5915.
      Buffer.from(opened.Plaintext ?? []).subarray(36, 68),
    ];
    expect(secrets.length).toBeGreaterThanOrEqual(specs.length + 4);
    const places = [...filesOf(folder), { name: 'messages', bytes: Buffer.from(said.join('\n')) }].flatMap(unwrapped);
    const names = ['calls.jsonl', 'estate.hikeshi unpacked', 'public/checkpoint', 'report.sarif', `${specs[0]}.sig`];
    expect(places.map(({ name }) => name)).toEqual(expect.arrayContaining(names.map((name) => join(folder, name))));
    const found = secrets.flatMap((secret, place) =>
      looks(secret).flatMap((look) =>
        places.filter(({ bytes }) => bytes.includes(look)).map(({ name }) => `${place}: ${name}`),
      ),
    );
    expect(found).toEqual([]);
    // That the search would find each of them, in a file, in base 64 and within base 64.
    for (const secret of secrets) {
      const inside = Buffer.from(`{"payload":"${Buffer.concat([Buffer.alloc(200), secret]).toString('base64')}"}`);
      const leaks = [secret, Buffer.from(secret.toString('hex')), Buffer.from(`x${secret.toString('base64')}`), inside];
      for (const leak of leaks) {
        const read = unwrapped({ name: 'leak', bytes: leak });
        expect(looks(secret).some((look) => read.some(({ bytes }) => bytes.includes(look)))).toBe(true);
      }
    }
  }, 300_000);

  it('the root key and the keys are their owner’s alone', () => {
    const modeOf = (name: string) => (statSync(join(home, 'demo', name)).mode & 0o777).toString(8);
    expect(modeOf('root-key')).toBe('600');
    expect(modeOf('keys')).toBe('700');
    for (const name of readdirSync(join(home, 'demo/keys'))) expect(modeOf(join('keys', name))).toBe('600');
    expect(dirname(home)).toBe(folder);
  });
});

it('a root key from the environment opens what it closed, and is written nowhere', () => {
  const ROOT = 'ab'.repeat(32);
  const elsewhere = join(folder, 'elsewhere');
  const env = { ...process.env, HIKESHI_ROOT_KEY: ROOT };
  const words = [main, '--no-color', '--home', elsewhere, 'keys', 'create', 'one'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
  expect(status, stderr).toBe(0);
  expect(readdirSync(elsewhere)).not.toContain('root-key');
  FileKeyStore.open(join(elsewhere, 'keys'), rootKeyFromEnvironment(env, 'HIKESHI_ROOT_KEY'));
  const written = Buffer.concat([Buffer.from(stdout + stderr), ...filesOf(elsewhere).map(({ bytes }) => bytes)]);
  for (const look of looks(Buffer.from(ROOT, 'hex'))) expect(written.includes(look)).toBe(false);
});
