import { Problem } from '../../../base/problem.js';
import { toStored } from '../../../base/json.js';
import { compileFilters } from '../../../findings/hub/finding-filters.js';
import { isAttribute } from '../../../findings/hub/finding-attributes.js';
import type { Actor, FindingChange, FindingFilters, HistoryRecord } from '../../../findings/hub/finding-hub.js';
import { BATCH_MAX } from '../../../findings/hub/validate-finding.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { invalidInput, more, opened, refuseMistake, type SecurityHubBackend } from './hub-access.js';

const PAGE_MAX = 100;

function actor(context: Context, type: Actor['type']): Actor {
  return { type, identity: context.caller.arn };
}

/** Findings: imported by products, changed by customers, read with filters, told of with their history. */
export function findingOperations(backend: SecurityHubBackend) {
  const accountsOf = (context: Context) => {
    const accounts = backend.accounts?.(context);
    return accounts === undefined ? {} : { accounts };
  };
  return handlers('securityhub', {
    async BatchImportFindings(input, context) {
      const hub = opened(backend, context);
      if (input.Findings.length > BATCH_MAX) throw invalidInput(`A batch may have at most ${BATCH_MAX} findings.`);
      const findings = input.Findings.map((given) => toStored(given));
      const by = { actor: actor(context, 'BATCH_IMPORT_FINDINGS'), now: context.now, account: context.accountId };
      const outcomes = await hub.importFindings(findings, by);
      const FailedFindings = outcomes.flatMap((outcome, index) =>
        outcome.kind === 'refused'
          ? [{ Id: findings[index]?.Id ?? '', ErrorCode: outcome.code, ErrorMessage: outcome.message }]
          : [],
      );
      return {
        FailedCount: FailedFindings.length,
        SuccessCount: findings.length - FailedFindings.length,
        FailedFindings,
      };
    },
    async BatchUpdateFindings(input, context) {
      const hub = opened(backend, context);
      const { FindingIdentifiers, ...change } = input;
      if (FindingIdentifiers.length > BATCH_MAX) throw invalidInput(`A batch may have at most ${BATCH_MAX} findings.`);
      const given = Object.fromEntries(
        Object.entries(change).filter(([, value]) => value !== undefined),
      ) as FindingChange;
      const by = { actor: actor(context, 'BATCH_UPDATE_FINDINGS'), now: context.now, ...accountsOf(context) };
      const outcomes = await hub.changeFindings(FindingIdentifiers, given, by);
      const ProcessedFindings = FindingIdentifiers.filter((_, index) => outcomes[index]?.kind === 'changed');
      const UnprocessedFindings = FindingIdentifiers.flatMap((FindingIdentifier, index) => {
        const outcome = outcomes[index];
        return outcome?.kind === 'refused'
          ? [{ FindingIdentifier, ErrorCode: outcome.code, ErrorMessage: outcome.message }]
          : [];
      });
      return { ProcessedFindings, UnprocessedFindings };
    },
    async GetFindings(input, context) {
      const hub = opened(backend, context);
      const filters = toStored(input.Filters ?? {}) as FindingFilters;
      const compiled = compileFilters(filters, context.now);
      if ('mistake' in compiled) throw refuseMistake(compiled.mistake);
      for (const { Field = '' } of input.SortCriteria ?? []) {
        if (!isAttribute(Field)) throw invalidInput(`Invalid parameter SortCriteria: there is no field ${Field}.`);
      }
      const listing = hub.findings({
        filters,
        ...(input.SortCriteria === undefined ? {} : { sort: input.SortCriteria }),
        limit: Math.min(input.MaxResults ?? PAGE_MAX, PAGE_MAX),
        ...(input.NextToken === undefined ? {} : { after: input.NextToken }),
        ...accountsOf(context),
      });
      const { findings, next } = await listing.catch(refuseToken);
      return { Findings: findings as never, ...more(next) };
    },
  });
}

/** What happened to a finding. */
export function historyOperations(backend: SecurityHubBackend) {
  return handlers('securityhub', {
    async GetFindingHistory(input, context) {
      const hub = opened(backend, context);
      const { StartTime, EndTime } = input;
      const listing = hub.history({
        identifier: input.FindingIdentifier,
        ...(StartTime === undefined ? {} : { from: StartTime.toISOString() }),
        ...(EndTime === undefined ? {} : { to: EndTime.toISOString() }),
        limit: Math.min(input.MaxResults ?? PAGE_MAX, PAGE_MAX),
        ...(input.NextToken === undefined ? {} : { after: input.NextToken }),
      });
      const { records, next } = await listing.catch(refuseToken);
      return { Records: records.map(shown), ...more(next) };
    },
  });
}

/** A token that no page gave. */
function refuseToken(error: unknown): never {
  if (error instanceof Problem && error.code === 'bad-cursor') {
    throw invalidInput('Invalid parameter NextToken: it is not one that an earlier page gave.');
  }
  throw error;
}

function shown({ identifier, at, created, actor: by, updates }: HistoryRecord) {
  return {
    FindingIdentifier: identifier,
    UpdateTime: at,
    FindingCreated: created,
    UpdateSource: { Type: by.type, Identity: by.identity },
    Updates: updates.map(({ field, before, after }) => ({ UpdatedField: field, OldValue: before, NewValue: after })),
  };
}
