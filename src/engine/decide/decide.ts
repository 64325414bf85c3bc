import { createHash } from 'node:crypto';
import type { AnyControl } from '../../controls/control.js';
import { explainMatch } from '../../events/explain.js';
import { compileRules, matchEvent, type NamedPattern, type RuleMachine } from '../../events/machine.js';
import { parsePattern, type EventPattern } from '../../events/pattern.js';
import type { Finding } from '../../findings/finding.js';
import { importedEnvelope } from '../../findings/hub/security-hub-events.js';
import { afterGrace } from '../respond/grace.js';
import type { ResponseRequest } from '../respond/responses.js';
import { findingsOf, type EventFinding } from './event-findings.js';
import type { EventRule, RuleTarget } from './event-rule.js';
import type { HubEvent } from './hub-event.js';
import { matchScope, type ScopeFacts } from '../scope/scope.js';

/** An event through how many rules: what follows from a rule's own doing carries the rule's name along. */
export const CAUSES_MAX = 5;
/** Rules of which it is told one by one why they did not fire; of more, only those that did are told. */
const UNFIRED_MAX = 200;

/** What a rule does about an event. */
export type Action =
  | { readonly kind: 'respond'; readonly request: ResponseRequest }
  | { readonly kind: 'deliver'; readonly id: string; readonly target: Exclude<RuleTarget, { kind: 'respond' }> }
  /** Something that it would have done, and why it does not. */
  | { readonly kind: 'left'; readonly about: string; readonly why: string };

/** What one rule says of one event. */
export interface RuleDecision {
  readonly rule: string;
  readonly fired: boolean;
  readonly why: string;
  readonly actions: readonly Action[];
}

/** Rules ready to be held against events: one automaton for all of them. */
export interface CompiledRules {
  readonly rules: ReadonlyMap<string, EventRule>;
  readonly patterns: ReadonlyMap<string, EventPattern>;
  readonly machine: RuleMachine;
  /** Whether any of them could match the event of a finding that comes in or changes, whatever is in it. */
  readonly askForFindings: boolean;
}

/** @throws Error for a rule whose pattern is not one: rules are checked when they are made. */
export function compileEventRules(rules: readonly EventRule[]): CompiledRules {
  const enabled = rules.filter((rule) => rule.enabled);
  const patterns = new Map<string, EventPattern>();
  for (const { name, pattern } of enabled) {
    const parsed = parsePattern(pattern);
    if ('error' in parsed) throw new Error(`the pattern of rule ${name}: ${parsed.error.message}`);
    patterns.set(name, parsed.pattern);
  }
  const machine = compileRules([...patterns].map(([name, pattern]) => ({ name, pattern })));
  const askForFindings = matchEvent(compileRules(envelopesOf(patterns)), importedEnvelope).length > 0;
  return { rules: new Map(enabled.map((rule) => [rule.name, rule])), patterns, machine, askForFindings };
}

/** What patterns ask of the envelope alone. */
function* envelopesOf(patterns: CompiledRules['patterns']): Iterable<NamedPattern> {
  for (const [name, { alternatives }] of patterns) {
    const asked = alternatives.map((fields) =>
      fields.filter(({ path }) => path.length === 1 && Object.hasOwn(importedEnvelope, path[0] ?? '')),
    );
    yield { name, pattern: { alternatives: asked } };
  }
}

/** What deciding may look at besides the rules. */
export interface DecideContext {
  readonly controls: readonly AnyControl[];
  /** What is known of a finding's account and resource. */
  readonly factsOf: (finding: Finding) => Promise<ScopeFacts>;
  /** Whether people suppressed a finding here, whatever the event says of it. */
  readonly isSuppressed: (finding: Finding) => Promise<boolean>;
  /** The rules that this event follows from: what the hub itself did. */
  readonly causes: readonly string[];
  /** Under which the event is known here: no two events share it, whoever sent them. */
  readonly eventKey: string;
  /** Grace periods begin now. */
  readonly now: Date;
}

/**
 * What every rule says of an event. Changes nothing. O(event) for all rules together, and O(findings × targets) for those that fire.
 *
 * A rule never answers what follows from itself: an event carries the names of the rules it follows from, and a rule among
 * them is cut, as is everything after `CAUSES_MAX`. So a rule that changes what it looks for ends, and says so.
 */
