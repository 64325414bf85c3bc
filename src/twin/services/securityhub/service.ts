import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement, type Implementation } from '../../implement.js';
import { actionTargetOperations } from './action-targets.js';
import { automationRuleChanges, automationRuleOperations } from './automation-rules.js';
import { estateHub } from './estate-hub.js';
import { findingOperations, historyOperations } from './findings.js';
import { hubArn, opened, type SecurityHubBackend } from './hub-access.js';
import { insightOperations } from './insights.js';

/** Security Hub's API over whatever keeps the findings: one implementation for the twin and for the hub. */
export function securityHubService(
  backend: SecurityHubBackend,
  ...more: readonly Parameters<typeof implement<'securityhub'>>[1][]
): Implementation {
  return implement(
    'securityhub',
    findingOperations(backend),
    historyOperations(backend),
    insightOperations(backend),
    automationRuleOperations(backend),
    automationRuleChanges(backend),
    actionTargetOperations(backend),
    ...more,
  );
}

const hubOf = (context: Context) => context.table('AWS::SecurityHub::Hub').get(hubArn(context));

const estate: SecurityHubBackend = {
  findings: estateHub,
  enabled: (context) => hubOf(context) !== undefined,
};

/** Whether an account of the twin has Security Hub. */
const hubs = handlers('securityhub', {
  DescribeHub(_input, context) {
    opened(estate, context);
    return hubOf(context)?.configuration ?? {};
  },
  EnableSecurityHub(_input, context) {
    context.authorize(hubArn(context));
    if (hubOf(context) !== undefined) {
      throw new AwsError('ResourceConflictException', 'Account is already subscribed to Security Hub', { status: 409 });
    }
    context.table('AWS::SecurityHub::Hub').put(hubArn(context), {
      HubArn: hubArn(context),
      SubscribedAt: context.now.toISOString(),
      AutoEnableControls: true,
      ControlFindingGenerator: 'SECURITY_CONTROL',
    });
  },
  DisableSecurityHub(_input, context) {
    opened(estate, context);
    context.table('AWS::SecurityHub::Hub').remove(hubArn(context));
  },
});

/** Security Hub on the twin. */
export const service = securityHubService(estate, hubs);
