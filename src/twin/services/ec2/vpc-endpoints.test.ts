import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const VpcId = 'vpc-0123456789abcdef0';
const ServiceName = 'com.amazonaws.eu-west-1.s3';
let ec2: EC2Client;

beforeEach(async () => {
  const arn = `arn:aws:ec2:eu-west-1:111122223333:vpc/${VpcId}`;
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  ec2 = await twinFor({
    resources: [{ arn, type: 'AWS::EC2::VPC', ...place, configuration: { VpcId } }],
  }).client('ec2');
});

const described = async () => (await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints ?? [];

it('an endpoint lets everything through until a policy says otherwise, and again when that is reset', async () => {
  const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName }));
  const VpcEndpointId = VpcEndpoint?.VpcEndpointId ?? '';
  expect(VpcEndpoint?.PolicyDocument).toContain('"Principal":"*"');
  const PolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument, AddRouteTableIds: ['rtb-1'] }));
  expect(await described()).toMatchObject([{ PolicyDocument, RouteTableIds: ['rtb-1'] }]);
  await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, ResetPolicy: true, RemoveRouteTableIds: ['rtb-1'] }));
  expect(await described()).toMatchObject([{ PolicyDocument: VpcEndpoint?.PolicyDocument, RouteTableIds: [] }]);
});

it('deleting says of each id whether it was there', async () => {
  const { VpcEndpoint } = await ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName }));
  const ids = [VpcEndpoint?.VpcEndpointId ?? '', 'vpce-0000'];
  const { Unsuccessful } = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ids }));
  expect(Unsuccessful).toMatchObject([{ ResourceId: 'vpce-0000', Error: { Code: 'InvalidVpcEndpointId.NotFound' } }]);
  expect(await described()).toEqual([]);
});

it.each([
  ['in a VPC that is not there', { VpcId: 'vpc-1', ServiceName }, 'InvalidVpcId.NotFound'],
  ['with a policy that is not JSON', { VpcId, ServiceName, PolicyDocument: '{' }, 'InvalidParameter'],
])('no endpoint is made %s', async (_, input, code) => {
  await expect(ec2.send(new CreateVpcEndpointCommand(input))).rejects.toMatchObject({ name: code });
});