export async function decide(
  event: HubEvent,
  compiled: CompiledRules,
  context: DecideContext,
): Promise<RuleDecision[]> {
  const fired = new Set(matchEvent(compiled.machine, event));
  const decisions: RuleDecision[] = [];
  let findings: readonly EventFinding[] | undefined;
  for (const name of fired) {
    const rule = compiled.rules.get(name);
    if (rule === undefined) continue;
    const cut = cutOf(name, context.causes);
    if (cut !== undefined) {
      decisions.push({ rule: name, fired: false, why: cut, actions: [] });
      continue;
    }
    findings ??= findingsOf(event, context.controls);
    const actions: Action[] = [];
    for (const [index, target] of rule.targets.entries()) {
      actions.push(...(await actionsOf(event, rule, target, index, findings, context)));
    }
    decisions.push({ rule: name, fired: true, why: 'its pattern matches', actions });
  }
  if (compiled.rules.size > UNFIRED_MAX) return decisions;
  for (const [name, pattern] of compiled.patterns) {
    if (!fired.has(name)) decisions.push({ rule: name, fired: false, why: whyNot(pattern, event), actions: [] });
  }
  return decisions;
}

function cutOf(rule: string, causes: readonly string[]): string | undefined {
  if (causes.includes(rule)) return `cut: the event follows from what this rule did (${causes.join(' → ')})`;
  if (causes.length >= CAUSES_MAX) return `cut: the event follows from ${causes.length} rules (${causes.join(' → ')})`;
  return undefined;
}

/** The fields of an event that keep a pattern from matching, in words. */
export function whyNot(pattern: EventPattern, event: HubEvent): string {
  return explainMatch(pattern, event)
    .fields.filter(({ matched }) => !matched)
    .slice(0, 3)
    .map(({ path, expected, seen }) => `${path}: ${seen} is not ${expected}`)
    .join('; ');
}

async function actionsOf(
  event: HubEvent,
  rule: EventRule,
  target: RuleTarget,
  index: number,
  findings: readonly EventFinding[],
  context: DecideContext,
): Promise<Action[]> {
  if (target.kind !== 'respond') {
    const within = findings.length === 0 ? outside(rule) : await everyFits(rule, findings, context);
    if (within !== undefined) return [{ kind: 'left', about: target.kind, why: within }];
    return [{ kind: 'deliver', id: idOf(context.eventKey, rule.name, String(index)), target }];
  }
  if (findings.length === 0) return [{ kind: 'left', about: event.id, why: 'the event is about no finding' }];
  return Promise.all(findings.map((each) => respond(event, rule, target, each, context)));
}

/** An event about nothing that is known has no facts: a rule with a scope leaves it. */
function outside({ scope }: EventRule): string | undefined {
  return scope === undefined ? undefined : 'the event is about no finding, and the rule has a scope';
}

/** An event goes out whole, so all of it must be in scope. */
async function everyFits(
  rule: EventRule,
  findings: readonly EventFinding[],
  context: DecideContext,
): Promise<string | undefined> {
  if (rule.scope === undefined) return undefined;
  for (const each of findings) {
    if ('refused' in each) return `${each.id}: ${each.refused}`;
    const answer = matchScope(rule.scope, await context.factsOf(each.finding));
    if (answer.is !== 'in') return `${each.finding.id}: ${answer.why}`;
  }
  return undefined;
}

async function respond(
  event: HubEvent,
  rule: EventRule,
  target: Extract<RuleTarget, { kind: 'respond' }>,
  each: EventFinding,
  context: DecideContext,
): Promise<Action> {
  if ('refused' in each) return { kind: 'left', about: each.id, why: each.refused };
  const { finding, origin } = each;
  const left = (why: string): Action => ({ kind: 'left', about: finding.id, why });
  if (finding.status !== 'FAILED') return left(`it is ${finding.status}: there is nothing to answer`);
  if (finding.recordState === 'ARCHIVED') return left('it is archived');
  if (finding.workflow === 'SUPPRESSED' || (await context.isSuppressed(finding))) return left('it is suppressed');
  const facts = await context.factsOf(finding);
  const answer = matchScope(rule.scope, facts);
  if (answer.is !== 'in') return left(answer.why);
  const request: ResponseRequest = {
    id: `run-${idOf(context.eventKey, rule.name, finding.id)}`,
    finding,
    mode: target.mode ?? 'notify',
    ...(target.approvals === undefined ? {} : { approvalsNeeded: target.approvals }),
    ...afterGrace(target.graceDays, context.now),
    ...(target.parameters === undefined ? {} : { parameters: target.parameters }),
    requestedBy: `rule:${rule.name}`,
    origin: { ...origin, name: rule.name },
  };
  return { kind: 'respond', request };
}

/** The same event, rule and subject are one action, however often the event arrives. */
function idOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
