import type { Policy } from '../document/policy.js';
import { variablesIn } from '../document/policy-variables.js';
import type { IdentitySide, ResourceSide } from '../evaluate/access-path.js';
import type { PrincipalMatch } from '../evaluate/match-principal.js';
import type { Principal } from '../evaluate/principal.js';
import { foldCase } from '../evaluate/match-text.js';
import { BudgetExceeded } from '../pattern/budget.js';
import { SEPARATOR } from '../pattern/character-set.js';
import { arnGlob, glob, literal, many, type TokenPattern } from '../pattern/token-pattern.js';
import { axioms } from './axioms.js';
import { all, Compiler, some, type CompileOptions, type Node } from './compile.js';
import type { Bindings } from './condition-formula.js';
import { and, bounded, not, or, reasonsOf, type Formula } from './formula.js';
import {
  combine,
  identityTerms,
  resourceTerms,
  type Algebra,
  type IdentityTerms,
  type ResourceTerms,
} from './path-formula.js';
import { PRINCIPAL, principalText } from './principal-dimension.js';
import { findBox, narrowed, NODES_MAX, type Box } from './search.js';
import { witnessOf, type Preferred } from './witness.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { isOneOf, Space } from './space.js';
import { ACTION, effectFormula, RESOURCE } from './statement-formula.js';

/** A principal of the matrix, with what is known of it. */
export interface MatrixPrincipal {
  readonly principal: Principal;
  readonly side?: IdentitySide | undefined;
  /** Context keys that every request of it carries. */
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

/** What is asked about: actions on resources that one side speaks for. */
export interface MatrixTarget {
  /** Action patterns, such as `s3:GetObject` or `s3:*`. */
  readonly actions: readonly string[];
  /** ARN patterns. */
  readonly resources: readonly string[];
  readonly side: ResourceSide;
  readonly facts?: Bindings;
}

/** A principal and a target, by their places. */
export interface MatrixPair {
  readonly principal: number;
  readonly target: number;
}

/**
 * The answer for a pair. `open`: within the upper bound only; ask on its own. `undetermined`: the search went past its
 * budget.
 */
export type MatrixAnswer =
  | { readonly kind: 'no' }
  | { readonly kind: 'yes' | 'open'; readonly box: Box }
  | { readonly kind: 'undetermined'; readonly reason: string };

/**
 * Many principals against many targets over one space: atoms are computed once, each policy becomes a node once, and a
 * question only combines ready terms and searches.
 *
 * Cost: set-up linear in the policies plus the atoms of the largest dimension; then a few microseconds a question.
 */
export class AccessMatrix {
  readonly compiler: Compiler;
  private readonly space = new Space();
  private readonly formulas = new Map<string, Formula>();
  private readonly nodes = new Map<Formula, Node>();
  private readonly policyIds = new Map<Policy, number>();
  private readonly principals: readonly MatrixPrincipal[];
  private readonly targets: readonly MatrixTarget[];
  private readonly identity: (IdentityTerms<Node> | undefined)[] = [];
  /** The same with what hinders the principal, which `identity` leaves to `starts`. */
  private readonly whole: (IdentityTerms<Node> | undefined)[] = [];
  private readonly resource: ResourceTerms<Node>[] = [];
  /** Of each principal, what holds whatever the target; nothing for one that contradicts itself. */
  private readonly starts: ({ readonly box: Box; readonly rest: Node } | undefined)[] = [];
  private readonly targetFacts: Node[] = [];
  private readonly nodesMax: number;
  private readonly isExact: boolean;
  private readonly algebra: Algebra<Node>;

  constructor(
    principals: readonly MatrixPrincipal[],
    targets: readonly MatrixTarget[],
    { nodesMax = NODES_MAX, ...options }: CompileOptions & { partition?: string; nodesMax?: number } = {},
  ) {
    this.nodesMax = nodesMax;
    this.principals = principals;
    this.targets = targets;
    const recorder = this.recorder();
    principals.forEach(({ side }, index) => {
      if (side !== undefined) identityTerms(recorder(index), side);
    });
    const variable = targets.some(({ side }) => hasVariables([...side.policies, ...side.controlLevels.flat()]));
    for (const { side } of targets) {
      if (!variable) resourceTerms(recorder(undefined), side);
      else principals.forEach((_, index) => resourceTerms(recorder(index), side));
    }
    const ofPrincipals = principals.map((one) => this.principalFormula(one));
    const ofTargets = targets.map((one) => this.targetFormula(one));
    const general = axioms(this.space, options.partition);
    this.isExact = ![...this.formulas.values()].some((formula) => reasonsOf(formula).length > 0);
    this.compiler = new Compiler(this.space, { statesMax: 200_000, ...options });
    const { compiler } = this;
    this.algebra = {
      effect: () => all([]),
      and: all,
      or: some,
      not: (node) => compiler.not(node),
      ofServices: some([]),
      through: () => some([]),
    };
    const base = compiler.node(general);
    this.targetFacts = ofTargets.map((formula) => compiler.node(formula));
    principals.forEach(({ side }, index) => {
      const terms = side === undefined ? undefined : identityTerms(this.reader(index), side);
      const facts = compiler.node(ofPrincipals[index] ?? or([]));
      this.starts.push(
        narrowed(compiler.dimensions, all([facts, base, ...(terms === undefined ? [] : [terms.unhindered])])),
      );
      this.whole.push(terms);
      this.identity.push(terms === undefined ? undefined : { ...terms, unhindered: all([]) });
    });
    if (!variable) targets.forEach(({ side }) => this.resource.push(resourceTerms(this.reader(undefined), side)));
  }

