import type { Json } from '../../base/json.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import type { Kept, RuleBook } from '../../store/postgres/events/rule-book.js';
import { isInvalid } from '../../base/checked.js';
import { EVENT_ATTEMPTS_MAX } from '../decide/event-worker.js';
import { parseEventRule, type EventRule } from '../decide/event-rule.js';
import { explainRules } from './explain-rules.js';
import { previewAutomationRule, previewEventRule, type PreviewContext } from './preview-rules.js';
import type { InvalidRule, Rule, RuleDocument, RuleFailure, RuleLogEntry, Rules } from './rules.js';

export interface HubRulesOptions extends PreviewContext {
  readonly book: RuleBook<EventRule>;
  readonly inbox: EventInbox;
}

/** The event rules of a hub, checked before they are kept. */
export function hubRules({ book, inbox, ...context }: HubRulesOptions): Rules {
  return {
    async list() {
      return (await book.rules()).map(shown);
    },
    async put(document, by): Promise<Rule | InvalidRule> {
      const rule = parseEventRule(document);
      if (isInvalid(rule)) return rule;
      await book.putRule(rule.name, rule, by, context.now());
      const kept = await book.rule(rule.name);
      if (kept === undefined) throw new Error(`rule ${rule.name} was removed while it was written`);
      return shown(kept);
    },
    remove: (name) => book.removeRule(name),
    preview: (document, options) => previewEventRule(context, document, options),
    previewAutomation: (rule, options) => previewAutomationRule(context, rule, options),
    async explain(finding) {
      const rules = (await book.rules()).map(({ document }) => document);
      return explainRules(context, rules, finding);
    },
    async failures(most): Promise<readonly RuleFailure[]> {
      const failures = await inbox.failures(EVENT_ATTEMPTS_MAX, most);
      return failures.map(({ rule, target, ...failure }) => ({
        ...failure,
        ...(rule === null ? {} : { rule }),
        ...(target === null ? {} : { target }),
      }));
    },
    retryFailures: () => inbox.retryFailures(EVENT_ATTEMPTS_MAX, context.now()),
    async log(query): Promise<readonly RuleLogEntry[]> {
      const entries = await inbox.decisions(query);
      return entries.map(({ account: _account, actions, ...entry }) => ({ ...entry, actions: actions as Json }));
    },
  };
}

function shown({ document, updatedAt, updatedBy }: Kept<EventRule>): Rule {
  return { document: document as unknown as RuleDocument, updatedAt, updatedBy };
}
