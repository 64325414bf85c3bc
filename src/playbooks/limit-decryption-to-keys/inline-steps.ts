import type { Estate } from '../../estate/estate.js';
import { apiCall, type ApiCall } from '../../reference/api-call.js';
import { notRead } from '../plan.js';
import type { Refusal, Step, Subject } from '../playbook.js';
import { encodedDocument, plainDocument, tooLarge } from '../policy-edit.js';

/** A role, group or user with its inline policies, and the calls that read and write one. */
export interface IdentityPolicies {
  readonly name: string;
  readonly policies: readonly { readonly name: string; readonly text: string }[];
  /** All inline policies of one identity together. Source: IAM user guide, "IAM and AWS STS quotas". */
  readonly charactersMax: number;
  readonly read: (PolicyName: string) => ApiCall;
  readonly put: (PolicyName: string, PolicyDocument: string) => ApiCall;
}

/** The identity a finding is about; `undefined` when it is not there, a refusal when its policies were not read. */
export function identityOf(subject: Subject, estate: Estate): IdentityPolicies | Refusal | undefined {
  const { resourceArn, accountId } = subject;
  const of = (
    list: readonly { PolicyName?: string | undefined; PolicyDocument?: string | undefined }[] | undefined,
    more: Omit<IdentityPolicies, 'policies'>,
  ): IdentityPolicies | Refusal =>
    list === undefined
      ? notRead('its inline policies')
      : { ...more, policies: list.map(({ PolicyName: name = '', PolicyDocument: text = '' }) => ({ name, text })) };

  const role = estate.get('AWS::IAM::Role', resourceArn, accountId)?.configuration;
  if (role !== undefined) {
    const { RoleName = '', RolePolicyList } = role;
    return of(RolePolicyList, {
      name: RoleName,
      charactersMax: 10_240,
      read: (PolicyName) => apiCall('iam', 'GetRolePolicy', subject, { RoleName, PolicyName }),
      put: (PolicyName, PolicyDocument) =>
        apiCall('iam', 'PutRolePolicy', subject, { RoleName, PolicyName, PolicyDocument }),
    });
  }
  const group = estate.get('AWS::IAM::Group', resourceArn, accountId)?.configuration;
  if (group !== undefined) {
    const { GroupName = '', GroupPolicyList } = group;
    return of(GroupPolicyList, {
      name: GroupName,
      charactersMax: 5_120,
      read: (PolicyName) => apiCall('iam', 'GetGroupPolicy', subject, { GroupName, PolicyName }),
      put: (PolicyName, PolicyDocument) =>
        apiCall('iam', 'PutGroupPolicy', subject, { GroupName, PolicyName, PolicyDocument }),
    });
  }
  const user = estate.get('AWS::IAM::User', resourceArn, accountId)?.configuration;
  if (user === undefined) return undefined;
  const { UserName = '', UserPolicyList } = user;
  return of(UserPolicyList, {
    name: UserName,
    charactersMax: 2_048,
    read: (PolicyName) => apiCall('iam', 'GetUserPolicy', subject, { UserName, PolicyName }),
    put: (PolicyName, PolicyDocument) =>
      apiCall('iam', 'PutUserPolicy', subject, { UserName, PolicyName, PolicyDocument }),
  });
}

/** The steps that put changed inline policies in the place of those that were; a refusal when IAM would not take them. */
export function inlineSteps(
  identity: IdentityPolicies,
  changes: readonly { readonly name: string; readonly before: string; readonly after: string }[],
): readonly Step[] | Refusal {
  const all = identity.policies.map(
    ({ name, text }) => changes.find((each) => each.name === name)?.after ?? plainDocument(text),
  );
  const refusal = tooLarge(all.join(''), identity.charactersMax);
  if (refusal !== undefined) return refusal;
  return changes.map(({ name, before, after }): Step => {
    const read = identity.read(name);
    const documents = (text: string) => [...new Set([text, ...encodedDocument(plainDocument(text))])];
    return {
      id: `put-${name}`,
      title: `limit decryption in inline policy ${name} of ${identity.name}`,
      call: identity.put(name, after),
      before: [{ read, path: 'PolicyDocument', expect: { oneOf: documents(before) } }],
      after: [{ read, path: 'PolicyDocument', expect: { oneOf: documents(after) } }],
      undo: [identity.put(name, plainDocument(before))],
    };
  });
}

/** What these steps call. */
export const INLINE_CALLS = [
  'iam:GetRolePolicy',
  'iam:PutRolePolicy',
  'iam:GetGroupPolicy',
  'iam:PutGroupPolicy',
  'iam:GetUserPolicy',
  'iam:PutUserPolicy',
] as const;
