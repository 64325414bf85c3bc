import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Curve } from './key-spec.js';

/** The curves by OpenSSL's names: their arithmetic, and their orders, from one source. */
export const curves = {
  prime256v1: p256,
  secp384r1: p384,
  secp521r1: p521,
  secp256k1,
} as const satisfies { readonly [Name in Curve]: typeof p256 };

/** The number of points: private scalars lie in [1, order). */
export function orderOf(curve: Curve): bigint {
  return curves[curve].Point.Fn.ORDER;
}

/** The octets of a scalar of this curve. */
export function scalarBytes(curve: Curve): number {
  return Math.ceil(orderOf(curve).toString(2).length / 8);
}
