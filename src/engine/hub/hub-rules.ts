import type { Json } from '../../base/json.js';
import { changeOf } from '../../findings/hub/apply-automation-rules.js';
import type { AutomationFirings, KeptFiring } from '../../store/postgres/events/automation-firings.js';
import type { DecisionRecord, EventInbox } from '../../store/postgres/events/event-inbox.js';
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
  readonly firings: AutomationFirings;
}

/** The event rules of a hub, checked before they are kept. */
export function hubRules({ book, inbox, firings, ...context }: HubRulesOptions): Rules {
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
      return explainRules(context, firings, rules, finding);
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
      const decided = (await inbox.decisions(query)).map(decisionEntry);
      // Of automation rules only what fired is kept, and no event is told of.
      const isAsked = query.eventId === undefined && query.fired !== false;
      const fired = isAsked ? (await firings.newest(query)).map(firingEntry) : [];
      return [...decided, ...fired].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, query.limit);
    },
  };
}

function shown({ document, updatedAt, updatedBy }: Kept<EventRule>): Rule {
  return { document: document as unknown as RuleDocument, updatedAt, updatedBy };
}

function decisionEntry({ account: _account, actions, ...entry }: DecisionRecord): RuleLogEntry {
  return { kind: 'event', ...entry, actions: actions as Json };
}

function firingEntry({ rule, finding, at, refused }: KeptFiring): RuleLogEntry {
  return {
    ...{ kind: 'automation', at, rule: rule.RuleName ?? '', finding, version: rule.UpdatedAt ?? '', fired: true },
    why: refused === undefined ? 'every criterion held' : `every criterion held; its change was refused: ${refused}`,
    actions: [{ kind: 'change', change: changeOf(rule) }] as unknown as Json,
  };
}
