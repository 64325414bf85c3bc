import { mapBounded } from '../base/concurrency.js';
import { canonicalJson } from '../base/json.js';
import { Problem } from '../base/problem.js';
import type { Gap } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { ApiCall } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import type { ServiceName } from '../reference/services.js';
import { isLockedOut, type CallMemory } from './call-memory.js';
import type { CollectTarget, Reader } from './collector.js';
import { nextPage } from './pagination.js';

/** Details of one listing that are read at the same time. */
const DETAILS_AT_ONCE = 8;

/** A listing with more pages than this is taken for an endless one. */
const PAGES_MAX = 10_000;

/** What a reader is made of: where it reads, how, and whom it tells what could not be read. */
export interface ReaderSettings {
  readonly service: ServiceName;
  readonly types: readonly TypeName[];
  readonly target: CollectTarget;
  readonly memory: CallMemory;
  readonly onGap: (gap: Gap) => void;
  readonly signal?: AbortSignal;
  /** When given, details of other resources are not read: for looking at one resource again. */
  readonly only?: ReadonlySet<string>;
}

type Answer = Record<string, unknown>;
type Items = (page: Answer) => readonly unknown[] | null | undefined;

/** The reader that a collector is given. Its methods are typed by the collector; inside, all services are alike. */
export function readerOf(settings: ReaderSettings): Reader<never, never> {
  return new CallReader(settings, settings.target.region) as unknown as Reader<never, never>;
}

class CallReader {
  private readonly settings: ReaderSettings;
  private readonly region: string;

  constructor(settings: ReaderSettings, region: string) {
    this.settings = settings;
    this.region = region;
  }

  async list(operation: string, input: Answer, items: Items): Promise<unknown[]> {
    const found: unknown[] = [];
    await this.gather(found, operation, input, items, undefined, []);
    return found;
  }

  async details(operation: string, input: Answer, items: Items, of?: string, absent: readonly string[] = []) {
    if (!this.wants(of)) return undefined;
    const found: unknown[] = [];
    const end = await this.gather(found, operation, input, items, of, absent);
    return end === 'complete' ? found : end;
  }

  detail(operation: string, input: Answer, of: string, absent: readonly string[] = []) {
    return this.single(operation, input, of, absent);
  }

  one(operation: string, input: Answer, absent: readonly string[] = []) {
    return this.single(operation, input, undefined, absent);
  }

  in(region: string): CallReader {
    return new CallReader(this.settings, region);
  }

  each<Item, Made>(items: readonly Item[], work: (item: Item) => Promise<Made>): Promise<Made[]> {
    return mapBounded(items, DETAILS_AT_ONCE, work);
  }

  private wants(of: string | undefined): boolean {
    return of === undefined || this.settings.only === undefined || this.settings.only.has(of);
  }

  private async single(operation: string, input: Answer, of: string | undefined, absent: readonly string[]) {
    if (!this.wants(of)) return undefined;
    try {
      return await this.call(operation, input);
    } catch (error) {
      return this.failure(error, operation, of, absent);
    }
  }

  /** Adds the items of all pages to `found`, so that what came before a failing page is kept. */
  private async gather(
    found: unknown[],
    operation: string,
    input: Answer,
    items: Items,
    of: string | undefined,
    absent: readonly string[],
  ): Promise<'complete' | null | undefined> {
    try {
      for await (const page of this.pages(operation, input)) {
        for (const item of this.array(operation, items(page))) found.push(item);
      }
      return 'complete';
    } catch (error) {
      return this.failure(error, operation, of, absent);
    }
  }

  /** `null` for an answer that means absence; else a gap. What is no answer of AWS's is thrown on. */
  private failure(error: unknown, operation: string, of: string | undefined, absent: readonly string[]) {
    if (!(error instanceof ApiError)) throw error;
    if (absent.includes(error.code)) return null;
    this.settings.onGap(gapOf(this.settings, error, operation, of));
    return undefined;
  }

  private async *pages(operation: string, input: Answer): AsyncIterable<Answer> {
    const seen = new Set<string>();
    for (let next: Answer | undefined = input; next !== undefined;) {
      const key = canonicalJson(next);
      if (seen.has(key)) throw this.unusable(operation, 'EndlessListing', 'it answered the same page token twice');
      if (seen.size >= PAGES_MAX) throw this.unusable(operation, 'EndlessListing', `it has over ${PAGES_MAX} pages`);
      seen.add(key);
      const answer = await this.call(operation, next);
      yield answer;
      next = nextPage(next, answer);
    }
  }

  /** Servers other than AWS are known to answer one item in place of a list of one. */
  private array(operation: string, items: readonly unknown[] | null | undefined): readonly unknown[] {
    if (items === null || items === undefined) return [];
    if (!Array.isArray(items)) throw this.unusable(operation, 'UnexpectedAnswer', 'it answered no list');
    return items;
  }

  private call(operation: string, input: Answer): Promise<Answer> {
    if (this.settings.signal?.aborted === true) throw interrupted();
    return this.settings.memory.ask(this.callOf(operation, input));
  }

  private callOf(operation: string, input: Answer): ApiCall {
    const { service, target } = this.settings;
    return { service, operation, accountId: target.accountId, region: this.region, input };
  }

  private unusable(operation: string, code: string, why: string): ApiError {
    return new ApiError(this.callOf(operation, {}), code, `${this.settings.service}:${operation} is unusable: ${why}`);
  }
}

/** What a collection throws when it is told to stop. */
export function interrupted(): Problem {
  return new Problem('interrupted', 'the collection was interrupted', {
    next: 'run the same command again: it goes on where it stopped',
    exit: 'interrupted',
  });
}

/** A role that cannot be entered hides everything of the account, not only what was being read. */
function gapOf({ target, service, types }: ReaderSettings, error: ApiError, operation: string, of?: string): Gap {
  const { accountId, region } = target;
  const cause = { code: error.code, message: sentenceOf(error) };
  if (isLockedOut(error)) {
    return { accountId, region: '*', service: 'sts', operation: 'AssumeRole', types: [], error: cause };
  }
  const about = of === undefined ? {} : { resourceArn: of };
  return { accountId, region, service, operation, types, ...about, error: cause };
}

/** Longer messages are cut: EC2 encodes whole policies into some, and other servers send pages of HTML. */
const MESSAGE_CHARACTERS_MAX = 1000;

/** The first line of an error's message. */
function sentenceOf({ message }: Error): string {
  const [first = ''] = message.split('\n', 1);
  return first.length > MESSAGE_CHARACTERS_MAX ? `${first.slice(0, MESSAGE_CHARACTERS_MAX)}…` : first;
}
