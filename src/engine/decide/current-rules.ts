import type { RuleBook } from '../../store/postgres/events/rule-book.js';
import { compileEventRules, type CompiledRules } from './decide.js';
import type { EventRule } from './event-rule.js';
import type { ResponseModes } from './response-mode.js';

/** The setting that holds the response modes. */
export const MODES = 'response-modes';

/** The rules and modes as they are now, compiled: again only after a change, on whatever machine it was made. */
export class CurrentRules {
  private readonly book: RuleBook<EventRule>;
  private compiled:
    | { readonly revision: number; readonly rules: CompiledRules; readonly modes: ResponseModes }
    | undefined;

  constructor(book: RuleBook<EventRule>) {
    this.book = book;
  }

  async get(): Promise<{ readonly rules: CompiledRules; readonly modes: ResponseModes }> {
    const revision = await this.book.revision();
    if (this.compiled?.revision === revision) return this.compiled;
    const rules = compileEventRules((await this.book.rules()).map(({ document }) => document));
    const modes = (await this.book.setting<ResponseModes>(MODES))?.document ?? [];
    this.compiled = { revision, rules, modes };
    return this.compiled;
  }
}
