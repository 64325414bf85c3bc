import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/json.js';
import { statementName, type Policy, type Statement } from '../document/policy.js';
import { principalText as patternText, type PrincipalPattern } from '../document/principal-pattern.js';
import { templateText } from '../document/template.js';
import type { ResourceSide } from '../evaluate/access-path.js';
import type { AccessRequest } from '../evaluate/access-request.js';
import { decide } from '../evaluate/decide.js';
import { foldCase } from '../evaluate/match-text.js';
import { arnGlob, literal } from '../pattern/token-pattern.js';
import type { Bindings } from '../reason/condition-formula.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { PRINCIPAL, services } from '../reason/principal-dimension.js';
import { solve, type Answer, type SolveOptions } from '../reason/solve.js';
import { isOneOf, type Space } from '../reason/space.js';
import { effectFormula, RESOURCE, statementFormula } from '../reason/statement-formula.js';
import { accessFormula } from './checks.js';
import { plausible } from './plausible.js';
import { isPublicRequest } from './public-access.js';
import { trustedKeys } from './trusted-keys.js';
import { variablesIn } from '../document/policy-variables.js';
import { isInside, mentionedIn, outsideFormula, type ZoneOfTrust } from './zone-of-trust.js';

/** One way in from outside a zone of trust. */
export interface ExternalAccess {
  /** The same for the same meaning: it changes when who, what or under which condition changes, not when the text does. */
  readonly id: string;
  readonly resourceArn: string;
  readonly resourceType: string;
  readonly ownerAccountId: string;
  /** Who, as the policy writes it. */
  readonly principal: { readonly type: 'AWS' | 'Federated' | 'CanonicalUser'; readonly value: string };
  readonly actions: readonly string[];
  /** The trusted keys that narrow it, with their values as the policy writes them. */
  readonly condition: Readonly<Record<string, readonly string[]>>;
  readonly isPublic: boolean;
  /** A request that AWS would let through. */
  readonly witness: AccessRequest;
  /** The statements that let it through. */
  readonly statements: readonly Statement[];
}

/** What an analysis of one resource found. */
export interface ExternalAnalysis {
  readonly findings: readonly ExternalAccess[];
  /** Ways in that could neither be shown nor ruled out, with the reason. */
  readonly undetermined: readonly { readonly statement: string; readonly reason: string }[];
}

/** The side of a resource as the analysis takes it. */
export interface AnalyzedResource {
  readonly resource: {
    readonly arn: string;
    readonly type: string;
    readonly accountId: string;
    readonly configuration?: unknown;
  };
  readonly side: ResourceSide;
  readonly scope: readonly string[];
  /** Context keys that every request on the resource has: its account and organization. */
  readonly facts: Bindings;
  /** Only these actions are asked about; all when not given. */
  readonly actions?: readonly string[];
}

/**
 * Every way into a resource from outside a zone of trust, as the fewest statements that say it precisely.
 *
 * For each entry of each allow: is there a request by it, from outside, on this resource, that no deny and no resource
 * control policy stops? A yes carries the request; ways in that another one includes are dropped. AWS services are not
 * outsiders here: `confusedDeputies` judges whom they act for.
 *
 * Source: Bouchet et al., "Block public access: trust safety verification of access control policies" and "Stratified
 * abstraction of access control policies" (CAV 2020).
 * Cost: one search for a resource without external access; a few for each way in.
 */
export function externalAccess(
  analyzed: AnalyzedResource,
  zone: ZoneOfTrust,
  options: SolveOptions = {},
): ExternalAnalysis {
  const { side } = analyzed;
  if (side.restrictedToOwner === true || side.policies.length === 0) return { findings: [], undetermined: [] };
  const analysis = new Analysis(analyzed, zone, options);
  return analysis.run();
}

interface Candidate {
  readonly statement: Statement;
  readonly entry: PrincipalPattern;
  readonly actions: readonly string[];
  readonly witness: AccessRequest;
}

class Analysis {
  private readonly analyzed: AnalyzedResource;
  private readonly zone: ZoneOfTrust;
  private readonly options: SolveOptions;
  private readonly policies: readonly Policy[];
  private readonly mentioned: string[];
  private readonly undetermined: { statement: string; reason: string }[] = [];

  constructor(analyzed: AnalyzedResource, zone: ZoneOfTrust, options: SolveOptions) {
    this.analyzed = analyzed;
    this.zone = zone;
    this.options = { ...options, preferred: plausible(analyzed.scope) };
    this.policies = [...analyzed.side.policies, ...analyzed.side.controlLevels.flat()];
    this.mentioned = mentionedIn(this.policies.map(({ text }) => text).join('\n'));
  }

