import { GLOBAL } from '../estate.js';
import type { ResourceTypes, TypeName } from '../resource-types.js';
import { policyCases, type AccessCase, type Sharers, type Verdict } from './access-cases.js';
import type { Site } from './site.js';
import { vpcEndpoint } from './vpc-endpoints.js';

/** A resource that was made to be shared, or to look shared, and what is true of it. */
export interface PlantedAccess {
  readonly type: TypeName;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Where shared resources are planted: one region of one account. Remembers what was planted. */
export class Plot {
  readonly site: Site;
  readonly region: string;
  readonly planted: PlantedAccess[] = [];
  private readonly organizationId: string;
  private readonly vpcId: string;

  constructor(site: Site, region: string, of: { readonly organizationId: string; readonly vpcId: string }) {
    this.site = site;
    this.region = region;
    this.organizationId = of.organizationId;
    this.vpcId = of.vpcId;
  }

  /** The cases that policies of a service can have; makes the service's VPC endpoint. */
  cases(endpointService: string): readonly AccessCase[] {
    return policyCases(this.sharers(vpcEndpoint(this.site, this.region, this.vpcId, endpointService)));
  }

  sharers(vpcEndpointId: string): Sharers {
    const { organizationId, site } = this;
    return { organizationId, ownAccountId: site.managementAccountId, vpcEndpointId };
  }

  /** Puts a resource and notes the truth about it. */
  plant<Type extends TypeName>(
    type: Type,
    arn: string,
    configuration: ResourceTypes[Type],
    truth: Pick<AccessCase, 'verdict' | 'reason'>,
    region = this.region,
  ): void {
    this.site.put(type, region, arn, configuration);
    this.note(type, arn, truth, region);
  }

  /** Notes the truth about a resource that something else has put. */
  note(
    type: TypeName,
    arn: string,
    { verdict, reason }: Pick<AccessCase, 'verdict' | 'reason'>,
    region?: string,
  ): void {
    const { accountId } = this.site;
    this.planted.push({ type, arn, accountId, region: region ?? this.region, verdict, reason });
  }

  /** As `note`, for a resource of the account as a whole. */
  noteGlobal(type: TypeName, arn: string, truth: Pick<AccessCase, 'verdict' | 'reason'>): void {
    this.note(type, arn, truth, GLOBAL);
  }
}
