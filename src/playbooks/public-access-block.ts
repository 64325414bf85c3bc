import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import type { Stored } from '../base/json.js';

type Block = Stored<PublicAccessBlockConfiguration>;

/** All four settings on. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

/** S3's code for "there is none". */
export const NO_BLOCK = ['NoSuchPublicAccessBlockConfiguration'];

/** Whether everything is blocked already. */
export function isAllBlocked(block: Block | null | undefined): boolean {
  return (
    block !== null &&
    block !== undefined &&
    Object.keys(ALL_BLOCKED).every((name) => block[name as keyof Block] === true)
  );
}
