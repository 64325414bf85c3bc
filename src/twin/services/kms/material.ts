import { createHash, createHmac } from 'node:crypto';
import type { RotationsListEntry } from '@aws-sdk/client-kms';
import type { Stored } from '../../../base/json.js';
import type { KeyMaterial } from '../../../keys/key-material.js';
import { isKeySpec } from '../../../keys/key-spec.js';
import { MemoryKeyStore, type KeyStore } from '../../../keys/key-store.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import type { Configuration, KeyResource } from './key.js';

/** What ListKeyRotations tells of one material of a key. */
export type MaterialEntry = Stored<RotationsListEntry>;

const DAY_MS = 24 * 60 * 60 * 1000;
/** KMS's period unless told. */
export const ROTATION_DAYS = 365;
/** A clock that is moved by millennia must not fill the memory. */
const ROTATIONS_MAX = 10_000;

/**
 * Every material of a key, oldest first, with the rotations that time has brought since: they follow from the clock and
 * are written down only when the key is changed, so that reading an estate never changes it.
 */
export function materialsOf(context: Context, { arn, configuration }: KeyResource): readonly MaterialEntry[] {
  const known = configuration.Rotations ?? firstMaterial(arn, configuration);
  if (configuration.KeyRotationEnabled !== true || known.length === 0) return known;
  let next = nextRotation(context, configuration);
  const nowMs = context.now.getTime();
  if (next > nowMs) return known;
  const all = known.map((each) => ({ ...each }));
  const periodMs = periodOf(configuration);
  for (; next <= nowMs && all.length < ROTATIONS_MAX; next += periodMs) {
    addRotation(arn, configuration, all, { RotationType: 'AUTOMATIC', RotationDate: new Date(next).toISOString() });
  }
  return all;
}

/** When a key with automatic rotation is rotated next after what is written down of it, in milliseconds. */
export function nextRotation(context: Context, configuration: Configuration): number {
  const { NextRotationDate, CreationDate } = configuration;
  if (NextRotationDate !== undefined) return Date.parse(NextRotationDate);
  // Not read: AWS counts from the day rotation was enabled, which nobody tells; the day the key was made is a guess.
  const made = Date.parse(CreationDate ?? context.estate.header.collectedAt);
  const periodMs = periodOf(configuration);
  const periods = Math.floor((Date.parse(context.estate.header.collectedAt) - made) / periodMs);
  return made + (Math.max(0, periods) + 1) * periodMs;
}

export function periodOf({ RotationPeriodInDays = ROTATION_DAYS }: Configuration): number {
  return RotationPeriodInDays * DAY_MS;
}

/** Adds a material that KMS made and makes it the current one. */
export function addRotation(
  arn: string,
  configuration: Configuration,
  all: MaterialEntry[],
  rotation: Pick<MaterialEntry, 'RotationType' | 'RotationDate'>,
): void {
  for (const each of all) if (each.KeyMaterialState === 'CURRENT') each.KeyMaterialState = 'NON_CURRENT';
  const KeyMaterialId = materialId(configuration.KeyId ?? '', all.length);
  all.push({ KeyId: arn, KeyMaterialId, KeyMaterialState: 'CURRENT', ...rotation });
}

function firstMaterial(arn: string, configuration: Configuration): MaterialEntry[] {
  const { Origin, KeyId, ExpirationModel, ValidTo } = configuration;
  if (lacksMaterial(configuration)) return [];
  const entry: MaterialEntry = {
    KeyId: arn,
    KeyMaterialId: configuration.CurrentKeyMaterialId ?? materialId(KeyId ?? '', 0),
    KeyMaterialState: 'CURRENT',
    ...(Origin === 'EXTERNAL' ? { ImportState: 'IMPORTED' } : {}),
    ...(ExpirationModel === undefined ? {} : { ExpirationModel }),
    ...(ValidTo === undefined ? {} : { ValidTo }),
  };
  return [entry];
}

/** Whether a key still waits for the material its customer is to bring. */
export function lacksMaterial({ Origin, KeyState, ExpirationModel, Rotations }: Configuration): boolean {
  if (Origin !== 'EXTERNAL') return false;
  if (Rotations !== undefined)
    return !Rotations.length || Rotations.some(({ ImportState }) => ImportState === 'PENDING_IMPORT');
  // KMS tells the expiration model of every key that has imported material.
  return KeyState === 'PendingImport' || (ExpirationModel === undefined && KeyState?.endsWith('Deletion') === true);
}

/** The id of the n-th material that KMS made for a key. It follows from the key's id, so all keys of a set agree. */
export function materialId(keyId: string, index: number): string {
  return createHash('sha256').update(`hikeshi key material\0${keyId}\0${index}`).digest('hex');
}

/** The id of imported material: it follows from the key's id and the material, as KMS's does, and tells neither. */
export function importedMaterialId(keyId: string, bytes: Uint8Array): string {
  return createHmac('sha256', bytes).update(`hikeshi imported key material\0${keyId}`).digest('hex');
}

/** The id of the material that encrypts now. */
export function currentMaterialId(context: Context, found: KeyResource): string {
  const current = materialsOf(context, found).find(({ KeyMaterialState }) => KeyMaterialState === 'CURRENT');
  if (current?.KeyMaterialId === undefined)
    throw new AwsError('KMSInvalidStateException', `${found.arn} is pending import.`);
  return current.KeyMaterialId;
}

/**
 * The material of a key, from the twin's store.
 *
 * @param id which material of a symmetric key; others have only one.
 * @throws AwsError UnsupportedOperationException for a spec that only China has.
 */
export function materialOf(context: Context, found: KeyResource, id?: string): KeyMaterial {
  const spec = found.configuration.KeySpec ?? 'SYMMETRIC_DEFAULT';
  if (!isKeySpec(spec)) {
    throw new AwsError('UnsupportedOperationException', `The twin has no cryptography for key spec ${spec}.`);
  }
  const wanted = spec === 'SYMMETRIC_DEFAULT' ? (id ?? currentMaterialId(context, found)) : undefined;
  return storeOf(context).obtain(storeId(found, wanted), spec);
}

/** The twin's store of private material. */
export function storeOf(context: Context): KeyStore {
  return context.keys.store(() => new MemoryKeyStore());
}

/** Destroys one material of a key, or all of them. */
export function destroyMaterial(context: Context, found: KeyResource, id?: string): void {
  const ids = id === undefined ? materialsOf(context, found).map(({ KeyMaterialId }) => KeyMaterialId) : [id];
  const symmetric = (found.configuration.KeySpec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT';
  for (const each of symmetric ? ids : [undefined]) storeOf(context).destroy(storeId(found, each));
}

/** Keys of a multi-Region set share what KMS made for them; what is imported, is imported into each of them. */
export function storeId({ arn, accountId, configuration }: KeyResource, id: string | undefined): string {
  const owner = configuration.Origin === 'EXTERNAL' ? arn : `${accountId}/${configuration.KeyId}`;
  return id === undefined ? owner : `${owner}/${id}`;
}
