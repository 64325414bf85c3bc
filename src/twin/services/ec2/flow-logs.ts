import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { describe, type DescribeTable } from './describe.js';
import { dryRun } from './dry-run.js';
import { ec2Arn, givenTags } from './tags.js';

const flowLogsTable: DescribeTable<'AWS::EC2::FlowLog'> = {
  type: 'AWS::EC2::FlowLog',
  id: ({ FlowLogId }) => FlowLogId,
  notFound: ['InvalidFlowLogId.NotFound', 'flow log ID'],
  filters: {
    'flow-log-id': ({ FlowLogId }) => [FlowLogId],
    'resource-id': ({ ResourceId }) => [ResourceId],
    'log-group-name': ({ LogGroupName }) => [LogGroupName],
    'log-destination-type': ({ LogDestinationType }) => [LogDestinationType],
    'traffic-type': ({ TrafficType }) => [TrafficType],
    'deliver-log-status': ({ DeliverLogsStatus }) => [DeliverLogsStatus],
  },
};

const DEFAULT_FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';

export const flowLogs = handlers('ec2', {
  DescribeFlowLogs(input, context) {
    const { items, next } = describe(
      flowLogsTable,
      { ...input, Filters: input.Filter ?? [] },
      input.FlowLogIds,
      context,
    );
    return { FlowLogs: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
  CreateFlowLogs(input, context) {
    context.authorize(context.arn('vpc-flow-log/*'));
    dryRun(input);
    const type = input.LogDestinationType ?? 'cloud-watch-logs';
    if (type === 'cloud-watch-logs' && input.DeliverLogsPermissionArn === undefined) {
      throw new AwsError(
        'InvalidParameter',
        'DeliverLogsPermissionArn must be specified if LogDestinationType is cloud-watch-logs.',
      );
    }
    if (type === 'cloud-watch-logs' && input.LogGroupName === undefined && input.LogDestination === undefined) {
      throw new AwsError('InvalidParameter', 'LogGroupName must be specified.');
    }
    const role = input.DeliverLogsPermissionArn;
    if (role !== undefined && context.estate.get('AWS::IAM::Role', role) === undefined) {
      throw new AwsError(
        'InvalidParameter',
        `Access error: the role ${role} does not exist or cannot be assumed by vpc-flow-logs.amazonaws.com`,
      );
    }
    const ids: string[] = [];
    for (const ResourceId of input.ResourceIds) {
      const { type: kind, arn } = ec2Arn(context, ResourceId);
      if (context.table(kind).get(arn) === undefined) {
        throw new AwsError('InvalidVpcId.NotFound', `The VPC ID '${ResourceId}' does not exist`);
      }
      const FlowLogId = context.id('fl-');
      ids.push(FlowLogId);
      context.table('AWS::EC2::FlowLog').put(context.arn(`vpc-flow-log/${FlowLogId}`), {
        FlowLogId,
        CreationTime: context.now.toISOString(),
        FlowLogStatus: 'ACTIVE',
        ResourceId,
        TrafficType: input.TrafficType ?? 'ALL',
        LogDestinationType: type,
        ...(input.LogGroupName === undefined ? {} : { LogGroupName: input.LogGroupName }),
        ...(input.LogDestination === undefined ? {} : { LogDestination: input.LogDestination }),
        ...(role === undefined ? {} : { DeliverLogsPermissionArn: role }),
        DeliverLogsStatus: 'SUCCESS',
        LogFormat: input.LogFormat ?? DEFAULT_FORMAT,
        MaxAggregationInterval: input.MaxAggregationInterval ?? 600,
        Tags: givenTags(input.TagSpecifications, 'vpc-flow-log'),
      });
    }
    return { FlowLogIds: ids, Unsuccessful: [] };
  },
  DeleteFlowLogs(input, context) {
    const table = context.table('AWS::EC2::FlowLog');
    const Unsuccessful = [];
    for (const id of input.FlowLogIds) {
      const arn = context.arn(`vpc-flow-log/${id}`);
      context.authorize(arn);
      if (table.get(arn) === undefined) {
        const Message = `These flow log ids in the input list are not found: [TotalCount: 1] ${id}`;
        Unsuccessful.push({ ResourceId: id, Error: { Code: 'InvalidFlowLogId.NotFound', Message } });
      } else table.remove(arn);
    }
    return { Unsuccessful };
  },
});
