import { canonicalJson } from '../base/json.js';
import { mapBounded } from '../base/concurrency.js';
import type { Gap } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import type { ServiceName } from '../reference/services.js';
import type { CollectTarget, Reader } from './collector.js';
import { nextPage } from './pagination.js';

/** Details of one listing that are read at the same time. */
const DETAILS_AT_ONCE = 8;

/** A listing with more pages than this is taken for an endless one. */
const PAGES_MAX = 100_000;

/** What is remembered during one collection, so that no call is made twice. */
export type Memory = Map<string, Promise<Record<string, unknown>>>;

export interface ReaderSettings {
  readonly send: Send;
  readonly service: ServiceName;
  readonly types: readonly TypeName[];
  readonly target: CollectTarget;
  readonly memory: Memory;
  readonly onGap: (gap: Gap) => void;
  /** When given, details of other resources are not read: for looking at one resource again. */
  readonly only?: ReadonlySet<string>;
}

type Answer = Record<string, unknown>;

/** The reader a collector is given. Its methods are typed by the collector; here they are the same for all services. */
export function readerOf(settings: ReaderSettings): Reader<never, never> {
  const { target, onGap } = settings;

  const gap = (operation: string, error: ApiError, of?: string): void => {
    // A role that cannot be entered hides everything of the account, not only what was being read.
    const entry = error.call.operation === 'AssumeRole' && error.call.service === 'sts';
    onGap({
      accountId: target.accountId,
      region: entry ? '*' : target.region,
      service: entry ? 'sts' : settings.service,
      operation: entry ? 'AssumeRole' : operation,
      types: entry ? [] : settings.types,
      ...(of === undefined || entry ? {} : { resourceArn: of }),
      error: { code: error.code, message: error.message },
    });
  };

  const call = (operation: string, input: Answer): Promise<Answer> => {
    const region = typeof input['$region'] === 'string' ? input['$region'] : target.region;
    const { $region: _, ...plain } = input;
    const made: ApiCall = { service: settings.service, operation, accountId: target.accountId, region, input: plain };
    const key = canonicalJson(made);
    const known = settings.memory.get(key);
    if (known !== undefined) return known;
    const answer = settings.send(made);
    settings.memory.set(key, answer);
    return answer;
  };

  async function* pages(operation: string, input: Answer): AsyncIterable<Answer> {
    let next: Answer | undefined = input;
    const seen = new Set<string>();
    for (let page = 0; next !== undefined; page++) {
      const key = canonicalJson(next);
      if (page >= PAGES_MAX || seen.has(key)) throw endless(settings.service, operation, target);
      seen.add(key);
      const answer: Answer = await call(operation, next);
      yield answer;
      next = nextPage(next, answer);
    }
  }

  const single = async (operation: string, input: Answer, of: string | undefined, absent: readonly string[] = []) => {
    if (of !== undefined && settings.only !== undefined && !settings.only.has(of)) return undefined;
    try {
      return await call(operation, input);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (absent.includes(error.code)) return null;
      gap(operation, error, of);
      return undefined;
    }
  };

  type Items = (page: Answer) => readonly unknown[] | null | undefined;

  const methods = {
    async list(operation: string, input: Answer, items: Items): Promise<unknown[]> {
      const found: unknown[] = [];
      try {
        for await (const page of pages(operation, input)) found.push(...(items(page) ?? []));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        gap(operation, error);
      }
      return found;
    },
    async details(operation: string, input: Answer, items: Items, of: string): Promise<unknown[] | undefined> {
      if (settings.only !== undefined && !settings.only.has(of)) return undefined;
      const found: unknown[] = [];
      try {
        for await (const page of pages(operation, input)) found.push(...(items(page) ?? []));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        gap(operation, error, of);
        return undefined;
      }
      return found;
    },
    detail: (operation: string, input: Answer, of: string, absent?: readonly string[]) => single(operation, input, of, absent),
    one: (operation: string, input: Answer, absent?: readonly string[]) => single(operation, input, undefined, absent),
    each: <Item, Made>(items: readonly Item[], work: (item: Item) => Promise<Made>) => mapBounded(items, DETAILS_AT_ONCE, work),
  };
  return methods as unknown as Reader<never, never>;
}

function endless(service: ServiceName, operation: string, target: CollectTarget): ApiError {
  const call: ApiCall = { service, operation, accountId: target.accountId, region: target.region, input: {} };
  return new ApiError(call, 'EndlessListing', `${service}:${operation} answered the same page token twice`);
}
