import type { ExternalAccess } from './external-access.js';

/** A call that takes back what was given by an ACL, a grant or a share. */
export interface TakeBack {
  /** As IAM names it: `ec2:ModifySnapshotAttribute`. */
  readonly operation: string;
  readonly input: object;
}

interface Given {
  readonly arn: string;
  readonly type: string;
  readonly configuration?: unknown;
}

type Reader = (id: string, who: string, given: Given, sids: readonly string[]) => TakeBack[] | undefined;

/** How each type that is shared without a policy of its own takes a share back. `who` is an account, or `*`. */
const readers: Readonly<Record<string, Reader>> = {
  'AWS::EC2::Snapshot': (id, who) => [
    {
      operation: 'ec2:ModifySnapshotAttribute',
      input: { SnapshotId: id, Attribute: 'createVolumePermission', OperationType: 'remove', ...audience(who) },
    },
  ],
  'AWS::EC2::Image': (id, who) => [
    { operation: 'ec2:ModifyImageAttribute', input: { ImageId: id, OperationType: 'remove', ...audience(who) } },
  ],
  'AWS::RDS::DBSnapshot': (id, who) => [
    {
      operation: 'rds:ModifyDBSnapshotAttribute',
      input: { DBSnapshotIdentifier: id, AttributeName: 'restore', ValuesToRemove: [restorer(who)] },
    },
  ],
  'AWS::RDS::DBClusterSnapshot': (id, who) => [
    {
      operation: 'rds:ModifyDBClusterSnapshotAttribute',
      input: { DBClusterSnapshotIdentifier: id, AttributeName: 'restore', ValuesToRemove: [restorer(who)] },
    },
  ],
  'AWS::KMS::Key': (_id, _who, { arn, configuration }, sids) => {
    const { Grants = [] } = configuration as { readonly Grants?: readonly { readonly GrantId?: string }[] };
    const found = Grants.filter(({ GrantId = '' }) => sids.includes(`Grant${GrantId.slice(0, 12)}`));
    return found.map(({ GrantId }) => ({ operation: 'kms:RevokeGrant', input: { KeyId: arn, GrantId } }));
  },
  'AWS::S3::Bucket': (_id, _who, { arn, configuration }, sids) => {
    const { Acl } = configuration as {
      readonly Acl?: { readonly Owner?: object; readonly Grants?: readonly object[] };
    };
    const taken = new Set(sids.map((sid) => Number(/^Grant(\d+)/.exec(sid)?.[1])));
    const Grants = (Acl?.Grants ?? []).filter((_, place) => !taken.has(place));
    const input = { Bucket: arn.split(':').at(-1), AccessControlPolicy: { Owner: Acl?.Owner, Grants } };
    return [{ operation: 's3:PutBucketAcl', input }];
  },
};

/** The calls that take back what a finding says was given; `undefined` where it is not known how. */
export function takeBack(given: Given, { principal, statements }: ExternalAccess): TakeBack[] | undefined {
  const id = given.arn.split(/[:/]/).at(-1) ?? given.arn;
  const sids = statements.map(({ sid }) => sid ?? '');
  if (given.configuration === undefined) return undefined;
  const calls = readers[given.type]?.(id, principal.value, given, sids);
  return calls === undefined || calls.length === 0 ? undefined : calls;
}

function audience(who: string): object {
  return who === '*' ? { GroupNames: ['all'] } : { UserIds: [who] };
}

function restorer(who: string): string {
  return who === '*' ? 'all' : who;
}
