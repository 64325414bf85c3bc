/** The kinds of policy that take part in a decision. */
export type PolicyKind =
  | 'identity'
  | 'boundary'
  | 'session'
  | 'scp'
  | 'rcp'
  | 'resource'
  | 'trust'
  | 'key'
  | 'vpcEndpoint';

/** What a kind of policy must and may contain. */
export interface PolicyKindRules {
  readonly title: string;
  /** Whether a statement must name a principal, or must not. */
  readonly principal: 'required' | 'forbidden';
  /** Whether a statement must name resources; where it may not, the document's own resource is meant. */
  readonly resource: 'required' | 'optional' | 'forbidden';
  /** AWS's limit in characters; white space does not count for the identity side. */
  readonly sizeMax: number;
}

/**
 * Source: IAM user guide, "IAM and AWS STS quotas"; Organizations user guide, "Quotas"; KMS developer guide, "Quotas"
 * (32 kilobytes a key policy); S3 user guide, "Bucket policies" (20 KB).
 */
export const policyKinds: Readonly<Record<PolicyKind, PolicyKindRules>> = {
  identity: { title: 'identity-based policy', principal: 'forbidden', resource: 'required', sizeMax: 6_144 },
  boundary: { title: 'permissions boundary', principal: 'forbidden', resource: 'required', sizeMax: 6_144 },
  session: { title: 'session policy', principal: 'forbidden', resource: 'required', sizeMax: 2_048 },
  scp: { title: 'service control policy', principal: 'forbidden', resource: 'required', sizeMax: 10_240 },
  rcp: { title: 'resource control policy', principal: 'required', resource: 'required', sizeMax: 5_120 },
  resource: { title: 'resource-based policy', principal: 'required', resource: 'optional', sizeMax: 20_480 },
  trust: { title: 'role trust policy', principal: 'required', resource: 'forbidden', sizeMax: 4_096 },
  key: { title: 'key policy', principal: 'required', resource: 'required', sizeMax: 32_768 },
  vpcEndpoint: { title: 'VPC endpoint policy', principal: 'required', resource: 'required', sizeMax: 20_480 },
};
