import { arnName } from '../../base/arn.js';
import { apiCall, outputOf } from '../../reference/api-call.js';
import { LOG_GROUP_CALLS, logGroupStep } from '../log-group-step.js';
import { isMissing, notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';
import { ROLE_CALLS, roleSteps } from '../role-steps.js';

const TRAFFIC = ['REJECT', 'ALL', 'ACCEPT'] as const;

export const playbook: Playbook = {
  id: 'enable-vpc-flow-logs',
  title: 'Log the traffic of a VPC',
  description:
    'Creates a flow log to a CloudWatch log group named after the VPC, and the group and the role if they are not there. Names are the same every time; no credential is part of any. Existing flow logs stay.',
  controls: ['EC2.6'],
  risk: 'M',
  calls: [...ROLE_CALLS, ...LOG_GROUP_CALLS, 'ec2:DescribeFlowLogs', 'ec2:CreateFlowLogs', 'ec2:DeleteFlowLogs'],
  extraActions: ['iam:PassRole', 'logs:CreateLogDelivery', 'logs:DeleteLogDelivery'],
  parameters: [{ name: 'traffic', description: 'REJECT, ALL or ACCEPT', default: 'REJECT' }],
  plan(subject, estate, parameters) {
    const vpc = estate.get('AWS::EC2::VPC', subject.resourceArn, subject.accountId);
    if (vpc === undefined) return notFound(subject);
    const TrafficType = TRAFFIC.find((type) => type === (parameters['traffic'] ?? 'REJECT'));
    if (TrafficType === undefined)
      return refuse(`\`${parameters['traffic']}\` is not a traffic type`, `give one of ${TRAFFIC.join(', ')}`);
    const VpcId = arnName(subject.resourceArn);
    const LogGroupName = `hikeshi/flow-logs/${VpcId}`;
    const group = logGroupStep(estate, subject, LogGroupName);
    const role = roleSteps(estate, subject, {
      name: 'hikeshi-flow-logs',
      service: 'vpc-flow-logs.amazonaws.com',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
      resource: `arn:${estate.header.partition}:logs:*:${subject.accountId}:log-group:hikeshi/flow-logs/*`,
    });
    const mine = {
      Filter: [
        { Name: 'resource-id', Values: [VpcId] },
        { Name: 'log-group-name', Values: [LogGroupName] },
      ],
    };
    const read = apiCall('ec2', 'DescribeFlowLogs', subject, mine);
    const step: Step = {
      id: 'create-flow-log',
      title: `log ${TrafficType} traffic of ${VpcId} to ${LogGroupName}`,
      call: apiCall('ec2', 'CreateFlowLogs', subject, {
        ResourceIds: [VpcId],
        ResourceType: 'VPC',
        TrafficType,
        LogGroupName,
        DeliverLogsPermissionArn: role.arn,
      }),
      before: [isMissing(read, 'FlowLogs.0')],
      after: [{ read, path: 'FlowLogs.0.FlowLogStatus', expect: { equals: 'ACTIVE' } }],
      undo: [apiCall('ec2', 'DeleteFlowLogs', subject, { FlowLogIds: [outputOf('create-flow-log', 'FlowLogIds.0')] })],
    };
    return planOf(playbook, subject, [...group.steps, ...role.steps, step], {
      warnings: [{ code: 'cost', text: 'CloudWatch Logs charges for what is logged' }],
      outsideModel: ['how much traffic there is to log, and so what it costs'],
    });
  },
};
