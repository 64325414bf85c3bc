import type { Policy } from '../policy/document/policy.js';
import { variablesIn } from '../policy/document/policy-variables.js';
import { principalText as patternText, type PrincipalPattern } from '../policy/document/principal-pattern.js';
import type { ResourceSide } from '../policy/evaluate/access-path.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { decide } from '../policy/evaluate/decide.js';
import { plausible } from '../policy/questions/plausible.js';
import { mentionedIn, strangersFormula, type ZoneOfTrust } from '../policy/questions/zone-of-trust.js';
import { arnGlob, literal } from '../policy/pattern/token-pattern.js';
import type { Bindings } from '../policy/reason/condition-formula.js';
import { and, not, type Formula } from '../policy/reason/formula.js';
import { PRINCIPAL, services } from '../policy/reason/principal-dimension.js';
import { solve, type Answer } from '../policy/reason/solve.js';
import { isOneOf, type Space } from '../policy/reason/space.js';
import { effectFormula, patternsOf, RESOURCE } from '../policy/reason/statement-formula.js';
import type { AccessShift, PrincipalShifts } from './principal-shifts.js';

/** What is shared by itself, in one of two states: what speaks for it, and the ARNs it protects. */
export interface SharedState {
  readonly side: ResourceSide;
  readonly scope: readonly string[];
}

/** The organization that the strangers are strangers to, and what is shared. */
export interface Comparison {
  readonly zone: ZoneOfTrust;
  /** Context keys that every request on it has. */
  readonly facts: Bindings;
  readonly arn: string;
  readonly partition: string;
}

/**
 * What strangers (everyone who is no principal of the organization: other accounts, federated and anonymous callers,
 * AWS services) gain and lose on one resource between two states. Whoever is not named gains and loses nothing: proved
 * over all requests, of whole policies, and not by comparing findings, which say who and not on which part of it.
 *
 * Cost: one search each way where both states let strangers do the same; else one more for each entry that names one.
 */
export function outsideShifts(
  before: SharedState | undefined,
  after: SharedState | undefined,
  comparison: Comparison,
): PrincipalShifts {
  const lost = moreOf(before, after, comparison);
  const gained = moreOf(after, before, comparison);
  return { gained: gained.shifts, lost: lost.shifts, open: [...new Set([...gained.open, ...lost.open])] };
}

/** Who may do what by `larger` and not by `smaller`. */
function moreOf(
  larger: SharedState | undefined,
  smaller: SharedState | undefined,
  comparison: Comparison,
): { shifts: AccessShift[]; open: string[] } {
  if (larger === undefined) return { shifts: [], open: [] };
  const search = new StrangerSearch(larger, smaller, comparison);
  const whole = search.ask((space) => isOneOf(space, PRINCIPAL, patternsOf({ kind: 'everyone' }), false));
  if (whole.kind === 'no') return { shifts: [], open: [] };
  const { arn } = comparison;
  const named = namedEntries(larger.side.policies, comparison.zone);
  const shifts: AccessShift[] = [];
  const open: string[] = [];
  const add = (principal: string, answer: Answer): void => {
    if (answer.kind === 'yes') shifts.push({ principal, action: answer.witness.action, resource: arn });
    if (answer.kind === 'undetermined') open.push(`${principal} on ${arn}: ${answer.reason}`);
  };
  for (const entry of named) {
    add(
      patternText(entry),
      search.ask((space) => isOneOf(space, PRINCIPAL, patternsOf(entry), false)),
    );
  }
  const others = search.ask((space) => not(isOneOf(space, PRINCIPAL, named.flatMap(patternsOf), false)));
  add('everyone outside', others);
  return { shifts, open };
}

