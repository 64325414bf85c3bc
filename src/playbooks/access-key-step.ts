import type { IamUser } from '../estate/resource-types.js';
import { apiCall } from '../reference/api-call.js';
import { itemWith } from './check.js';
import { is } from './plan.js';
import type { Step, Subject, Warning } from './playbook.js';

export type AccessKey = NonNullable<IamUser['AccessKeys']>[number];

const DAY_MS = 86_400_000;

/** A key used this recently is in use. */
const IN_USE_DAYS = 30;

/** The step that makes an access key inactive. The key is never deleted: undoing it makes it active again. */
export function deactivateStep(subject: Subject, UserName: string, key: AccessKey): Step {
  const AccessKeyId = key.AccessKeyId ?? '';
  const read = apiCall('iam', 'ListAccessKeys', subject, { UserName });
  const path = `AccessKeyMetadata.${itemWith('AccessKeyId', AccessKeyId)}.Status`;
  const set = (Status: 'Active' | 'Inactive') =>
    apiCall('iam', 'UpdateAccessKey', subject, { UserName, AccessKeyId, Status });
  return {
    id: `deactivate-${AccessKeyId}`,
    title: `make access key ${AccessKeyId} of ${UserName} inactive`,
    call: set('Inactive'),
    before: [is(read, path, 'Active')],
    after: [is(read, path, 'Inactive')],
    undo: [set('Active')],
  };
}

/** What `deactivateStep` calls. */
export const ACCESS_KEY_CALLS = ['iam:ListAccessKeys', 'iam:UpdateAccessKey'] as const;

/** A warning for every key that somebody uses: making it inactive breaks that. */
export function keysInUse(keys: readonly AccessKey[], now: Date): Warning[] {
  return keys.flatMap(({ AccessKeyId, LastUsed }) => {
    const used = Date.parse(LastUsed?.LastUsedDate ?? '');
    const days = Math.floor((now.getTime() - used) / DAY_MS);
    if (Number.isNaN(used) || days >= IN_USE_DAYS) return [];
    const where = LastUsed?.ServiceName === undefined ? '' : ` for ${LastUsed.ServiceName}`;
    return [
      { code: 'keyInUse', text: `access key ${AccessKeyId} was used ${days} days ago${where}: what uses it will fail` },
    ];
  });
}

/** Days since an instant of the estate, or undefined when it is none. */
export function daysSince(instant: string | undefined, now: Date): number | undefined {
  const days = (now.getTime() - Date.parse(instant ?? '')) / DAY_MS;
  return Number.isNaN(days) ? undefined : days;
}
