import type { Permission } from '../access/permissions.js';

/** What an operation of Security Hub needs, and whether it reaches beyond any account. What is not here is refused. */
export interface Needed {
  readonly permission: Permission;
  readonly wide?: true;
}

const reading = (permission: Permission, ...operations: readonly string[]) =>
  operations.map((operation): [string, Needed] => [operation, { permission }]);
const governing = (permission: Permission, ...operations: readonly string[]) =>
  operations.map((operation): [string, Needed] => [operation, { permission, wide: true }]);

export const needed: ReadonlyMap<string, Needed> = new Map([
  ...reading('me:read', 'GetCallerIdentity', 'DescribeHub'),
  ...reading('findings:read', 'GetFindings', 'GetFindingHistory'),
  ...reading('findings:import', 'BatchImportFindings'),
  ...reading('findings:change', 'BatchUpdateFindings'),
  ...reading('insights:read', 'GetInsights', 'GetInsightResults'),
  ...reading('insights:change', 'CreateInsight', 'UpdateInsight', 'DeleteInsight'),
  ...reading('actions:read', 'DescribeActionTargets'),
  ...governing('actions:define', 'CreateActionTarget', 'UpdateActionTarget', 'DeleteActionTarget'),
  ...reading('rules:read', 'ListAutomationRules', 'BatchGetAutomationRules'),
  ...governing('rules:change', 'CreateAutomationRule', 'BatchUpdateAutomationRules', 'BatchDeleteAutomationRules'),
]);

/** Whether an operation changes something, and so is recorded before it is carried out. */
export function isChange(operation: string): boolean {
  return !/^(Get|Describe|List|BatchGet)/.test(operation);
}
