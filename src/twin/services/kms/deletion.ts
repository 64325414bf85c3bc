import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { edit, keyFor } from './key.js';
import { lacksMaterial } from './material.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const WINDOW_DAYS = { min: 7, max: 30 } as const;

/** The waiting period before a key is deleted; `settle` deletes it when the clock is past it. */
export const deletion = handlers('kms', {
  ScheduleKeyDeletion(input, context) {
    const PendingWindowInDays = input.PendingWindowInDays ?? WINDOW_DAYS.max;
    const facts = { 'kms:ScheduleKeyDeletionPendingWindowInDays': PendingWindowInDays };
    const found = keyFor(context, input.KeyId, { facts });
    const { configuration } = found;
    if (configuration.KeyManager === 'AWS') {
      throw new AwsError('AccessDeniedException', `The key ${found.arn} is managed by AWS`);
    }
    if (PendingWindowInDays < WINDOW_DAYS.min || PendingWindowInDays > WINDOW_DAYS.max) {
      const message = `PendingWindowInDays must be between ${WINDOW_DAYS.min} and ${WINDOW_DAYS.max} and was ${PendingWindowInDays}`;
      throw new AwsError('ValidationException', message);
    }
    const { MultiRegionKeyType, ReplicaKeys = [] } = configuration.MultiRegionConfiguration ?? {};
    if (MultiRegionKeyType === 'PRIMARY' && ReplicaKeys.length > 0) {
      edit(context, found, (edited) => {
        edited.KeyState = 'PendingReplicaDeletion';
        edited.Enabled = false;
        edited.PendingDeletionWindowInDays = PendingWindowInDays;
      });
      return { KeyId: found.arn, KeyState: 'PendingReplicaDeletion' as const, PendingWindowInDays };
    }
    const DeletionDate = new Date(context.now.getTime() + PendingWindowInDays * DAY_MS).toISOString();
    edit(context, found, (edited) => {
      edited.KeyState = 'PendingDeletion';
      edited.Enabled = false;
      edited.DeletionDate = DeletionDate;
    });
    return { KeyId: found.arn, DeletionDate, KeyState: 'PendingDeletion' as const, PendingWindowInDays };
  },
  CancelKeyDeletion(input, context) {
    const found = keyFor(context, input.KeyId);
    const lacks = lacksMaterial(found.configuration);
    edit(context, found, (edited) => {
      // Imported material may never have come, or have expired or been deleted meanwhile.
      edited.KeyState = lacks ? 'PendingImport' : 'Disabled';
      delete edited.DeletionDate;
      delete edited.PendingDeletionWindowInDays;
    });
    return { KeyId: found.arn };
  },
});
