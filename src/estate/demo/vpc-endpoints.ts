import type { Site } from './site.js';

const GATEWAYS = new Set(['s3', 'dynamodb']);

/** An endpoint of an AWS service in a VPC, with the policy AWS gives it. Answers its id. */
export function vpcEndpoint(site: Site, region: string, VpcId: string, service: string): string {
  const VpcEndpointId = site.id('vpce');
  const isGateway = GATEWAYS.has(service);
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }];
  site.put('AWS::EC2::VPCEndpoint', region, site.arn('ec2', region, `vpc-endpoint/${VpcEndpointId}`), {
    VpcEndpointId,
    VpcEndpointType: isGateway ? 'Gateway' : 'Interface',
    VpcId,
    ServiceName: `com.amazonaws.${region}.${service}`,
    State: 'available' as 'Available',
    PolicyDocument: JSON.stringify({ Version: '2008-10-17', Statement }),
    RouteTableIds: [],
    SubnetIds: [],
    Groups: [],
    PrivateDnsEnabled: !isGateway,
    CreationTimestamp: site.daysAgo(400),
    OwnerId: site.accountId,
    Tags: [],
  });
  return VpcEndpointId;
}
