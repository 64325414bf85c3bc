import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../../base/problem.js';
import type { PublicPart } from '../../keys/key-material.js';
import { algorithmsOf, type KeySpec } from '../../keys/key-spec.js';
import { isSigningAlgorithm, signingAlgorithm, type SigningAlgorithm } from '../../keys/signing-algorithm.js';
import type { Message } from './key-service.js';

/** Files up to this length are signed as they are; longer ones by their hash, where the algorithm has one. */
const RAW_MAX_BYTES = 4096;
/** Ed25519 signs the message itself, so it has to fit the memory. */
const WHOLE_MAX_BYTES = 256 * 2 ** 20;

/**
 * The algorithm to sign with: the one that is asked for, or the usual one of a key spec.
 *
 * @throws Problem `key-usage`.
 */
export function algorithmFor(spec: KeySpec, asked: string | undefined): SigningAlgorithm {
  const possible = algorithmsOf(spec, 'SIGN_VERIFY').filter(isSigningAlgorithm);
  const usual = possible.find((name) => name === 'RSASSA_PSS_SHA_256') ?? possible[0];
  const chosen = asked === undefined ? usual : possible.find((name) => name === asked);
  if (chosen !== undefined) return chosen;
  const next = possible.length === 0 ? 'take a key that signs' : `it does ${possible.join(', ')}`;
  const what = asked === undefined ? 'does not sign' : `does not do \`${asked}\``;
  throw new Problem('key-usage', `a key of spec \`${spec}\` ${what}`, { next, exit: 'badUsage' });
}

/**
 * What of a file is signed. The signature is one over the whole file either way: an algorithm that hashes gives the same
 * for the file and for its hash.
 *
 * @param rawMax the longest message that the key's place signs as it is.
 * @throws Problem `file`, or `message-too-long` when the algorithm needs all of a file that is too long.
 */
export async function messageOfFile(
  path: string,
  algorithm: SigningAlgorithm,
  part: PublicPart,
  rawMax: number | undefined,
): Promise<Message> {
  const { scheme, hash } = signingAlgorithm(algorithm);
  try {
    const { size } = await stat(path);
    if (scheme === 'ed25519ph') return { type: 'DIGEST', bytes: await hashOf(path, hash) };
    if (size <= RAW_MAX_BYTES) return { type: 'RAW', bytes: await readFile(path) };
    if (scheme === 'mlDsa') return { type: 'EXTERNAL_MU', bytes: await representative(path, part) };
    if (scheme !== 'ed25519') return { type: 'DIGEST', bytes: await hashOf(path, hash) };
    const most = Math.min(rawMax ?? WHOLE_MAX_BYTES, WHOLE_MAX_BYTES);
    if (size <= most) return { type: 'RAW', bytes: await readFile(path) };
    const next = 'take a P-256 or RSA key, which signs the hash of a file, or --algorithm ED25519_PH_SHA_512';
    throw new Problem('message-too-long', `\`${path}\` has ${size} bytes, and Ed25519 signs at most ${most} here`, {
      next,
      exit: 'badUsage',
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Problem('file', `the file \`${path}\` cannot be read (\`${code}\`)`, { exit: 'badUsage', cause: error });
  }
}

async function hashOf(path: string, name: string): Promise<Buffer> {
  const hash = createHash(name);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}

/** The message representative of ML-DSA, with an empty context. Source: FIPS 204, algorithm 7, line 6. */
async function representative(path: string, part: PublicPart): Promise<Buffer> {
  if (part.kind !== 'lattice') throw new TypeError(`${part.spec} is no key of ML-DSA`);
  const shake = (length: number) => createHash('shake256', { outputLength: length });
  const mu = shake(64)
    .update(shake(64).update(part.bytes).digest())
    .update(Buffer.from([0, 0]));
  for await (const chunk of createReadStream(path)) mu.update(chunk as Buffer);
  return mu.digest();
}