  /** Whether a principal may do what a target asks, under some request context. */
  ask(principal: number, target: number): MatrixAnswer {
    const resource = this.resource[target] ?? this.resourceFor(principal, target);
    const start = this.starts[principal];
    if (start === undefined) return { kind: 'no' };
    const root = all([
      this.targetFacts[target] as Node,
      start.rest,
      combine(this.algebra, this.identity[principal], resource),
    ]);
    return withinBudget(() => {
      const box = findBox(this.compiler.dimensions, root, this.nodesMax, undefined, start.box);
      if (box === undefined) return { kind: 'no' };
      return { kind: this.isExact ? 'yes' : 'open', box };
    });
  }

  /**
   * Whether there is a request that is allowed to one principal on one target and not to another principal on another
   * target: two states of the same, before and after a change.
   *
   * @returns `no` is proved; `open` when a policy is only known in bounds: then nothing is.
   */
  askDifference(allowed: MatrixPair, denied: MatrixPair): MatrixAnswer {
    const start = this.starts[allowed.principal];
    if (start === undefined) return { kind: 'no' };
    const root = all([
      this.targetFacts[allowed.target] as Node,
      start.rest,
      this.pathNode(allowed, this.identity[allowed.principal]),
      this.compiler.not(this.pathNode(denied, this.whole[denied.principal])),
    ]);
    return withinBudget(() => {
      const box = findBox(this.compiler.dimensions, root, this.nodesMax, undefined, start.box);
      if (!this.isExact) return { kind: 'open', box: box ?? start.box };
      return box === undefined ? { kind: 'no' } : { kind: 'yes', box };
    });
  }

  private pathNode({ principal, target }: MatrixPair, identity: IdentityTerms<Node> | undefined): Node {
    return combine(this.algebra, identity, this.resource[target] ?? this.resourceFor(principal, target));
  }

  /** A request of an answer's box, with all that follows from who the principal is. */
  witness(principal: number, box: Box, preferred?: Preferred): AccessRequest {
    const request = witnessOf(this.compiler.dimensions, box, preferred);
    const facts = this.principals[principal]?.facts ?? new Map<string, readonly string[]>();
    return { ...request, context: new Map([...facts, ...request.context]) };
  }

  private resourceFor(principal: number, target: number): ResourceTerms<Node> {
    return resourceTerms(this.reader(principal), (this.targets[target] as MatrixTarget).side);
  }

  /** An algebra that only writes formulas into the space. */
  private recorder(): (principal: number | undefined) => Algebra<Formula> {
    return (principal) => ({
      effect: (policies, effect, via) => or(policies.map((policy) => this.formula(policy, effect, via, principal))),
      and,
      or,
      not,
      ofServices: or([]),
      through: () => or([]),
    });
  }

  /** An algebra over ready nodes; both bounds of what is not exact go to the generous side. */
  private reader(principal: number | undefined): Algebra<Node> {
    const node = (policy: Policy, effect: 'Allow' | 'Deny', via: readonly PrincipalMatch[] | undefined): Node => {
      const formula = this.formula(policy, effect, via, principal);
      let known = this.nodes.get(formula);
      if (known === undefined) {
        known = this.compiler.node(bounded(formula, effect === 'Allow' ? 'upper' : 'lower'));
        this.nodes.set(formula, known);
      }
      return known;
    };
    return {
      ...this.algebra,
      effect: (policies, effect, via) => some(policies.map((policy) => node(policy, effect, via))),
    };
  }

  /** Policies with variables have a formula for each principal; all others share one. */
  private formula(
    policy: Policy,
    effect: 'Allow' | 'Deny',
    via: readonly PrincipalMatch[] | undefined,
    principal: number | undefined,
  ): Formula {
    const own = principal !== undefined && hasVariables([policy]) ? principal : '';
    const boundary = principal === undefined ? false : this.principals[principal]?.side?.boundary !== undefined;
    const key = `${this.idOf(policy)} ${effect} ${via?.join() ?? ''} ${own} ${boundary && mentionsNotPrincipal(policy)}`;
    let known = this.formulas.get(key);
    if (known === undefined) {
      const bindings = principal === undefined ? new Map<string, string>() : this.bindingsOf(principal, policy);
      const options = { bindings, hasBoundary: boundary, ...(via === undefined ? {} : { via }) };
      known = effectFormula(this.space, [policy], effect, options);
      this.formulas.set(key, known);
    }
    return known;
  }