/** The entries of allows that name a stranger. */
function namedEntries(policies: readonly Policy[], zone: ZoneOfTrust): PrincipalPattern[] {
  const found = new Map<string, PrincipalPattern>();
  for (const { effect, principal } of policies.flatMap(({ statements }) => statements)) {
    if (effect !== 'Allow' || principal === undefined || principal.negated) continue;
    for (const entry of principal.patterns) {
      const isOurs =
        (entry.kind === 'account' || entry.kind === 'session' ? zone.accountIds.has(entry.accountId) : false) ||
        (entry.kind === 'identity' && zone.accountIds.has(entry.arn.split(':')[4] ?? ''));
      if (entry.kind !== 'everyone' && !isOurs) found.set(`${entry.kind} ${patternText(entry)}`, entry);
    }
  }
  return [...found.values()];
}

class StrangerSearch {
  private readonly mentioned: string[];
  private readonly policies: readonly Policy[];

  constructor(
    private readonly larger: SharedState,
    private readonly smaller: SharedState | undefined,
    private readonly comparison: Comparison,
  ) {
    this.policies = [larger, smaller].flatMap((one) =>
      one === undefined ? [] : [...one.side.policies, ...one.side.controlLevels.flat()],
    );
    this.mentioned = mentionedIn(this.policies.map(({ text }) => text).join('\n'));
  }

  /**
   * Whether some stranger may do more. A witness may by chance belong to an account of ours that no policy mentions: it
   * is then mentioned, and the question asked again.
   */
  ask(who: (space: Space) => Formula): Answer {
    const { zone, facts, partition } = this.comparison;
    for (;;) {
      let insider: string | undefined;
      const confirm = (request: AccessRequest): boolean => {
        const { principal } = request;
        const accountId = 'accountId' in principal ? principal.accountId : '';
        insider = zone.accountIds.has(accountId) && !this.mentioned.includes(accountId) ? accountId : undefined;
        return insider !== undefined || (isLetIn(request, this.larger) && !isLetIn(request, this.smaller));
      };
      const formula = (space: Space, bindings: Bindings): Formula => this.formula(space, who(space), bindings);
      const variables = variablesIn(this.policies).filter((key) => !facts.has(key));
      const preferred = plausible(this.larger.scope);
      const answer = solve({ formula, confirm, variables }, { preferred, partition });
      if (insider === undefined || answer.kind !== 'yes') return answer;
      this.mentioned.push(insider);
    }
  }

  private formula(space: Space, who: Formula, given: Bindings): Formula {
    const { zone, facts } = this.comparison;
    const bindings = new Map([...facts, ...given]);
    const onResource = this.larger.scope.map((arn) => arnGlob([{ kind: 'text', text: arn }]));
    const policies = and([
      letIn(space, this.larger.side, bindings),
      ...(this.smaller === undefined ? [] : [not(letIn(space, this.smaller.side, bindings))]),
    ]);
    const known = [...facts].flatMap(([key, value]) =>
      space.dimensions.has(key) && value !== null ? [isOneOf(space, key, [literal(value)])] : [],
    );
    return and([
      who,
      policies,
      isOneOf(space, RESOURCE, onResource, false),
      ...known,
      strangersFormula(space, zone, this.mentioned),
    ]);
  }
}

/** What a resource's side lets strangers do, were their own accounts to allow it. */
function letIn(
  space: Space,
  { policies, controlLevels, restrictedToOwner }: ResourceSide,
  bindings: Bindings,
): Formula {
  const all = [...policies, ...controlLevels.flat()];
  return and([
    effectFormula(space, policies, 'Allow', { bindings }),
    not(effectFormula(space, all, 'Deny', { bindings })),
    ...controlLevels.map((level) => effectFormula(space, level, 'Allow', { bindings })),
    ...(restrictedToOwner === true ? [isOneOf(space, PRINCIPAL, [services], false)] : []),
  ]);
}

/** The second opinion: what the evaluator of single requests says. */
function isLetIn(request: AccessRequest, of: SharedState | undefined): boolean {
  if (of === undefined) return false;
  const { principal } = request;
  const identity =
    'accountId' in principal
      ? { accountId: principal.accountId, isRoot: true, policies: [], controlLevels: [] }
      : undefined;
  return decide(request, { ...(identity === undefined ? {} : { identity }), resource: of.side }).outcome === 'allow';
}