  run(): ExternalAnalysis {
    const allows = this.analyzed.side.policies.flatMap(({ statements }) =>
      statements.filter(({ effect }) => effect === 'Allow'),
    );
    const whole = this.ask((space, bindings) => or(allows.map((one) => statementFormula(space, one, { bindings }))));
    if (whole.kind === 'no') return { findings: [], undetermined: [] };
    const candidates = allows.flatMap((statement) => this.candidatesOf(statement));
    const kept = candidates.filter((one, index) => !this.isIncluded(one, index, candidates));
    const findings = kept.map((candidate) => this.finding(candidate));
    return { findings: merged(findings), undetermined: this.undetermined };
  }

  private candidatesOf(statement: Statement): Candidate[] {
    const entries: readonly PrincipalPattern[] =
      statement.principal === undefined || statement.principal.negated
        ? [{ kind: 'everyone' }]
        : statement.principal.patterns;
    return entries.flatMap((entry) => {
      if (entry.kind === 'service' || this.isOurs(entry)) return [];
      const answer = this.ask((space, bindings) => statementFormula(space, only(statement, entry), { bindings }));
      if (answer.kind === 'undetermined') {
        this.undetermined.push({ statement: statementName(statement), reason: answer.reason });
      }
      if (answer.kind !== 'yes') return [];
      return [{ statement, entry, actions: this.actionsOf(statement, entry), witness: answer.witness }];
    });
  }

  /** A named identity or account of the zone is no way in. */
  private isOurs(entry: PrincipalPattern): boolean {
    if (entry.kind === 'account' || entry.kind === 'session') return this.zone.accountIds.has(entry.accountId);
    return entry.kind === 'identity' && this.zone.accountIds.has(entry.arn.split(':')[4] ?? '');
  }

  /** The statement's actions that outsiders really get. */
  private actionsOf(statement: Statement, entry: PrincipalPattern): readonly string[] {
    const { action } = statement;
    if (action.negated) return [`all but ${action.written.join(', ')}`];
    if (action.written.length === 1) return action.written;
    return action.written.filter((written) => {
      const one = { ...only(statement, entry), action: { negated: false, patterns: [foldCase(written)], written: [] } };
      return this.ask((space, bindings) => statementFormula(space, one, { bindings })).kind !== 'no';
    });
  }

  /** Whether another candidate includes this one: nothing it lets in is not let in there too. */
  private isIncluded(candidate: Candidate, index: number, all: readonly Candidate[]): boolean {
    return all.some((other, at) => {
      if (at === index || this.undeterminedNames(other)) return false;
      const isIn = this.isWithin(candidate, other);
      return isIn && (at < index || !this.isWithin(other, candidate));
    });
  }

  private undeterminedNames({ statement }: Candidate): boolean {
    return this.undetermined.some((one) => one.statement === statementName(statement));
  }

  private isWithin(inner: Candidate, outer: Candidate): boolean {
    if (inner.entry.kind === 'everyone' && outer.entry.kind !== 'everyone') return false;
    const answer = this.ask((space, bindings) =>
      and([
        statementFormula(space, only(inner.statement, inner.entry), { bindings }),
        not(statementFormula(space, only(outer.statement, outer.entry), { bindings })),
      ]),
    );
    return answer.kind === 'no';
  }

  private finding({ statement, entry, actions, witness }: Candidate): ExternalAccess {
    const { resource } = this.analyzed;
    const condition: Record<string, readonly string[]> = {};
    for (const { key, keyName, operatorName, values } of statement.conditions) {
      if (trustedKeys.has(key)) condition[`${operatorName} ${keyName}`] = values.map(templateText);
    }
    const principal = { type: typeOf(entry), value: patternText(entry) };
    const meaning = {
      resource: resource.arn,
      account: resource.accountId,
      principal,
      condition,
      actions: [...actions].sort(),
    };
    return {
      id: idOf(meaning),
      resourceArn: resource.arn,
      resourceType: resource.type,
      ownerAccountId: resource.accountId,
      principal,
      actions: [...actions].sort(),
      condition,
      isPublic: entry.kind === 'everyone' && this.isPublic(statement),
      witness,
      statements: [statement],
    };
  }

