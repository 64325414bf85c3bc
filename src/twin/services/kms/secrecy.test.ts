import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as sdk from '@aws-sdk/client-kms';
import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import { afterAll, expect, it } from 'vitest';
import { writeSnapshot } from '../../../estate/snapshot-file.js';
import { scalarOf } from '../../../keys/ecdsa-digest.js';
import type { KeyMaterial } from '../../../keys/key-material.js';
import { algorithmsOf, keySpecs, usagesOf, type KeySpec as Spec } from '../../../keys/key-spec.js';
import { MemoryKeyStore } from '../../../keys/key-store.js';
import { callRecord } from '../../call-record.js';
import { twinFor } from '../../testing.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-secrecy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A store that keeps what passes through it, to know what to look for. */
class WatchedStore extends MemoryKeyStore {
  readonly seen = new Set<KeyMaterial>();
  override obtain(id: string, spec: Spec): KeyMaterial {
    const material = super.obtain(id, spec);
    this.seen.add(material);
    return material;
  }
}

/** The bytes that must not get out. */
function secretOf(material: KeyMaterial): Buffer {
  const secret = material.reveal();
  if (secret.kind === 'secret') return secret.key.export();
  if (secret.kind === 'lattice') return Buffer.from(secret.seed);
  const { privateKey } = secret;
  if (privateKey.asymmetricKeyType === 'ec') return scalarOf(privateKey);
  if (privateKey.asymmetricKeyType === 'ed25519')
    return privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return Buffer.from(privateKey.export({ format: 'jwk' }).p ?? '', 'base64url');
}

/** How bytes look in a text: as hexadecimal, as base64 wherever they begin, as an array, as they are. */
function looks(bytes: Buffer): string[] {
  const part = bytes.subarray(0, 18);
  const base64 = [0, 1, 2].map((skip) => part.subarray(skip, skip + 15).toString('base64'));
  return [
    part.toString('hex'),
    ...base64,
    part.subarray(0, 8).join(','),
    part.subarray(0, 8).join(', '),
    part.toString('latin1'),
  ];
}

it('no private material gets out: not into the estate, a snapshot, a record, an answer, an error or an inspection', async () => {
  const keyStore = new WatchedStore();
  const twin = twinFor({ keyStore });
  const kms = await twin.client('kms');
  const said: unknown[] = [];
  const ask = async (call: Promise<unknown>) => {
    said.push(await call.catch((error: Error) => [Object.entries(error), error.name, error.message, error.stack]));
    return said.at(-1) as Record<string, Uint8Array & string>;
  };
  const Message = Buffer.alloc(32, 1);
  for (const spec of Object.keys(keySpecs) as Spec[]) {
    for (const usage of usagesOf(spec)) {
      const made = await kms.send(
        new sdk.CreateKeyCommand({ KeySpec: spec as KeySpec, KeyUsage: usage as KeyUsageType }),
      );
      const KeyId = made.KeyMetadata?.Arn ?? '';
      said.push(made);
      const [algorithm = ''] = algorithmsOf(spec, usage);
      await ask(kms.send(new sdk.GetPublicKeyCommand({ KeyId })));
      await ask(kms.send(new sdk.SignCommand({ KeyId, Message, SigningAlgorithm: algorithm as 'ECDSA_SHA_256' })));
      await ask(kms.send(new sdk.GenerateMacCommand({ KeyId, Message, MacAlgorithm: algorithm as 'HMAC_SHA_256' })));
      const EncryptionAlgorithm = algorithm as 'SYMMETRIC_DEFAULT';
      const { CiphertextBlob } = await ask(
        kms.send(new sdk.EncryptCommand({ KeyId, Plaintext: Message, EncryptionAlgorithm })),
      );
      const changed = Buffer.concat([CiphertextBlob ?? Buffer.from('x'), Buffer.of(1)]);
      await ask(kms.send(new sdk.DecryptCommand({ KeyId, CiphertextBlob: changed, EncryptionAlgorithm })));
      await ask(kms.send(new sdk.RotateKeyOnDemandCommand({ KeyId })));
      await ask(kms.send(new sdk.ScheduleKeyDeletionCommand({ KeyId })));
    }
  }
  expect(keyStore.seen.size).toBeGreaterThanOrEqual(19);
  const path = join(folder, 'estate.hikeshi');
  await writeSnapshot(path, twin.fork.header, [{ accountId: '111122223333', resources: twin.fork.all() }]);
  const snapshot = gunzipSync(readFileSync(path)).toString();
  expect(snapshot).toContain('AWS::KMS::Key');
  const places: readonly string[] = [
    JSON.stringify([...twin.fork.all()]),
    snapshot,
    JSON.stringify(twin.calls.map((call) => callRecord(call, 'id'))),
    written(twin.calls.map(({ input, output, error }) => ({ input, output, error }))),
    JSON.stringify(said.map((each) => inspect(each, { depth: 9, maxArrayLength: null }))),
    written(said),
    inspect(twin.twin, { depth: 12, maxArrayLength: null }),
    JSON.stringify(keyStore),
  ];
  const isIn = (bytes: Buffer, texts: readonly string[]) =>
    looks(bytes).some((look) => texts.some((each) => each.includes(look)));
  for (const material of keyStore.seen) {
    const secret = secretOf(material);
    expect(isIn(secret, places), material.spec).toBe(false);
    // That the search would find it, in each of the ways it could get out.
    const leaks = [
      secret.toString('hex'),
      `x${secret.toString('base64')}`,
      written({ a: secret }),
      written(new Uint8Array(secret)),
    ];
    for (const leak of leaks) expect(isIn(secret, [leak]), leak).toBe(true);
  }
});

/** JSON in which bytes can be searched for. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each,
  );
}
