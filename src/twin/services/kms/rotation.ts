import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { edit, keyFor, type Configuration, type KeyResource } from './key.js';
import { addRotation, materialsOf, nextRotation, periodOf, ROTATION_DAYS, type MaterialEntry } from './material.js';
import { truncated } from './metadata.js';
import { relatedKeys } from './settle.js';

const PERIOD_DAYS = { min: 90, max: 2560 } as const;
const ON_DEMAND_MAX = 25;

/** Rotation: automatic, which follows the clock, and on demand. */
export const rotation = handlers('kms', {
  GetKeyRotationStatus(input, context) {
    const found = keyFor(context, input.KeyId);
    requireAutomatic(found);
    const { KeyRotationEnabled = false, RotationPeriodInDays, KeyState } = found.configuration;
    const on = KeyRotationEnabled && KeyState !== 'PendingDeletion';
    return {
      KeyId: found.arn,
      KeyRotationEnabled: on,
      ...(on
        ? { RotationPeriodInDays: RotationPeriodInDays ?? ROTATION_DAYS, NextRotationDate: upcoming(context, found) }
        : {}),
    };
  },
  EnableKeyRotation(input, context) {
    const days = input.RotationPeriodInDays ?? ROTATION_DAYS;
    const found = keyFor(context, input.KeyId, { facts: { 'kms:RotationPeriodInDays': days } });
    requireAutomatic(found);
    requirePrimary(found);
    if (days < PERIOD_DAYS.min || days > PERIOD_DAYS.max) {
      const message = `RotationPeriodInDays must be between ${PERIOD_DAYS.min} and ${PERIOD_DAYS.max} and was ${days}`;
      throw new AwsError('ValidationException', message);
    }
    editAll(context, found, (edited) => {
      edited.KeyRotationEnabled = true;
      edited.RotationPeriodInDays = days;
      edited.NextRotationDate = new Date(context.now.getTime() + periodOf(edited)).toISOString();
    });
  },
  DisableKeyRotation(input, context) {
    const found = keyFor(context, input.KeyId);
    requireAutomatic(found);
    requirePrimary(found);
    editAll(context, found, (edited) => {
      edited.KeyRotationEnabled = false;
      delete edited.RotationPeriodInDays;
      delete edited.NextRotationDate;
    });
  },
  RotateKeyOnDemand(input, context) {
    const found = keyFor(context, input.KeyId);
    requireSymmetric(found);
    requirePrimary(found);
    const RotationDate = context.now.toISOString();
    const RotationType = 'ON_DEMAND';
    if (materialsOf(context, found).filter((each) => each.RotationType === RotationType).length >= ON_DEMAND_MAX) {
      throw new AwsError('LimitExceededException', `On-demand rotation quota exceeded for ${found.arn}.`);
    }
    editAll(context, found, (edited, { arn }) => {
      const all = edited.Rotations ?? [];
      if (edited.Origin === 'EXTERNAL') rotateImported(arn, all, { RotationDate, RotationType });
      else addRotation(arn, edited, all, { RotationDate, RotationType });
      edited.Rotations = all;
    });
    return { KeyId: found.arn };
  },
  ListKeyRotations(input, context) {
    const found = keyFor(context, input.KeyId);
    requireSymmetric(found);
    const all = materialsOf(context, found);
    const shown = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL' ? all : all.filter((each) => each.RotationDate);
    const { items, next } = context.page(shown, input.Marker, input.Limit, 1000);
    return { Rotations: items, ...truncated(next) };
  },
});

/** When the key is rotated next, given the rotations that time has already brought. */
function upcoming(context: Context, { configuration }: KeyResource): Date {
  const next = nextRotation(context, configuration);
  const late = context.now.getTime() - next;
  const periodMs = periodOf(configuration);
  return new Date(late < 0 ? next : next + (Math.floor(late / periodMs) + 1) * periodMs);
}

/**
 * Changes what the keys of a multi-Region set share. The rotations that the clock has brought are written down first:
 * they follow from settings that are about to change. A key that was never rotated keeps its configuration as it was.
 */
function editAll(
  context: Context,
  found: KeyResource,
  change: (configuration: Configuration, key: KeyResource) => void,
): void {
  for (const each of [found, ...relatedKeys(context, found)]) {
    const all = materialsOf(context, each);
    const next = each.configuration.KeyRotationEnabled === true ? upcoming(context, each) : undefined;
    const rotating = context.operation === 'RotateKeyOnDemand';
    edit(context, each, (edited) => {
      if (rotating || all.length > (edited.Rotations?.length ?? 1)) {
        edited.Rotations = all.map((entry) => ({ ...entry }));
        if (next !== undefined) edited.NextRotationDate = next.toISOString();
      }
      change(edited, each);
      const current = edited.Rotations?.find(({ KeyMaterialState }) => KeyMaterialState === 'CURRENT');
      if (current?.KeyMaterialId !== undefined) edited.CurrentKeyMaterialId = current.KeyMaterialId;
    });
  }
}

function rotateImported(
  arn: string,
  all: MaterialEntry[],
  rotation: Pick<MaterialEntry, 'RotationType' | 'RotationDate'>,
): void {
  const pending = all.find(({ KeyMaterialState }) => KeyMaterialState === 'PENDING_ROTATION');
  if (pending?.ImportState !== 'IMPORTED') {
    const message = `${arn} does not have key material that is pending rotation.`;
    throw new AwsError('KMSInvalidStateException', message);
  }
  for (const each of all) if (each.KeyMaterialState === 'CURRENT') each.KeyMaterialState = 'NON_CURRENT';
  Object.assign(pending, rotation, { KeyMaterialState: 'CURRENT' });
}

/** @throws AwsError UnsupportedOperationException for a key whose material KMS does not rotate by itself. */
function requireAutomatic(found: KeyResource): void {
  const { Origin } = found.configuration;
  requireSymmetric(found);
  if (Origin === 'AWS_KMS') return;
  const message = `${found.arn} origin is ${Origin} which is not valid for this operation.`;
  throw new AwsError('UnsupportedOperationException', message);
}

function requireSymmetric(found: KeyResource): void {
  const { KeySpec, KeyManager, Origin } = found.configuration;
  if (KeyManager === 'AWS') throw new AwsError('AccessDeniedException', `The key ${found.arn} is managed by AWS`);
  if (KeySpec !== undefined && KeySpec !== 'SYMMETRIC_DEFAULT') {
    const message = `${found.arn} key spec is ${KeySpec} which is not valid for this operation.`;
    throw new AwsError('UnsupportedOperationException', message);
  }
  if (Origin !== 'AWS_KMS' && Origin !== 'EXTERNAL') {
    const message = `${found.arn} origin is ${Origin} which is not valid for this operation.`;
    throw new AwsError('UnsupportedOperationException', message);
  }
}

function requirePrimary(found: KeyResource): void {
  if (found.configuration.MultiRegionConfiguration?.MultiRegionKeyType !== 'REPLICA') return;
  const message = `${found.arn} is a multi-Region replica key, which is not valid for this operation.`;
  throw new AwsError('UnsupportedOperationException', message);
}
