import type { Json } from '../../base/json.js';
import { compileRules, matchEvent } from '../../events/machine.js';
import { parsePattern } from '../../events/pattern.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import { importedEvent } from '../../findings/hub/security-hub-events.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import type { Kept, RuleBook } from '../../store/postgres/events/rule-book.js';
import { isInvalid } from '../../base/checked.js';
import { parseEventRule, type EventRule } from '../decide/event-rule.js';
import type { InvalidRule, Rule, RuleDocument, RuleLogEntry, RulePreview, Rules } from './rules.js';

/** Findings that a preview looks at, newest first. */
const PREVIEWED_MAX = 1000;
const PAGE = 100;

export interface HubRulesOptions {
  readonly book: RuleBook<EventRule>;
  readonly inbox: EventInbox;
  readonly findings: FindingHub;
  readonly now: () => Date;
}

/** The event rules of a hub, checked before they are kept. */
export function hubRules({ book, inbox, findings, now }: HubRulesOptions): Rules {
  return {
    async list() {
      return (await book.rules()).map(shown);
    },
    async put(document, by): Promise<Rule | InvalidRule> {
      const rule = parseEventRule(document);
      if (isInvalid(rule)) return rule;
      await book.putRule(rule.name, rule, by, now());
      const kept = await book.rule(rule.name);
      if (kept === undefined) throw new Error(`rule ${rule.name} was removed while it was written`);
      return shown(kept);
    },
    remove: (name) => book.removeRule(name),
    async preview(document, { limit, accounts }): Promise<RulePreview | InvalidRule> {
      const rule = parseEventRule(document);
      if (isInvalid(rule)) return rule;
      const parsed = parsePattern(rule.pattern);
      if ('error' in parsed) return { invalid: { field: 'rule.pattern', rule: parsed.error.message } };
      const machine = compileRules([{ name: rule.name, pattern: parsed.pattern }]);
      const matched: AsffFinding[] = [];
      let examined = 0;
      for await (const finding of newest(findings, accounts)) {
        examined += 1;
        if (matchEvent(machine, importedEvent(finding, { now: now() })).length > 0) matched.push(finding);
      }
      return { matched: matched.length, examined, findings: matched.slice(0, limit) };
    },
    async log({ accounts, ...query }): Promise<readonly RuleLogEntry[]> {
      const entries = await inbox.decisions(query);
      const visible = entries.filter(({ account }) => accounts === undefined || accounts.includes(account));
      return visible.map(({ account: _account, actions, ...entry }) => ({ ...entry, actions: actions as Json }));
    },
  };
}

function shown({ document, updatedAt, updatedBy }: Kept<EventRule>): Rule {
  return { document: document as unknown as RuleDocument, updatedAt, updatedBy };
}

async function* newest(hub: FindingHub, accounts: readonly string[] | undefined): AsyncIterable<AsffFinding> {
  let after: string | undefined;
  for (let seen = 0; seen < PREVIEWED_MAX;) {
    const page = await hub.findings({
      limit: PAGE,
      ...(accounts === undefined ? {} : { accounts }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.findings;
    seen += page.findings.length;
    after = page.next;
    if (after === undefined) return;
  }
}
