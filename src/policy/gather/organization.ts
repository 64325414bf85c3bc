import type { Estate, Resource } from '../../estate/estate.js';
import type { Policy } from '../document/policy.js';
import type { PolicyLibrary } from './policy-library.js';

/** The two kinds of control policies. */
export type ControlPolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';

const FULL_ACCESS: Readonly<Record<ControlPolicyType, { id: string; document: object }>> = {
  SERVICE_CONTROL_POLICY: {
    id: 'p-FullAWSAccess',
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  },
  RESOURCE_CONTROL_POLICY: {
    id: 'p-RCPFullAWSAccess',
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] },
  },
};

/** What an estate says of its organization, for policies: who is in it, and which control policies bind whom. */
export class Organization {
  readonly id: string | undefined;
  readonly managementAccountId: string | undefined;
  /** The accounts of the organization, or of the estate where there is none. */
  readonly accountIds: ReadonlySet<string>;
  private readonly parents = new Map<string, string>();
  private readonly rootId: string | undefined;
  private readonly enabled = new Set<string>();
  private readonly policies: readonly Resource<'AWS::Organizations::Policy'>[];
  private readonly library: PolicyLibrary;
  private readonly levels = new Map<string, readonly (readonly Policy[])[]>();

  constructor(estate: Estate, library: PolicyLibrary) {
    this.library = library;
    this.id = estate.header.organizationId;
    this.managementAccountId = estate.header.managementAccountId;
    const accounts = new Set(estate.header.accounts.map(({ accountId }) => accountId));
    for (const { configuration } of estate.list('AWS::Organizations::Account')) {
      this.parents.set(configuration.Id ?? '', configuration.ParentId);
      if (configuration.Id !== undefined) accounts.add(configuration.Id);
    }
    for (const { configuration } of estate.list('AWS::Organizations::OrganizationalUnit')) {
      this.parents.set(configuration.Id ?? '', configuration.ParentId);
    }
    const [root] = estate.list('AWS::Organizations::Root');
    this.rootId = root?.configuration.Id;
    for (const { Type, Status } of root?.configuration.PolicyTypes ?? []) {
      if (Status === 'ENABLED' && Type !== undefined) this.enabled.add(Type);
    }
    this.policies = [...estate.list('AWS::Organizations::Policy')];
    this.accountIds = accounts;
  }

  /**
   * The control policies over an account, the root's first; one list a level. None for the management account.
   *
   * A level whose full-access policy was not read is taken to have it, as AWS attaches it by default.
   *
   * Source: Organizations user guide, "SCP evaluation"; "RCP evaluation".
   */
  controlLevels(type: ControlPolicyType, accountId: string): readonly (readonly Policy[])[] {
    if (!this.enabled.has(type) || accountId === this.managementAccountId) return [];
    if (!this.parents.has(accountId)) return [];
    const key = `${type} ${accountId}`;
    const known = this.levels.get(key);
    if (known !== undefined) return known;
    const made = this.chain(accountId).map((target) => this.attached(type, target));
    this.levels.set(key, made);
    return made;
  }

  /** The path of an account as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/`. */
  pathOf(accountId: string): string | undefined {
    if (this.id === undefined || !this.accountIds.has(accountId)) return undefined;
    const units = this.chain(accountId).slice(0, -1);
    return `${[this.id, ...units].join('/')}/`;
  }

  /** From the root down to the account. */
  private chain(accountId: string): string[] {
    const chain = [accountId];
    for (let at = this.parents.get(accountId); at !== undefined; at = this.parents.get(at)) {
      if (chain.includes(at)) break;
      chain.unshift(at);
    }
    return chain[0] === this.rootId || this.rootId === undefined ? chain : [this.rootId, ...chain];
  }

  private attached(type: ControlPolicyType, target: string): Policy[] {
    const kind = type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp';
    const result: Policy[] = [];
    const full = FULL_ACCESS[type];
    let fullWasRead = false;
    for (const { configuration } of this.policies) {
      const { PolicySummary, Content, TargetIds } = configuration;
      if (PolicySummary?.Id === full.id) fullWasRead = type === 'SERVICE_CONTROL_POLICY';
      if (PolicySummary?.Type !== type || !TargetIds.includes(target)) continue;
      const name = `${kind}/${PolicySummary.Name ?? PolicySummary.Id ?? ''}`;
      const policy = this.library.get(Content ?? '', kind, name);
      if (policy !== undefined) result.push(policy);
    }
    if (!fullWasRead) result.push(this.library.made(full.document, kind, `${kind}/${full.id.slice(2)}`));
    return result;
  }
}
