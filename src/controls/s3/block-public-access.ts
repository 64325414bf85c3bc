import { asObject } from '../shape.js';

/** The four settings of S3 Block Public Access. */
export const blockSettings = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

export type BlockSetting = (typeof blockSettings)[number];

/**
 * Whether a setting is on. What a configuration leaves out is off.
 *
 * @param configuration as stored: `null` when there is none, `undefined` when it was not read.
 * @returns `undefined` when that is not known.
 */
export function isBlocked(configuration: unknown, setting: BlockSetting): boolean | undefined {
  if (configuration === null) return false;
  const settings = asObject(configuration);
  if (settings === undefined) return undefined;
  const value = settings[setting];
  return value === undefined ? false : typeof value === 'boolean' ? value : undefined;
}

/** Whether a setting is on for a bucket: S3 applies the stricter of the bucket's and its account's. */
export function isBlockedByEither(bucket: unknown, account: unknown, setting: BlockSetting): boolean | undefined {
  const answers = [isBlocked(bucket, setting), isBlocked(account, setting)];
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}
