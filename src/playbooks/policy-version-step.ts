import type { Resource } from '../estate/estate.js';
import type { ResourceTypes } from '../estate/resource-types.js';
import { apiCall, outputOf } from '../reference/api-call.js';
import { notRead, refuse } from './plan.js';
import type { Refusal, Step, Subject } from './playbook.js';
import { tooLarge, writtenPolicy, type WrittenPolicy } from './policy-edit.js';

/** Source: IAM user guide, "IAM and AWS STS quotas". */
const VERSIONS_MAX = 5;
const CHARACTERS_MAX = 6_144;

type ManagedPolicy = ResourceTypes['AWS::IAM::ManagedPolicy'];

/** What is in force of a managed policy. */
export interface InForce {
  readonly versionId: string;
  readonly createDate: string;
  readonly text: string;
  readonly written: WrittenPolicy;
}

/** The default version of a managed policy, or why no plan can rest on it. */
export function inForce({ configuration }: Resource<'AWS::IAM::ManagedPolicy'>): InForce | Refusal {
  const version = configuration.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
  const { VersionId, CreateDate, Document } = version ?? {};
  if (VersionId === undefined || CreateDate === undefined || Document === undefined)
    return notRead('its default version');
  const written = writtenPolicy(Document);
  if (written === undefined) return refuse('its document is not a policy', 'look at the policy in IAM');
  return { versionId: VersionId, createDate: CreateDate, text: Document, written };
}

/**
 * The step that puts a new document in force. The version before stays, and undoing the step puts it in force again.
 *
 * @returns a refusal when IAM would not take the version.
 */
export function newVersionStep(
  subject: Subject,
  { Arn: PolicyArn = '', PolicyName = '', PolicyVersionList = [] }: ManagedPolicy,
  { versionId, createDate }: InForce,
  PolicyDocument: string,
): Step | Refusal {
  if (PolicyVersionList.length >= VERSIONS_MAX) {
    return refuse(
      `it has ${VERSIONS_MAX} versions, as many as IAM keeps`,
      'delete a version that nobody goes back to, and scan again',
    );
  }
  const refusal = tooLarge(PolicyDocument, CHARACTERS_MAX);
  if (refusal !== undefined) return refusal;
  const read = apiCall('iam', 'ListPolicyVersions', subject, { PolicyArn });
  const before = { VersionId: versionId, IsDefaultVersion: true, CreateDate: createDate };
  const id = 'create-version';
  return {
    id,
    title: `put a new version of ${PolicyName} in force, and keep ${versionId}`,
    call: apiCall('iam', 'CreatePolicyVersion', subject, { PolicyArn, PolicyDocument, SetAsDefault: true }),
    before: [{ read, path: 'Versions', expect: { contains: before } }],
    after: [{ read, path: 'Versions', expect: { lacks: before } }],
    undo: [
      apiCall('iam', 'SetDefaultPolicyVersion', subject, { PolicyArn, VersionId: versionId }),
      apiCall('iam', 'DeletePolicyVersion', subject, { PolicyArn, VersionId: outputOf(id, 'PolicyVersion.VersionId') }),
    ],
  };
}

/** What `newVersionStep` calls. */
export const POLICY_VERSION_CALLS = [
  'iam:ListPolicyVersions',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:DeletePolicyVersion',
] as const;

/** A warning that says how many lose what is taken out of a policy; none when nobody has it. */
export function holdersWarning({ AttachmentCount }: ManagedPolicy, lose: string) {
  if (AttachmentCount === 0) return [];
  const who = AttachmentCount === undefined ? 'those' : `the ${AttachmentCount} users, groups and roles`;
  return [{ code: 'accessLost', text: `${who} that have this policy lose ${lose}` }];
}
