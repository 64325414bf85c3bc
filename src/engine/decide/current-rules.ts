import type { RuleBook } from '../../store/postgres/events/rule-book.js';
import { compileEventRules, type CompiledRules } from './decide.js';
import type { EventRule } from './event-rule.js';

/** The rules as they are now, compiled: again only after a change, on whatever machine it was made. */
export class CurrentRules {
  private readonly book: RuleBook<EventRule>;
  private compiled: { readonly revision: number; readonly rules: CompiledRules } | undefined;

  constructor(book: RuleBook<EventRule>) {
    this.book = book;
  }

  async get(): Promise<CompiledRules> {
    const revision = await this.book.revision();
    if (this.compiled?.revision !== revision) {
      const rules = compileEventRules((await this.book.rules()).map(({ document }) => document));
      this.compiled = { revision, rules };
    }
    return this.compiled.rules;
  }
}
