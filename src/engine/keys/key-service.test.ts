import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { Fork } from '../../estate/fork.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import { decodePublic, decodePublicPem } from '../../keys/decode-public.js';
import { encodePublic } from '../../keys/encode-material.js';
import { FileKeyStore } from '../../keys/file-key-store.js';
import { keySpecs, usagesOf, type KeySpec } from '../../keys/key-spec.js';
import { publicJwk, publicPem, thumbprint } from '../../keys/public-formats.js';
import { rootKeyFromFile } from '../../keys/root-key.js';
import { isSignedBy } from '../../ledger/note/verifier-key.js';
import { Home } from '../../store/home.js';
import { KeyIndexFile } from '../../store/key-index.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { Twin } from '../../twin/twin.js';
import { openConnection } from '../connect/open.js';
import { EmbeddedKeys } from './embedded-keys.js';
import type { KeyService, Message } from './key-service.js';
import { KmsKeys } from './kms-keys.js';
import { openEmbeddedKeys, openKmsKeys } from './open-keys.js';
import { algorithmFor, messageOfFile } from './sign-file.js';
import { signerOf } from './signer-of.js';

const root = mkdtempSync(join(tmpdir(), 'hikeshi-keys-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const SIGNING = (Object.keys(keySpecs) as KeySpec[]).filter((spec) => usagesOf(spec).includes('SIGN_VERIFY'));
/** RSA keys of 4096 bits take seconds to make. */
const QUICK = SIGNING.filter((spec) => spec !== 'RSA_4096' && spec !== 'RSA_3072');

/** A clock that tests move. */
const clock = { now: new Date('2026-11-23T12:00:00.000Z') };
const later = (days: number) => {
  clock.now = new Date(clock.now.getTime() + days * 24 * 3600 * 1000 + 1000);
};

async function kms(): Promise<KeyService> {
  const account = { accountId: ACCOUNT, name: 'prod', regions: [REGION], email: 'prod@example.com' };
  const header = { accounts: [account], partition: 'aws', collectedAt: clock.now.toISOString(), types: [], gaps: [] };
  const twin = new Twin({ estate: new Fork(new MemoryEstate(header as never, [])), clock: () => clock.now });
  const door = inProcessDoor(twin);
  const credentials = () => Promise.resolve(twin.rootCredential(ACCOUNT));
  return new KmsKeys(await openConnection({ regions: [REGION], credentials, door }), REGION);
}
let homes = 0;
const newHome = () => new Home(join(root, `home-${homes++}`));
const embedded = (): Promise<KeyService> => openEmbeddedKeys(newHome(), () => clock.now, {});

const raw = (text: string): Message => ({ type: 'RAW', bytes: Buffer.from(text) });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each([
  { name: 'the embedded key store', open: embedded },
  { name: 'AWS KMS', open: kms },
])('$name', ({ open }) => {
  it.each(QUICK)('%s: signs, verifies, and nothing else is good', async (spec) => {
    const keys = await open();
    const { id } = await keys.create({ spec, usage: 'SIGN_VERIFY', alias: 'release' });
    const algorithm = algorithmFor(spec, undefined);
    const signature = await keys.sign('release', algorithm, raw('hello'));
    expect(await keys.verify(id, algorithm, raw('hello'), signature)).toBe(true);
    expect(await keys.verify(id, algorithm, raw('hullo'), signature)).toBe(false);
    expect(await keys.verify(id, algorithm, raw('hello'), signature.subarray(1))).toBe(false);
    expect(await keys.verify(id, algorithm, raw('hello'), Buffer.alloc(signature.length))).toBe(false);
  });

  it('lists what there is, with aliases', async () => {
    const keys = await open();
    expect(await keys.list()).toEqual([]);
    const one = await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one', description: 'first' });
    const two = await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' });
    const listed = await keys.list();
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([one.id, two.id]));
    expect(listed.find(({ id }) => id === one.id)).toMatchObject({
      aliases: ['one'],
      description: 'first',
      state: 'Enabled',
    });
  });

  it('a name is had once', async () => {
    const keys = await open();
    await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    const again = await failure(keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' }));
    expect(again).toMatchObject({ code: 'alias-taken' });
    expect(await keys.list()).toHaveLength(1);
  });

  it('rotation gives the name to a new key; the old one verifies what it signed', async () => {
    const keys = await open();
    const first = await keys.create({ spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY', alias: 'release' });
    const signature = await keys.sign('release', 'ED25519_SHA_512', raw('hello'));
    const { before, now } = await keys.rotate('release');
    expect(before.id).toBe(first.id);
    expect(now.aliases).toEqual(['release']);
    expect((await keys.describe('release')).id).toBe(now.id);
    expect(await keys.verify('release', 'ED25519_SHA_512', raw('hello'), signature)).toBe(false);
    expect(await keys.verify(first.id, 'ED25519_SHA_512', raw('hello'), signature)).toBe(true);
  });

  it('a disabled key does nothing until it is enabled', async () => {
    const keys = await open();
    await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    expect(await keys.setEnabled('one', false)).toMatchObject({ state: 'Disabled' });
    expect(await failure(keys.sign('one', 'ECDSA_SHA_256', raw('x')))).toMatchObject({ code: 'key-state' });
    expect(await keys.setEnabled('one', true)).toMatchObject({ state: 'Enabled' });
    expect(await keys.sign('one', 'ECDSA_SHA_256', raw('x'))).toBeInstanceOf(Uint8Array);
  });

  it('deletion waits for its window, can be taken back within it, and is for good after it', async () => {
    const keys = await open();
    const { id } = await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    for (const days of [6, 31, 7.5, Number.NaN]) {
      expect(await failure(keys.scheduleDeletion('one', days)), String(days)).toMatchObject({
        code: 'deletion-window',
      });
    }
    expect(await keys.scheduleDeletion('one', 7)).toMatchObject({ state: 'PendingDeletion' });
    expect(await failure(keys.sign(id, 'ECDSA_SHA_256', raw('x')))).toMatchObject({ code: 'key-state' });
    later(6);
    expect(await keys.cancelDeletion(id)).toMatchObject({ state: 'Disabled' });
    await keys.setEnabled(id, true);
    await keys.sign(id, 'ECDSA_SHA_256', raw('x'));
    await keys.scheduleDeletion(id, 7);
    later(9);
    expect(await failure(keys.sign(id, 'ECDSA_SHA_256', raw('x')))).toMatchObject({ code: 'unknown-key' });
    expect(await keys.list()).toEqual([]);
  });

  it.each([
    {
      name: 'nothing has this name',
      work: (keys: KeyService) => keys.sign('onee', 'ECDSA_SHA_256', raw('x')),
      code: 'unknown-key',
    },
    {
      name: 'no key has this id',
      work: (keys: KeyService) => keys.describe('00000000-0000-0000-0000-000000000000'),
      code: 'unknown-key',
    },
  ])('$name: $code', async ({ work, code }) => {
    const keys = await open();
    await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    expect(await failure(work(keys))).toMatchObject({ code });
  });

  it.each(['ECC_NIST_EDWARDS25519', 'ECC_NIST_P256'] as const)('%s signs a ledger', async (spec) => {
    const keys = await open();
    await keys.create({ spec, usage: 'SIGN_VERIFY', alias: 'ledger' });
    const signer = await signerOf(keys, 'ledger');
    for (const length of [1, 100, 4096, 4097, 20_000]) {
      if (length > (signer.messageMax ?? Infinity)) continue;
      const message = Buffer.alloc(length, 7);
      const signature = await signer.sign(message);
      expect(isSignedBy(signer.publicKey, message, signature), `${length} bytes`).toBe(true);
    }
  });

  it('a key that cannot sign a ledger is refused', async () => {
    const keys = await open();
    await keys.create({ spec: 'ECC_NIST_P384', usage: 'SIGN_VERIFY', alias: 'other' });
    expect(await failure(signerOf(keys, 'other'))).toMatchObject({ code: 'ledger-key' });
  });
});

describe('files', () => {
  const path = (length: number) => {
    const file = join(root, `file-${length}`);
    writeFileSync(file, Buffer.alloc(length, 3));
    return file;
  };
  const cases: readonly { spec: KeySpec; length: number; type: string }[] = [
    { spec: 'ECC_NIST_P256', length: 4096, type: 'RAW' },
    { spec: 'ECC_NIST_P256', length: 4097, type: 'DIGEST' },
    { spec: 'RSA_2048', length: 100_000, type: 'DIGEST' },
    { spec: 'ECC_NIST_EDWARDS25519', length: 100_000, type: 'RAW' },
    { spec: 'ML_DSA_44', length: 4096, type: 'RAW' },
    { spec: 'ML_DSA_44', length: 100_000, type: 'EXTERNAL_MU' },
  ];
  it.each(cases)(
    '$spec signs a file of $length bytes as $type, and it is the signature of the file',
    async ({ spec, length, type }) => {
      const keys = await embedded();
      await keys.create({ spec, usage: 'SIGN_VERIFY', alias: 'one' });
      const algorithm = algorithmFor(spec, undefined);
      const part = await keys.publicPart('one');
      const message = await messageOfFile(path(length), algorithm, part, keys.rawMax);
      expect(message.type).toBe(type);
      const signature = await keys.sign('one', algorithm, message);
      const whole: Message = { type: 'RAW', bytes: Buffer.alloc(length, 3) };
      expect(await keys.verify('one', algorithm, whole, signature)).toBe(true);
    },
  );

  it('Ed25519 in KMS signs 4096 bytes and no more, and says what to do', async () => {
    const keys = await kms();
    await keys.create({ spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY', alias: 'one' });
    const part = await keys.publicPart('one');
    const refused = await failure(messageOfFile(path(4097), 'ED25519_SHA_512', part, keys.rawMax));
    expect(refused).toMatchObject({ code: 'message-too-long', next: expect.stringContaining('P-256') as string });
    const prehashed = await messageOfFile(path(4097), 'ED25519_PH_SHA_512', part, keys.rawMax);
    const signature = await keys.sign('one', 'ED25519_PH_SHA_512', prehashed);
    expect(await keys.verify('one', 'ED25519_PH_SHA_512', prehashed, signature)).toBe(true);
  });

  it('a file that is not there is named', async () => {
    const keys = await embedded();
    await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    const refused = messageOfFile(join(root, 'nothing'), 'ECDSA_SHA_256', await keys.publicPart('one'), undefined);
    expect(await failure(refused)).toMatchObject({
      code: 'file',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it.each([
    { spec: 'SYMMETRIC_DEFAULT', asked: undefined, says: 'does not sign' },
    { spec: 'ECC_NIST_P256', asked: 'ECDSA_SHA_384', says: 'does not do `ECDSA_SHA_384`' },
    { spec: 'HMAC_256', asked: undefined, says: 'does not sign' },
  ] as const)('$spec with $asked', ({ spec, asked, says }) => {
    expect(() => algorithmFor(spec, asked)).toThrow(says);
  });
});

describe('public keys', () => {
  it('the thumbprints of RFC 7638, section 3.1, and RFC 8037, appendix A.3', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    expect(thumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(thumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it.each(QUICK)('%s: written as PEM and read again', async (spec) => {
    const keys = await embedded();
    await keys.create({ spec, usage: 'SIGN_VERIFY', alias: 'one' });
    const part = await keys.publicPart('one');
    expect(decodePublicPem(publicPem(part))?.spec).toBe(spec);
    const jwk = publicJwk(part);
    // A second opinion on the form and its thumbprint.
    expect(jwk).toMatchObject({ kid: await calculateJwkThumbprint(jwk as JWK) });
    expect(JSON.stringify(jwk ?? {})).not.toMatch(/"(?:d|priv)"/);
  });

  it.each([
    { name: 'nothing', bytes: Buffer.alloc(0) },
    {
      name: 'a curve that KMS has not',
      bytes: generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }),
    },
    {
      name: 'RSA of 1024 bits',
      bytes: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' }),
    },
  ])('$name is none', ({ bytes }) => {
    expect(decodePublic(bytes)).toBeUndefined();
    expect(decodePublicPem('-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----')).toBeUndefined();
  });

  it('one with a byte after its end is none', () => {
    const spki = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    expect(decodePublic(spki)?.spec).toBe('ECC_NIST_EDWARDS25519');
    expect(decodePublic(Buffer.concat([spki, Buffer.of(0)]))).toBeUndefined();
  });

  it('a signature of openssl’s is verified with the key alone', () => {
    if (spawnSync('openssl', ['version']).status !== 0) return;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const part = decodePublic(publicKey.export({ format: 'der', type: 'spki' }));
    expect(part && encodePublic(part)).toEqual(publicKey.export({ format: 'der', type: 'spki' }));
    expect(isSignedBy(publicKey, Buffer.from('x'), nodeSign('sha256', Buffer.from('x'), privateKey))).toBe(true);
  });
});

describe('the embedded store', () => {
  it('is the same when it is opened again, and its material is nowhere in the clear', async () => {
    const home = newHome();
    const keys = await openEmbeddedKeys(home, () => clock.now, {});
    const secrets: Buffer[] = [];
    for (const spec of ['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519', 'RSA_2048', 'ML_DSA_44'] as const) {
      const { id } = await keys.create({ spec, usage: 'SIGN_VERIFY', alias: spec });
      await keys.sign(id, algorithmFor(spec, undefined), raw('x'));
      const secret = FileKeyStore.open(home.keys, rootKeyFromFile(join(home.path, 'root-key')))
        .get(id)!
        .reveal();
      if (secret.kind === 'pair') {
        const { d = '' } = secret.privateKey.export({ format: 'jwk' });
        secrets.push(Buffer.from(d, 'base64url'));
      } else if (secret.kind === 'lattice') secrets.push(Buffer.from(secret.seed));
    }
    expect(secrets).toHaveLength(4);
    const again = await openEmbeddedKeys(home, () => clock.now, {});
    expect(await again.list()).toEqual(await keys.list());
    const files = readdirSync(home.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const written = Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
    const shown = Buffer.from([JSON.stringify(keys), JSON.stringify(await keys.list())].join('\n'));
    for (const secret of secrets) {
      const forms = [
        secret,
        Buffer.from(secret.toString('hex')),
        Buffer.from(secret.toString('base64')),
        Buffer.from(secret.toString('base64url')),
      ];
      for (const form of forms) {
        expect(written.includes(form)).toBe(false);
        expect(shown.includes(form)).toBe(false);
      }
    }
  });

  it('another root key, none, or one that others may read is refused', async () => {
    const home = newHome();
    await openEmbeddedKeys(home, () => clock.now, {});
    const open = (environment: Record<string, string>) => failure(openEmbeddedKeys(home, () => clock.now, environment));
    expect(await open({ HIKESHI_ROOT_KEY: '0'.repeat(64) })).toMatchObject({ code: 'key-store-root' });
    expect(await open({ HIKESHI_ROOT_KEY: 'short' })).toMatchObject({ code: 'root-key-form' });
    expect(await open({ HIKESHI_PASSPHRASE: 'correct horse battery' })).toMatchObject({ code: 'key-store-root' });
    rmSync(join(home.path, 'root-key'));
    expect(await open({})).toMatchObject({ code: 'root-key-missing' });
  });

  it('a passphrase opens what it closed', async () => {
    const home = newHome();
    const environment = { HIKESHI_PASSPHRASE: 'correct horse battery staple' };
    const keys = await openEmbeddedKeys(home, () => clock.now, environment);
    await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: 'one' });
    expect(await (await openEmbeddedKeys(home, () => clock.now, environment)).list()).toHaveLength(1);
    const other = { HIKESHI_PASSPHRASE: 'correct horse battery stable' };
    expect(await failure(openEmbeddedKeys(home, () => clock.now, other))).toMatchObject({ code: 'key-store-root' });
  });

  it('ten first launches at once make one root key, and ten that create lose no key', async () => {
    const home = newHome();
    const all = await Promise.all(Array.from({ length: 10 }, () => openEmbeddedKeys(home, () => clock.now, {})));
    await Promise.all(
      all.map((keys, at) => keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', alias: `k${at}` })),
    );
    expect(await all[0]!.list()).toHaveLength(10);
  });

  it.each([
    { name: 'no JSON', text: '{', says: 'it is not JSON' },
    { name: 'a newer version', text: '{"version":2}', says: '`version` is 2' },
    { name: 'no keys', text: '{"version":1,"aliases":{}}', says: '`keys` is not a list' },
    { name: 'a key that is null', text: '{"version":1,"aliases":{},"keys":[null]}', says: '`keys[0].id`' },
    {
      name: 'an unknown spec',
      text: '{"version":1,"aliases":{},"keys":[{"id":"a","spec":"SM2"}]}',
      says: '`keys[0].spec`',
    },
    {
      name: 'a foreign usage',
      text: '{"version":1,"aliases":{},"keys":[{"id":"a","spec":"HMAC_256","usage":"SIGN_VERIFY"}]}',
      says: '`keys[0].usage`',
    },
    {
      name: 'an alias of nothing',
      text: '{"version":1,"aliases":{"x":"y"},"keys":[]}',
      says: '`aliases.x` names no key',
    },
  ])('an index with $name is refused, and left as it is', async ({ text, says }) => {
    const home = newHome();
    await openEmbeddedKeys(home, () => clock.now, {});
    const path = join(home.keys, 'index.json');
    writeFileSync(path, text);
    const keys = await openEmbeddedKeys(home, () => clock.now, {});
    const refused = await failure(keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' }));
    expect(refused).toMatchObject({ code: 'key-index', message: expect.stringContaining(says) as string });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('material that is gone is said to be gone', async () => {
    const home = newHome();
    const keys = await openEmbeddedKeys(home, () => clock.now, {});
    const { id } = await keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' });
    const name = `${createHash('sha256').update(id).digest('hex').slice(0, 40)}.key`;
    rmSync(join(home.keys, name));
    const again = await openEmbeddedKeys(home, () => clock.now, {});
    expect(await failure(again.sign(id, 'ECDSA_SHA_256', raw('x')))).toMatchObject({ code: 'key-store-corrupt' });
  });

  it('a full disk while a key is made: the named error, and no half key', async () => {
    const home = newHome();
    await openEmbeddedKeys(home, () => clock.now, {});
    const index = new KeyIndexFile(join(home.keys, 'index.json'));
    const store = {
      get: () => undefined,
      obtain: (): never => {
        throw Object.assign(new Error('the key store cannot be written (`ENOSPC`)'), { code: 'key-store-unwritable' });
      },
      put: () => undefined,
      destroy: () => undefined,
    };
    const keys = new EmbeddedKeys(index, store, () => clock.now);
    expect(await failure(keys.create({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' }))).toMatchObject({
      code: 'key-store-unwritable',
    });
    expect(await keys.list()).toEqual([]);
  });
});

it.each(['nowhere', 'arn:aws:s3:::bucket', 'EU-WEST-1', ''])('`%s` is no place of KMS', async (where) => {
  expect(await failure(openKmsKeys(where, {}))).toMatchObject({ code: 'bad-kms' });
});
