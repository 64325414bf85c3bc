import { hash } from 'node:crypto';
import type { FindingIdentifier } from '../../../findings/hub/finding-hub.js';

/** The first 16 bytes of SHA-256, in the form of PostgreSQL's `uuid`: 16 bytes on disk, compared in one step. */
export function hash16(text: string): string {
  return asUuid(hash('sha256', text, 'hex').slice(0, 32));
}

/**
 * A finding's key: eight bytes of a hash of its Id, eight of a hash of product and Id. Those of one Id lie side by side,
 * so that a filter on Id alone is a range of the same index.
 */
export function keyOf(finding: FindingIdentifier): string {
  return asUuid(keyDigitsOf(finding));
}

/** The key as 32 hexadecimal digits. */
export function keyDigitsOf({ Id, ProductArn }: FindingIdentifier): string {
  return idHalf(Id) + hash('sha256', `${ProductArn ?? ''}\n${Id ?? ''}`, 'hex').slice(0, 16);
}

/** The lowest and highest key that findings of an Id can have. */
export function keysOfId(id: string): readonly [string, string] {
  const half = idHalf(id);
  return [asUuid(half + '0'.repeat(16)), asUuid(half + 'f'.repeat(16))];
}

function idHalf(id: string | undefined): string {
  return hash('sha256', id ?? '', 'hex').slice(0, 16);
}

function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
