import type { Estate, Resource } from '../../estate/estate.js';
import { foldCase, matchGlob } from '../evaluate/match-text.js';
import type { AccessPath, IdentitySide, ResourceSide } from '../evaluate/access-path.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import type { Principal } from '../evaluate/principal.js';
import type { Policy } from '../document/policy.js';
import { IdentityGatherer, type GatheredIdentity } from './identity-side.js';
import { Organization } from './organization.js';
import { PolicyLibrary } from './policy-library.js';
import { ownerOf, resourcePolicies } from './resource-policies.js';

/**
 * Services whose resources resource control policies bind.
 *
 * Source: Organizations user guide, "List of AWS services that support RCPs".
 */
const RCP_SERVICES = /^(?:s3|sts|kms|sqs|secretsmanager|ecr|aoss):/;

/** Finds in an estate everything that decides a request. Policies are read once and remembered. */
export class AccessGatherer {
  readonly library: PolicyLibrary;
  private readonly estate: Estate;
  private readonly like: AccessGatherer | undefined;
  private readOrganization: Organization | undefined;
  private identities: IdentityGatherer | undefined;
  private endpointPolicies: ReadonlyMap<string, Policy> | undefined;

  /** @param like one of an estate with the same organization and the same VPC endpoints: they are not read again. */
  constructor(estate: Estate, library: PolicyLibrary = new PolicyLibrary(), like?: AccessGatherer) {
    this.estate = estate;
    this.library = library;
    this.like = like;
  }

  /** The organization, read when it is first asked for: many questions are not about it. */
  get organization(): Organization {
    this.readOrganization ??= this.like?.organization ?? new Organization(this.estate, this.library);
    return this.readOrganization;
  }

  /** The caller's side; `undefined` for one that has none or is not in the estate. */
  identity(principal: Principal, session: readonly Policy[] = []): GatheredIdentity | undefined {
    this.identities ??= new IdentityGatherer(this.estate, this.library, this.organization);
    return this.identities.gather(principal, session);
  }

  /** What decides a request by a principal, whose side was gathered, on a resource. */
  path(request: AccessRequest, resourceAccountId: string, identity: IdentitySide | undefined): AccessPath {
    const resource = this.resourceSide(request.resource, resourceAccountId, request.action);
    const endpoints = this.endpoints();
    return {
      ...(identity === undefined ? {} : { identity }),
      resource,
      ...(endpoints.size === 0 ? {} : { endpoints }),
    };
  }

  /** The resource's side for an action. A resource that the estate does not hold has no policy of its own. */
  resourceSide(arn: string, accountId: string, action: string): ResourceSide {
    const owner = arn === '*' ? undefined : ownerOf(this.estate, arn, accountId === '' ? undefined : accountId);
    return this.sideOf(owner, owner?.accountId ?? accountId, action);
  }

  /** The resource's side of a resource at hand. */
  sideOf(owner: Resource | undefined, accountId: string, action: string): ResourceSide {
    const found = owner === undefined ? undefined : resourcePolicies(owner, this.library, this.estate);
    const speaks = found !== undefined && (found.actions === undefined || matchGlob(found.actions, foldCase(action)));
    const bound = RCP_SERVICES.test(foldCase(action));
    return {
      accountId,
      policies: speaks ? found.policies : [],
      policyRequired: speaks && found.policyRequired,
      controlLevels: bound ? this.organization.controlLevels('RESOURCE_CONTROL_POLICY', accountId) : [],
      ...(found?.restrictedToOwner === true ? { restrictedToOwner: true } : {}),
    };
  }

  /** The policies of the estate's VPC endpoints, by id. */
  endpoints(): ReadonlyMap<string, Policy> {
    if (this.like !== undefined) return this.like.endpoints();
    this.endpointPolicies ??= new Map(
      [...this.estate.list('AWS::EC2::VPCEndpoint')].flatMap(
        ({ configuration: { VpcEndpointId = '', PolicyDocument } }) => {
          const name = `endpoint policy of ${VpcEndpointId}`;
          const policy =
            PolicyDocument === undefined ? undefined : this.library.get(PolicyDocument, 'vpcEndpoint', name);
          return policy === undefined ? [] : [[VpcEndpointId, policy] as const];
        },
      ),
    );
    return this.endpointPolicies;
  }
}
