import { toStored } from '../../../base/json.js';
import { automationRuleMistake, type AutomationRule } from '../../../findings/hub/automation-rule.js';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { more, opened, refuseMistake, type SecurityHubBackend } from './hub-access.js';

/** Source: Security Hub user guide, "Security Hub quotas". */
const RULES_MAX = 100;

/** Automation rules: criteria, and what becomes of a finding that fits them. */
export function automationRuleOperations(backend: SecurityHubBackend) {
  return handlers('securityhub', {
    async CreateAutomationRule(input, context) {
      const hub = opened(backend, context);
      const mistake = automationRuleMistake(toStored(input) as AutomationRule);
      if (mistake !== undefined) throw refuseMistake(mistake);
      if ((await hub.documents.list('automation-rule')).length >= RULES_MAX) {
        throw new AwsError('LimitExceededException', `There may be at most ${RULES_MAX} automation rules.`, {
          status: 429,
        });
      }
      const RuleArn = context.arn(`automation-rule/${context.uuid()}`);
      const at = context.now.toISOString();
      const { Tags: _tags, ...given } = toStored(input) as AutomationRule & { Tags?: unknown };
      const rule = {
        RuleStatus: 'ENABLED',
        IsTerminal: false,
        ...given,
        RuleArn,
        CreatedAt: at,
        UpdatedAt: at,
        CreatedBy: context.caller.arn,
      };
      await hub.documents.put('automation-rule', RuleArn, rule);
      return { RuleArn };
    },
    async BatchGetAutomationRules(input, context) {
      const { documents } = opened(backend, context);
      const Rules: AutomationRule[] = [];
      const UnprocessedAutomationRules = [];
      for (const arn of input.AutomationRulesArns) {
        const rule = await documents.get<AutomationRule>('automation-rule', arn);
        if (rule === undefined) UnprocessedAutomationRules.push(missing(arn));
        else Rules.push(rule);
      }
      return { Rules: Rules as never, UnprocessedAutomationRules };
    },
    async BatchDeleteAutomationRules(input, context) {
      const { documents } = opened(backend, context);
      const ProcessedAutomationRules: string[] = [];
      const UnprocessedAutomationRules = [];
      for (const arn of input.AutomationRulesArns) {
        if (await documents.remove('automation-rule', arn)) ProcessedAutomationRules.push(arn);
        else UnprocessedAutomationRules.push(missing(arn));
      }
      return { ProcessedAutomationRules, UnprocessedAutomationRules };
    },
    async ListAutomationRules(input, context) {
      const rules = await opened(backend, context).documents.list<AutomationRule>('automation-rule');
      const ordered = [...rules].sort((a, b) => (a.RuleOrder ?? 0) - (b.RuleOrder ?? 0));
      const { items, next } = context.page(ordered, input.NextToken, input.MaxResults, 100);
      const AutomationRulesMetadata = items.map(({ Criteria: _criteria, Actions: _actions, ...metadata }) => metadata);
      return { AutomationRulesMetadata: AutomationRulesMetadata as never, ...more(next) };
    },
  });
}

/** Changes of many rules at once, each answered on its own. */
export function automationRuleChanges(backend: SecurityHubBackend) {
  return handlers('securityhub', {
    async BatchUpdateAutomationRules(input, context) {
      const { documents } = opened(backend, context);
      const ProcessedAutomationRules: string[] = [];
      const UnprocessedAutomationRules = [];
      for (const { RuleArn = '', ...change } of input.UpdateAutomationRulesRequestItems) {
        const known = await documents.get<AutomationRule>('automation-rule', RuleArn);
        if (known === undefined) {
          UnprocessedAutomationRules.push(missing(RuleArn));
          continue;
        }
        const next = {
          ...known,
          ...(toStored(change) as Partial<AutomationRule>),
          UpdatedAt: context.now.toISOString(),
        };
        const mistake = automationRuleMistake(next);
        if (mistake !== undefined) {
          const ErrorMessage = `Invalid parameter ${mistake.field}: ${mistake.message}.`;
          UnprocessedAutomationRules.push({ RuleArn, ErrorCode: 400, ErrorMessage });
          continue;
        }
        await documents.put('automation-rule', RuleArn, next);
        ProcessedAutomationRules.push(RuleArn);
      }
      return { ProcessedAutomationRules, UnprocessedAutomationRules };
    },
  });
}

function missing(RuleArn: string) {
  return { RuleArn, ErrorCode: 404, ErrorMessage: `Automation rule ${RuleArn} not found` };
}