  private idOf(policy: Policy): number {
    const id = this.policyIds.get(policy) ?? this.policyIds.size;
    this.policyIds.set(policy, id);
    return id;
  }

  private bindingsOf(principal: number, policy: Policy): Map<string, string | null> {
    const { principal: who, facts } = this.principals[principal] as MatrixPrincipal;
    const bindings = principalBindings(who, facts);
    for (const key of variablesIn([policy])) {
      if (key.startsWith('aws:principaltag/') && !bindings.has(key)) bindings.set(key, null);
    }
    return bindings;
  }

  private principalFormula({ principal, facts }: MatrixPrincipal): Formula {
    const parts = [isOneOf(this.space, PRINCIPAL, [anySession(principal)], false)];
    for (const [key, values] of facts) {
      const declared = this.space.dimensions.get(key);
      if (declared === undefined) continue;
      const patterns = values.map((value) => factPattern(principal, key, value));
      if (declared.many) {
        const predicates = patterns.map((pattern) => ({ kind: 'text' as const, pattern }));
        parts.push(this.space.elements(key, predicates, { quantifier: 'some' }));
        parts.push(this.space.elements(key, predicates, { quantifier: 'every' }));
      } else parts.push(isOneOf(this.space, key, patterns));
    }
    for (const key of this.space.dimensions.keys()) {
      if (key.startsWith('aws:principaltag/') && !facts.has(key)) {
        parts.push(this.space.test(key, { kind: 'text' }, [], { whenAbsent: true }));
      }
    }
    return and(parts);
  }

  private targetFormula({ actions, resources, facts }: MatrixTarget): Formula {
    const actionPatterns = actions.map((text) => glob([{ kind: 'text', text: foldCase(text) }]));
    const resourcePatterns = resources.map((text) => arnGlob([{ kind: 'text', text }]));
    const known = [...(facts ?? [])].flatMap(([key, value]) =>
      this.space.dimensions.has(key) && value !== null ? [isOneOf(this.space, key, [literal(value)])] : [],
    );
    return and([
      isOneOf(this.space, ACTION, actionPatterns, false),
      isOneOf(this.space, RESOURCE, resourcePatterns, false),
      ...known,
    ]);
  }
}

function withinBudget(ask: () => MatrixAnswer): MatrixAnswer {
  try {
    return ask();
  } catch (error) {
    if (error instanceof BudgetExceeded) return { kind: 'undetermined', reason: error.message };
    throw error;
  }
}

/** A principal's text; of a role, any session of it. */
function anySession(principal: Principal): TokenPattern {
  if (principal.kind !== 'session') return literal(principalText(principal));
  return [...literal(`AWS:${principal.roleArn}${SEPARATOR}`), many()];
}

/** A fact's value; the unique id of a role's session ends in the session's name, whatever it is. */
function factPattern(principal: Principal, key: string, value: string): TokenPattern {
  if (key !== 'aws:userid' || principal.kind !== 'session') return literal(value);
  return [...literal(`${value.split(':')[0] ?? ''}:`), many()];
}

/** The policy variables that a known principal decides. */
export function principalBindings(
  principal: Principal,
  facts: ReadonlyMap<string, readonly string[]>,
): Map<string, string | null> {
  const bindings = new Map<string, string | null>();
  for (const [key, values] of facts) {
    const [only] = values;
    if (values.length === 1 && only !== undefined && key !== 'aws:userid') bindings.set(key, only);
  }
  if ('accountId' in principal) bindings.set('aws:principalaccount', principal.accountId);
  if (principal.kind === 'user') {
    bindings.set('aws:username', principal.arn.slice(principal.arn.lastIndexOf('/') + 1));
    bindings.set('aws:principalarn', principal.arn);
    for (const key of facts.has('aws:userid') ? ['aws:userid'] : []) bindings.set(key, facts.get(key)?.[0] ?? null);
  }
  if (principal.kind === 'session') {
    bindings.set('aws:username', null);
    bindings.set('aws:principalarn', principal.roleArn);
  }
  return bindings;
}

const variableVerdicts = new WeakMap<Policy, boolean>();

function hasVariables(policies: readonly Policy[]): boolean {
  return policies.some((policy) => {
    let known = variableVerdicts.get(policy);
    if (known === undefined) {
      known = variablesIn([policy]).length > 0;
      variableVerdicts.set(policy, known);
    }
    return known;
  });
}

function mentionsNotPrincipal(policy: Policy): boolean {
  return policy.statements.some(({ principal }) => principal?.negated === true);
}
