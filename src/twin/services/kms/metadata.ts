import type { Context } from '../../context.js';
import type { KeyResource } from './key.js';
import { currentMaterialId } from './material.js';

/** A key as DescribeKey shows it: without what other calls answer. */
export function metadata(context: Context, found: KeyResource) {
  const {
    KeyRotationEnabled: _enabled,
    RotationPeriodInDays: _period,
    NextRotationDate: _next,
    Rotations: _rotations,
    Grants: _grants,
    Policy: _policy,
    Tags: _tags,
    ...shown
  } = found.configuration;
  // A key whose material id was not read does not get one by being described.
  if (shown.CurrentKeyMaterialId === undefined || shown.KeyState === 'PendingImport') return shown;
  return { ...shown, CurrentKeyMaterialId: currentMaterialId(context, found) };
}

/** How KMS's listings say whether there is more. */
export function truncated(next: string | undefined) {
  return next === undefined ? { Truncated: false } : { Truncated: true, NextMarker: next };
}
