import { parseArn } from '../../base/arn.js';
import type { Estate } from '../../estate/estate.js';
import { managedPolicyDocument } from '../../reference/managed-policies.js';
import type { Policy } from '../document/policy.js';
import type { IdentitySide } from '../evaluate/access-path.js';
import type { Principal } from '../evaluate/principal.js';
import type { Organization } from './organization.js';
import type { PolicyLibrary } from './policy-library.js';

/** What the caller's own side holds, and the policies that are attached but were not read. */
export interface GatheredIdentity {
  readonly side: IdentitySide;
  /** Attached policies whose documents the estate does not hold: what they grant or deny is not known. */
  readonly unread: readonly string[];
  /** Context keys that follow from the identity: tags, organization, unique id. */
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

interface Attachments {
  readonly inline: readonly {
    readonly PolicyName?: string | undefined;
    readonly PolicyDocument?: string | undefined;
  }[];
  readonly attached: readonly { readonly PolicyArn?: string | undefined }[];
}

/** Reads what the estate holds about a principal that has an account. */
export class IdentityGatherer {
  private readonly estate: Estate;
  private readonly library: PolicyLibrary;
  private readonly organization: Organization;

  constructor(estate: Estate, library: PolicyLibrary, organization: Organization) {
    this.estate = estate;
    this.library = library;
    this.organization = organization;
  }

  /** The side of a principal; `undefined` for one without an account, or one that the estate does not hold. */
  gather(principal: Principal, session: readonly Policy[] = []): GatheredIdentity | undefined {
    switch (principal.kind) {
      case 'root':
        return this.build(principal.accountId, { isRoot: true });
      case 'user':
        return this.user(principal.arn, principal.accountId, session);
      case 'federatedUser':
        return this.build(principal.accountId, { session });
      case 'session':
        return this.role(principal, session);
      default:
        return undefined;
    }
  }

  private user(arn: string, accountId: string, session: readonly Policy[]): GatheredIdentity | undefined {
    const found = this.estate.get('AWS::IAM::User', arn, accountId)?.configuration;
    if (found === undefined) return undefined;
    const groups = (found.GroupList ?? []).flatMap((name) => this.group(accountId, name));
    const attachments = [
      { owner: arn, inline: found.UserPolicyList ?? [], attached: found.AttachedManagedPolicies ?? [] },
      ...groups,
    ];
    return this.build(accountId, {
      attachments,
      session,
      boundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
      tags: found.Tags,
      userId: found.UserId,
    });
  }

  private group(accountId: string, name: string): (Attachments & { owner: string })[] {
    for (const { arn, configuration } of this.estate.list('AWS::IAM::Group', { accountId })) {
      if (configuration.GroupName !== name) continue;
      const { GroupPolicyList = [], AttachedManagedPolicies = [] } = configuration;
      return [{ owner: arn, inline: GroupPolicyList, attached: AttachedManagedPolicies }];
    }
    return [];
  }

  private role(principal: Principal & { kind: 'session' }, session: readonly Policy[]): GatheredIdentity | undefined {
    const { roleArn, accountId, sessionName } = principal;
    const found = this.estate.get('AWS::IAM::Role', roleArn, accountId)?.configuration;
    if (found === undefined) return undefined;
    const { RolePolicyList = [], AttachedManagedPolicies = [] } = found;
    return this.build(accountId, {
      attachments: [{ owner: roleArn, inline: RolePolicyList, attached: AttachedManagedPolicies }],
      session,
      boundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
      tags: found.Tags,
      userId: `${found.RoleId ?? ''}:${sessionName}`,
      isServiceLinked: roleArn.includes(':role/aws-service-role/'),
    });
  }

  private build(
    accountId: string,
    given: {
      attachments?: readonly (Attachments & { owner: string })[];
      session?: readonly Policy[];
      boundary?: string | undefined;
      tags?: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;
      userId?: string | undefined;
      isRoot?: boolean;
      isServiceLinked?: boolean;
    },
  ): GatheredIdentity {
    const unread: string[] = [];
    const managed = (arn: string, kind: 'identity' | 'boundary'): Policy[] => {
      const policy = this.managed(arn, accountId, kind);
      if (policy === undefined) unread.push(arn);
      return policy === undefined ? [] : [policy];
    };
    const policies = (given.attachments ?? []).flatMap(({ owner, inline, attached }) => [
      ...inline.flatMap(({ PolicyName, PolicyDocument }) => {
        const policy = this.library.get(PolicyDocument ?? '', 'identity', `${nameOf(owner)}/${PolicyName ?? ''}`);
        if (policy === undefined) unread.push(`${owner}/${PolicyName ?? ''}`);
        return policy === undefined ? [] : [policy];
      }),
      ...attached.flatMap(({ PolicyArn }) => managed(PolicyArn ?? '', 'identity')),
    ]);
    const boundary = given.boundary === undefined ? undefined : managed(given.boundary, 'boundary')[0];
    const exempt = given.isServiceLinked === true;
    const side: IdentitySide = {
      accountId,
      isRoot: given.isRoot ?? false,
      policies,
      ...(boundary === undefined ? {} : { boundary }),
      session: given.session ?? [],
      controlLevels: exempt ? [] : this.organization.controlLevels('SERVICE_CONTROL_POLICY', accountId),
    };
    return { side, unread, facts: this.facts(accountId, given.tags ?? [], given.userId) };
  }

  private managed(arn: string, accountId: string, kind: 'identity' | 'boundary'): Policy | undefined {
    const found = this.estate.get('AWS::IAM::ManagedPolicy', arn, accountId)?.configuration;
    const version = found?.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion);
    const ofAws = this.estate.get('Hikeshi::IAM::AwsManagedPolicy', arn, accountId)?.configuration;
    const document = version?.Document ?? ofAws?.Document ?? managedPolicyDocument(arn);
    return document === undefined ? undefined : this.library.get(document, kind, nameOf(arn));
  }

  private facts(
    accountId: string,
    tags: readonly { Key?: string | undefined; Value?: string | undefined }[],
    userId: string | undefined,
  ): Map<string, readonly string[]> {
    const facts = new Map<string, readonly string[]>();
    for (const { Key, Value } of tags) facts.set(`aws:principaltag/${(Key ?? '').toLowerCase()}`, [Value ?? '']);
    const path = this.organization.pathOf(accountId);
    if (this.organization.id !== undefined && path !== undefined) {
      facts.set('aws:principalorgid', [this.organization.id]);
      facts.set('aws:principalorgpaths', [path]);
    }
    if (userId !== undefined) facts.set('aws:userid', [userId]);
    return facts;
  }
}

/** `role/app` of a role's ARN, `policy/X` of a policy's. */
function nameOf(arn: string): string {
  return parseArn(arn)?.resource ?? arn;
}
