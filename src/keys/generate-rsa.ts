import { checkPrimeSync, createPrivateKey, type KeyObject } from 'node:crypto';
import type { Bytes } from './seeded-bytes.js';

const EXPONENT = 65537n;

/** Odd primes below 8,192: dividing by them first leaves one candidate in about eight for the costly test. */
const SMALL_PRIMES = Array.from({ length: 4095 }, (_, index) => 2 * index + 3).filter((candidate) => {
  for (let divisor = 3; divisor * divisor <= candidate; divisor += 2) if (candidate % divisor === 0) return false;
  return true;
});

/** How far from the random start a prime is looked for: e^-45 is the chance that none is there. */
const REACH = 65_536;

/**
 * An RSA key whose primes follow from a stream of bytes: OpenSSL makes only random ones, and a twin must make the same
 * key again. As fast as OpenSSL's, because the sieve does most of the work.
 *
 * Idea (FIPS 186-5, A.1.3, probable primes): a random odd start with its two top bits set, then the next number that no
 * small prime divides and that passes OpenSSL's own test; `p - 1` must share no factor with the exponent.
 */
export function generateRsa(bits: number, bytes: Bytes): KeyObject {
  const half = bits / 2;
  const p = prime(half, bytes);
  let q = prime(half, bytes);
  while (p === q) q = prime(half, bytes);
  const phi = (p - 1n) * (q - 1n);
  const d = inverse(EXPONENT, phi);
  const jwk = {
    kty: 'RSA',
    n: text(p * q),
    e: text(EXPONENT),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: text(d % (p - 1n)),
    dq: text(d % (q - 1n)),
    qi: text(inverse(q, p)),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function prime(bits: number, bytes: Bytes): bigint {
  for (;;) {
    const start = Buffer.from(bytes(bits / 8));
    start[0] = (start[0] ?? 0) | 0xc0;
    start[start.length - 1] = (start[start.length - 1] ?? 0) | 1;
    const found = primeFrom(BigInt(`0x${start.toString('hex')}`), bits);
    if (found !== undefined) return found;
  }
}

function primeFrom(start: bigint, bits: number): bigint | undefined {
  const remainders = SMALL_PRIMES.map((small) => Number(start % BigInt(small)));
  for (let step = 0; step < REACH; step += 2) {
    if (SMALL_PRIMES.some((small, index) => ((remainders[index] ?? 0) + step) % small === 0)) continue;
    const candidate = start + BigInt(step);
    if (candidate >> BigInt(bits) !== 0n) return undefined;
    if ((candidate - 1n) % EXPONENT !== 0n && checkPrimeSync(candidate)) return candidate;
  }
  return undefined;
}

/** The modular inverse, by Euclid's extended algorithm; the numbers are coprime by construction. */
function inverse(of: bigint, modulus: bigint): bigint {
  let [oldRest, rest] = [of, modulus];
  let [oldFactor, factor] = [1n, 0n];
  while (rest !== 0n) {
    const quotient = oldRest / rest;
    [oldRest, rest] = [rest, oldRest - quotient * rest];
    [oldFactor, factor] = [factor, oldFactor - quotient * factor];
  }
  return ((oldFactor % modulus) + modulus) % modulus;
}

function text(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
