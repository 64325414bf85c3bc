import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { CreateKeyCommand, KMSClient, SignCommand, type KeySpec, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { Fork } from '../src/estate/fork.js';
import { MemoryEstate } from '../src/estate/memory-estate.js';
import { inProcessDoor } from '../src/twin/in-process-door.js';
import type { WireRequest, WireResponse } from '../src/twin/protocols/wire.js';
import { Twin } from '../src/twin/twin.js';
import { median } from './measure.js';

/** Many short rounds: each is compared with its neighbour, so that whatever else the machine does meets both alike. */
const ROUNDS = 41;
const ROUND_MS = 40;
const RATIO_WANTED = 0.5;
const ACCOUNT = '111122223333';

const ways: readonly {
  readonly spec: KeySpec;
  readonly algorithm: SigningAlgorithmSpec;
  readonly hash: string | null;
  readonly pair: () => { readonly privateKey: KeyObject };
}[] = [
  {
    spec: 'ECC_NIST_P256',
    algorithm: 'ECDSA_SHA_256',
    hash: 'sha256',
    pair: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  },
  {
    spec: 'ECC_NIST_P384',
    algorithm: 'ECDSA_SHA_384',
    hash: 'sha384',
    pair: () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  },
  {
    spec: 'ECC_NIST_EDWARDS25519',
    algorithm: 'ED25519_SHA_512',
    hash: null,
    pair: () => generateKeyPairSync('ed25519'),
  },
  {
    spec: 'RSA_2048',
    algorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    hash: 'sha256',
    pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  },
];

/**
 * Signing a message of 256 bytes (RAW) on the twin in process, against bare `node:crypto` with a key of the same kind, in
 * alternating rounds of one run. The twin answers the very request that the SDK makes of it: decoding, validation, the
 * policies, the key's state, the signature, encoding.
 *
 * What the SDK's client adds is told apart, because it is not ours: the same call through it, and through it alone, with
 * an answer that lies ready. The latter is the most that any twin could reach behind that client, were it free.
 *
 * @throws Error when the twin signs less than half as fast.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const header = { partition: 'aws', collectedAt: '2026-03-01T00:00:00.000Z', accounts: [], types: [] };
  const twin = new Twin({ estate: new Fork(new MemoryEstate(header, [])), clock: () => new Date() });
  const captured: WireRequest[] = [];
  const spied = Object.create(twin) as Twin;
  spied.handle = (request, signature) => {
    captured.push(request);
    return twin.handle(request, signature);
  };
  const settings = { region: 'us-east-1', credentials: twin.rootCredential(ACCOUNT), ...inProcessDoor(spied) };
  const kms = new KMSClient(settings);
  const ready: { answer?: WireResponse } = {};
  const idle = Object.create(twin) as Twin;
  idle.handle = () => Promise.resolve(ready.answer as WireResponse);
  const alone = new KMSClient({ ...settings, ...inProcessDoor(idle) });
  const Message = randomBytes(256);
  for (const { spec, algorithm, hash, pair } of ways) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: 'SIGN_VERIFY' }));
    const command = () => new SignCommand({ KeyId: KeyMetadata?.Arn, SigningAlgorithm: algorithm, Message });
    await kms.send(command());
    const request = captured.at(-1) as WireRequest;
    captured.length = 0;
    const { privateKey } = pair();
    const bare = () => Promise.resolve(sign(hash, Message, privateKey));
    const own = () => twin.handle(request);
    const whole = async () => {
      await kms.send(command());
      captured.length = 0;
    };
    ready.answer = await twin.handle(request);
    const client = () => alone.send(command());
    const speeds = { bare: [] as number[], own: [] as number[], whole: [] as number[], client: [] as number[] };
    for (const work of [bare, own, whole, client]) await perSecond(work);
    for (let round = 0; round < ROUNDS; round++) {
      speeds.bare.push(await perSecond(bare));
      speeds.own.push(await perSecond(own));
    }
    for (let round = 0; round < ROUNDS / 4; round++) {
      speeds.whole.push(await perSecond(whole));
      speeds.client.push(await perSecond(client));
    }
    const [a, b] = [median(speeds.bare), median(speeds.own)];
    const [c, d] = [median(speeds.whole), median(speeds.client)];
    const ratio = median(speeds.own.map((speed, round) => speed / (speeds.bare[round] ?? Infinity)));
    report(
      `  ${algorithm.padEnd(26)} node:crypto ${shown(a)}/s, twin ${shown(b)}/s: ${percent(ratio)}; through the SDK ${shown(c)}/s: ${percent(c / a)}; the SDK alone ${shown(d)}/s: ${percent(d / a)}`,
    );
    if (ratio < RATIO_WANTED) {
      throw new Error(
        `the twin signs ${algorithm} at ${percent(ratio)} of node:crypto; ${percent(RATIO_WANTED)} is wanted`,
      );
    }
  }
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < ROUND_MS) {
    await work();
    count += 1;
  }
  return (count / (performance.now() - start)) * 1000;
}

const shown = (speed: number) => Math.round(speed).toLocaleString('en').padStart(6);
const percent = (ratio: number) => `${(ratio * 100).toFixed(0)} %`;