  private isPublic(statement: Statement): boolean {
    const formula = (space: Space, bindings: Bindings): Formula => {
      const base = this.formula(space, statementFormula(space, statement, { bindings }), bindings);
      return and([base, isPublicRequest(space, this.policies)]);
    };
    return (
      solve({ formula, confirm: (request) => this.isLetIn(request), variables: this.variables() }, this.options)
        .kind !== 'no'
    );
  }

  /**
   * Asks about the outside. A witness may by chance belong to an account of the zone that no policy mentions: the
   * account is then mentioned, and the question asked again.
   */
  private ask(statements: (space: Space, bindings: Bindings) => Formula): Answer {
    for (;;) {
      let insider: string | undefined;
      const confirm = (request: AccessRequest): boolean => {
        const { principal } = request;
        const isOurs = 'accountId' in principal && this.zone.accountIds.has(principal.accountId);
        insider = isOurs && !this.mentioned.includes(principal.accountId) ? principal.accountId : undefined;
        return insider !== undefined || this.isLetIn(request);
      };
      const formula = (space: Space, bindings: Bindings): Formula =>
        this.formula(space, statements(space, this.bound(bindings)), this.bound(bindings));
      const answer = solve({ formula, confirm, variables: this.variables() }, this.options);
      if (insider === undefined || answer.kind !== 'yes') return answer;
      this.mentioned.push(insider);
    }
  }

  /** What `statements` grants, from outside, on the resource, past denies and control policies. */
  private formula(space: Space, statements: Formula, bindings: Bindings): Formula {
    const { side, scope, actions } = this.analyzed;
    const denied = effectFormula(space, this.policies, 'Deny', { bindings });
    const levels = side.controlLevels.map((level) => effectFormula(space, level, 'Allow', { bindings }));
    const facts = [...this.analyzed.facts].flatMap(([key, value]) =>
      space.dimensions.has(key) && value !== null ? [isOneOf(space, key, [literal(value)])] : [],
    );
    const onResource = scope.map((arn) => arnGlob([{ kind: 'text', text: arn }]));
    return and([
      statements,
      not(denied),
      ...levels,
      isOneOf(space, RESOURCE, onResource, false),
      not(isOneOf(space, PRINCIPAL, [services], false)),
      ...facts,
      ...(actions === undefined ? [] : [accessFormula(space, { actions, resources: [] })]),
      outsideFormula(space, this.zone, this.mentioned),
    ]);
  }

  /** The second opinion: what the evaluator of single requests says, were the outsider's own account to allow it. */
  private isLetIn(request: AccessRequest): boolean {
    const { side } = this.analyzed;
    if (isInside(request, this.zone)) return false;
    const { principal } = request;
    const identity =
      'accountId' in principal
        ? { accountId: principal.accountId, isRoot: true, policies: [], controlLevels: [] }
        : undefined;
    return decide(request, { ...(identity === undefined ? {} : { identity }), resource: side }).outcome === 'allow';
  }

  private variables(): string[] {
    return variablesIn(this.policies).filter((key) => !this.analyzed.facts.has(key));
  }

  private bound(bindings: Bindings): Bindings {
    return new Map([...this.analyzed.facts, ...bindings]);
  }
}

/** The statement with one entry of its Principal element. */
function only(statement: Statement, entry: PrincipalPattern): Statement {
  if (statement.principal === undefined || statement.principal.negated) return statement;
  return { ...statement, principal: { negated: false, patterns: [entry] } };
}

function typeOf(entry: PrincipalPattern): 'AWS' | 'Federated' | 'CanonicalUser' {
  return entry.kind === 'federated' ? 'Federated' : entry.kind === 'canonicalUser' ? 'CanonicalUser' : 'AWS';
}

/** Findings that differ only in their actions are one. */
function merged(findings: readonly ExternalAccess[]): ExternalAccess[] {
  const groups = new Map<string, ExternalAccess>();
  for (const finding of findings) {
    const key = canonicalJson([finding.principal, finding.condition]);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, finding);
      continue;
    }
    const actions = [...new Set([...known.actions, ...finding.actions])].sort();
    const meaning = {
      resource: known.resourceArn,
      account: known.ownerAccountId,
      principal: known.principal,
      condition: known.condition,
      actions,
    };
    groups.set(key, {
      ...known,
      id: idOf(meaning),
      actions,
      isPublic: known.isPublic || finding.isPublic,
      statements: [...known.statements, ...finding.statements],
    });
  }
  return [...groups.values()];
}

/** A UUID made of what the finding means. */
function idOf(meaning: object): string {
  const hex = createHash('sha256').update(canonicalJson(meaning)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
