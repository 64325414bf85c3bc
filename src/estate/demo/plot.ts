import type { ResourceTypes, TypeName } from '../resource-types.js';
import { policyCases, type AccessCase, type Truth } from './access-cases.js';
import type { Site } from './site.js';
import { vpcEndpoint } from './vpc-endpoints.js';

/** A resource that was made to be shared, or to look shared, and what is true of it. */
export interface PlantedAccess extends Truth {
  readonly type: TypeName;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
}

/** Where shared resources are planted: one region of one account. Remembers what was planted. */
export class Plot {
  readonly site: Site;
  readonly region: string;
  readonly planted: PlantedAccess[] = [];
  private readonly organizationId: string;
  private readonly vpcId: string;
  private readonly endpoints = new Map<string, string>();

  constructor(site: Site, region: string, of: { readonly organizationId: string; readonly vpcId: string }) {
    this.site = site;
    this.region = region;
    this.organizationId = of.organizationId;
    this.vpcId = of.vpcId;
  }

  /** The cases that policies of a service can have; makes the service's VPC endpoint when it is first asked for. */
  cases(endpointService: string): readonly AccessCase[] {
    const { site, region, vpcId, endpoints } = this;
    const vpcEndpointId = endpoints.get(endpointService) ?? vpcEndpoint(site, region, vpcId, endpointService);
    endpoints.set(endpointService, vpcEndpointId);
    return policyCases({ organizationId: this.organizationId, ownAccountId: site.managementAccountId, vpcEndpointId });
  }

  /** The organization itself, as lists of who may use something name it. */
  organizationArn(): string {
    const { managementAccountId } = this.site;
    return `arn:aws:organizations::${managementAccountId}:organization/${this.organizationId}`;
  }

  /** Puts a resource and notes the truth about it. */
  plant<Type extends TypeName>(type: Type, arn: string, configuration: ResourceTypes[Type], truth: Truth): void {
    this.site.put(type, this.region, arn, configuration);
    this.note(type, arn, truth);
  }

  /** Notes the truth about a resource that something else has put; `region` where it is not the plot's. */
  note(type: TypeName, arn: string, truth: Truth, region = this.region): void {
    this.planted.push({ type, arn, accountId: this.site.accountId, region, ...truth });
  }
}
