import type { Resource } from '../../../estate/estate.js';
import { matchesFilter } from '../../../policy/questions/archive-rules.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { analyzersOf, analyzerArn, externalAnalyzerAt, more } from './analyzer.js';
import { archiveRule, checkedFilter, RULES_MAX, ruleMade, ruleSummary, type StoredRule } from './archive-rule.js';
import { conflict, notFound } from './errors.js';
import { findingsOf } from './finding.js';

/** An analyzer by name, after the authorizer was asked about its rule, which need not exist. */
function analyzerOfRule(context: Context, analyzerName: string, ruleName: string) {
  const arn = analyzerArn(context, analyzerName);
  context.authorize(`${arn}/archive-rule/${ruleName}`);
  const analyzer = analyzersOf(context).get(arn);
  if (analyzer === undefined) throw notFound('Analyzer', arn);
  return analyzer;
}

function rulesOf({ configuration }: Resource<'AWS::AccessAnalyzer::Analyzer'>): readonly StoredRule[] {
  return configuration.ArchiveRules ?? [];
}

/** An analyzer and one of its rules, or ResourceNotFoundException. */
function ruleNamed(context: Context, analyzerName: string, ruleName: string) {
  const analyzer = analyzerOfRule(context, analyzerName, ruleName);
  const rule = rulesOf(analyzer).find((one) => one.ruleName === ruleName);
  if (rule === undefined) throw notFound('ArchiveRule', ruleName);
  return { analyzer, rule };
}

/** The handlers of archive rules. */
export const archiveRules = handlers('accessanalyzer', {
  CreateArchiveRule({ analyzerName, ruleName, filter }, context) {
    const analyzer = analyzerOfRule(context, analyzerName, ruleName);
    const rule = ruleMade(ruleName, checkedFilter(filter), context.now);
    const rules = rulesOf(analyzer);
    if (rules.some((one) => one.ruleName === ruleName)) {
      throw conflict('ArchiveRule', ruleName, `An archive rule named ${ruleName} already exists.`);
    }
    if (rules.length >= RULES_MAX) {
      throw new AwsError('ServiceQuotaExceededException', `There may be ${RULES_MAX} archive rules.`, {
        status: 402,
        members: { resourceId: ruleName, resourceType: 'ArchiveRule' },
      });
    }
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      edited.ArchiveRules = [...(edited.ArchiveRules ?? []), rule];
    });
  },
  GetArchiveRule: ({ analyzerName, ruleName }, context) => ({
    archiveRule: ruleSummary(ruleNamed(context, analyzerName, ruleName).rule),
  }),
  ListArchiveRules({ analyzerName, nextToken, maxResults }, context) {
    const arn = analyzerArn(context, analyzerName);
    context.authorize(`${arn}/archive-rule/*`);
    const analyzer = analyzersOf(context).get(arn);
    if (analyzer === undefined) throw notFound('Analyzer', arn);
    const { items, next } = context.page(rulesOf(analyzer), nextToken, maxResults);
    return { archiveRules: items.map(ruleSummary), ...more(next) };
  },
  UpdateArchiveRule({ analyzerName, ruleName, filter }, context) {
    const { analyzer, rule } = ruleNamed(context, analyzerName, ruleName);
    const { filter: asked, updatedAt } = ruleMade(ruleName, checkedFilter(filter), context.now);
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      edited.ArchiveRules = (edited.ArchiveRules ?? []).map((one) =>
        one.ruleName === rule.ruleName ? { ...one, filter: asked, updatedAt } : one,
      );
    });
  },
  DeleteArchiveRule({ analyzerName, ruleName }, context) {
    const { analyzer, rule } = ruleNamed(context, analyzerName, ruleName);
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      edited.ArchiveRules = (edited.ArchiveRules ?? []).filter((one) => one.ruleName !== rule.ruleName);
    });
  },
  ApplyArchiveRule(input, context) {
    const analyzer = externalAnalyzerAt(context, input.analyzerArn);
    const rule = rulesOf(analyzer).find((one) => one.ruleName === input.ruleName);
    if (rule === undefined) throw notFound('ArchiveRule', input.ruleName);
    const { filter } = archiveRule(rule);
    // As if each were active: a rule may ask for active findings, and its own effect must not undo it.
    const met = findingsOf(context, analyzer).filter(({ filterable }) =>
      matchesFilter({ ...filterable, status: 'ACTIVE' }, filter),
    );
    const updatedAt = context.now.toISOString();
    analyzersOf(context).edit(analyzer.arn, (edited) => {
      const statuses = (edited.FindingStatuses ??= {});
      for (const { shown, about } of met) {
        statuses[shown.id ?? ''] = { status: 'ARCHIVED', updatedAt, ...(about === undefined ? {} : { about }) };
      }
    });
  },
});
