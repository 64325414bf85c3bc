import type { Criterion } from '@aws-sdk/client-accessanalyzer';
import { toStored } from '../../../base/json.js';
import { isFilterKey, type ArchiveRule, type Filter } from '../../../policy/questions/archive-rules.js';
import type { Analyzer } from './analyzer.js';
import { invalid } from './errors.js';

/** An archive rule as the estate keeps it. */
export type StoredRule = NonNullable<Analyzer['ArchiveRules']>[number];

/** Source: IAM user guide, "IAM Access Analyzer quotas". */
export const RULES_MAX = 1000;

/** A filter that AWS takes: it asks something, of known keys. */
export function checkedFilter(filter: Record<string, Criterion> | undefined): Filter {
  for (const [key, criterion] of Object.entries(filter ?? {})) {
    if (!isFilterKey(key)) throw invalid('filter', `The filter key ${key} is not valid.`);
    const asked = [criterion.eq, criterion.neq, criterion.contains, criterion.exists];
    if (asked.every((one) => one === undefined)) throw invalid('filter', `The filter key ${key} has no criterion.`);
  }
  return toStored(filter ?? {});
}

/** A new rule. */
export function ruleMade(ruleName: string, filter: Filter, now: Date): StoredRule {
  if (Object.keys(filter).length === 0) throw invalid('filter', 'An archive rule must have at least one criterion.');
  const at = now.toISOString();
  return { ruleName, filter: filter as StoredRule['filter'], createdAt: at, updatedAt: at };
}

/** The rule as the policy room knows it. */
export function archiveRule({ ruleName = '', filter = {}, reason, owner, expiresAt }: StoredRule): ArchiveRule {
  return {
    name: ruleName,
    filter,
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** What AWS shows of a rule. */
export function ruleSummary({ ruleName, filter, createdAt, updatedAt }: StoredRule) {
  return { ruleName, filter, createdAt, updatedAt };
}
