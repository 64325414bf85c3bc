import type { Estate } from '../estate/estate.js';
import { apiCall, type Target } from '../reference/api-call.js';
import { itemWith } from './check.js';
import { is, isMissing } from './plan.js';
import type { Step } from './playbook.js';

/** A log group's ARN, and the step that makes it: none when it is there already. */
export function logGroupStep(
  estate: Estate,
  target: Target,
  logGroupName: string,
): { readonly arn: string; readonly steps: readonly Step[] } {
  const arn = `arn:${estate.header.partition}:logs:${target.region}:${target.accountId}:log-group:${logGroupName}`;
  if (estate.get('AWS::Logs::LogGroup', arn, target.accountId) !== undefined) return { arn, steps: [] };
  const read = apiCall('logs', 'DescribeLogGroups', target, { logGroupNamePrefix: logGroupName });
  const path = `logGroups.${itemWith('logGroupName', logGroupName)}.logGroupName`;
  const step: Step = {
    id: 'create-log-group',
    title: `create log group ${logGroupName}`,
    call: apiCall('logs', 'CreateLogGroup', target, { logGroupName }),
    before: [isMissing(read, path)],
    after: [is(read, path, logGroupName)],
    undo: [apiCall('logs', 'DeleteLogGroup', target, { logGroupName })],
  };
  return { arn, steps: [step] };
}

/** What `logGroupStep` calls. */
export const LOG_GROUP_CALLS = ['logs:DescribeLogGroups', 'logs:CreateLogGroup', 'logs:DeleteLogGroup'] as const;
