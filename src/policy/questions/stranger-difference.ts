import type { Policy } from '../document/policy.js';
import { variablesIn } from '../document/policy-variables.js';
import { principalText as patternText, type PrincipalPattern } from '../document/principal-pattern.js';
import type { ResourceSide } from '../evaluate/access-path.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { decide } from '../evaluate/decide.js';
import { plausible } from './plausible.js';
import { mentionedIn, strangersFormula, type ZoneOfTrust } from './zone-of-trust.js';
import { arnGlob, literal } from '../pattern/token-pattern.js';
import type { Bindings } from '../reason/condition-formula.js';
import { and, not, type Formula } from '../reason/formula.js';
import { PRINCIPAL, services } from '../reason/principal-dimension.js';
import { solve, type Answer } from '../reason/solve.js';
import { isOneOf, type Space } from '../reason/space.js';
import { effectFormula, patternsOf, RESOURCE } from '../reason/statement-formula.js';

/** What is shared by itself, in one of two states: what speaks for it, and the ARNs it protects. */
export interface SharedState {
  readonly side: ResourceSide;
  readonly scope: readonly string[];
}

/** Whose strangers are meant, and what every request carries. */
export interface StrangersOptions {
  readonly zone: ZoneOfTrust;
  /** Context keys that every request on the resource has. */
  readonly facts: Bindings;
  readonly partition?: string | undefined;
}

/** The entries of allows that name a stranger. */
export function namedStrangers(policies: readonly Policy[], zone: ZoneOfTrust): PrincipalPattern[] {
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

/**
 * What strangers (everyone who is no principal of the zone: other accounts, federated and anonymous callers, AWS services)
 * may do on one resource in one state and not in another, over whole policies: findings say who, and not on which part
 * of the resource.
 *
 * Cost: one search a question.
 */
export class StrangerDifference {
  private readonly mentioned: string[];
  private readonly policies: readonly Policy[];

  constructor(
    private readonly larger: SharedState,
    private readonly smaller: SharedState | undefined,
    private readonly options: StrangersOptions,
  ) {
    this.policies = [larger, smaller].flatMap((one) =>
      one === undefined ? [] : [...one.side.policies, ...one.side.controlLevels.flat()],
    );
    this.mentioned = mentionedIn(this.policies.map(({ text }) => text).join('\n'));
  }

  /** Whether any stranger may do more: a `no` is the proof that none does. */
  anyone(): Answer {
    return this.ask(() => and([]));
  }

  /** Whether one that a policy names may do more. */
  named(entry: PrincipalPattern): Answer {
    return this.ask((space) => isOneOf(space, PRINCIPAL, patternsOf(entry), false));
  }

  /** Whether anyone but some may do more. */
  allBut(entries: readonly PrincipalPattern[]): Answer {
    return this.ask((space) => not(isOneOf(space, PRINCIPAL, entries.flatMap(patternsOf), false)));
  }

  /**
   * Whether some stranger may do more. A witness may by chance belong to an account of ours that no policy mentions: it
   * is then mentioned, and the question asked again.
   */
  private ask(who: (space: Space) => Formula): Answer {
    const { zone, facts, partition } = this.options;
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
      const answer = solve(
        { formula, confirm, variables },
        { preferred, ...(partition === undefined ? {} : { partition }) },
      );
      if (insider === undefined || answer.kind !== 'yes') return answer;
      this.mentioned.push(insider);
    }
  }

  private formula(space: Space, who: Formula, given: Bindings): Formula {
    const { zone, facts } = this.options;
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
