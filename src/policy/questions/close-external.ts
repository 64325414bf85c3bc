import { statementName, type Policy, type Statement } from '../document/policy.js';
import { parsePolicy } from '../document/parse-policy.js';
import { policiesAllow } from '../evaluate/policy-allows.js';
import { and, not, or } from '../reason/formula.js';
import { PRINCIPAL } from '../reason/principal-dimension.js';
import { solve } from '../reason/solve.js';
import { isOneOf } from '../reason/space.js';
import { allowedFormula } from '../reason/statement-formula.js';
import { literal } from '../pattern/token-pattern.js';
import { variablesIn } from '../document/policy-variables.js';
import { externalAccess, type AnalyzedResource, type ExternalAccess } from './external-access.js';
import { takeBack, type TakeBack } from './take-back.js';
import {
  insideFormula,
  isInside,
  membershipFormula,
  mentionedIn,
  ORGANIZATION,
  type ZoneOfTrust,
} from './zone-of-trust.js';

/** A change that closes a way in from outside. */
export interface Closing {
  /** What is done, in a phrase. */
  readonly change: string;
  /** The statements it is done to. */
  readonly statements: readonly string[];
  /** The whole document after the change; `undefined` when no statement is left and the policy is to be deleted. */
  readonly document: string | undefined;
  /** Of an ACL, a grant or a share, which are no documents: the calls that take it back. */
  readonly calls?: readonly TakeBack[];
  /** What was given to everyone cannot be kept for members: those who used it by that alone lose it too. */
  readonly alsoTakes?: 'from members';
}

/** The answer: a proven change, or why there is none. */
export type CloseExternal = { readonly closing: Closing } | { readonly none: string };

/** A policy document as JSON, loosely: it was read before, so its shape is known to be right. */
interface Raw {
  readonly Statement: RawStatement | readonly RawStatement[];
}
type RawStatement = Readonly<Record<string, unknown>>;

/** A way to change one statement; `undefined` when it does not apply, `removed` when nothing is left of it. */
interface Way {
  readonly change: string;
  readonly apply: (given: RawStatement) => RawStatement | 'removed' | undefined;
}

/**
 * The smallest change that closes an external finding and takes nothing from anyone inside the zone of trust nor from
 * AWS services that a policy names: the outsider's entry removed, a condition on the organization added, or the statement
 * removed; the first that is proven to do it. (An AWS service that only `*` lets in is one that nobody chose.)
 *
 * Proven means: the new policy has no way in by this finding's principal any more, and there is no request from inside
 * that the old policy allows and the new one does not.
 */
export function closeExternal(finding: ExternalAccess, analyzed: AnalyzedResource, zone: ZoneOfTrust): CloseExternal {
  const [statement] = finding.statements;
  const policy = analyzed.side.policies.find((one) => statement !== undefined && one.statements.includes(statement));
  if (statement === undefined || policy === undefined)
    return { none: 'no statement of the resource gives this access' };
  const elsewhere = finding.statements.find((one) => !policy.statements.includes(one));
  if (elsewhere !== undefined) {
    return { none: `${policy.name} and ${elsewhere.policy.name} give this access together; change them one by one` };
  }
  const isMade = /^(?:ACL|grants|shares) of /.test(policy.name);
  for (const way of waysOf(finding, zone, isMade)) {
    const changed = changedBy(way, policy, finding.statements);
    if (changed === undefined) continue;
    const text = changed.raw === undefined ? undefined : JSON.stringify(changed.raw);
    const proof = proofOf(finding, analyzed, zone, policy, text);
    if (proof === 'open' || (proof === 'takes' && !isMade)) continue;
    const closing = { change: way.change, statements: finding.statements.map(statementName), document: text };
    if (!isMade) return { closing };
    const calls = takeBack(analyzed.resource, finding);
    if (calls === undefined) return { none: `${policy.name}: it cannot be told from here how to take them back` };
    return {
      closing: {
        ...closing,
        change: 'taken back where it was given',
        document: undefined,
        calls,
        ...(proof === 'takes' ? { alsoTakes: 'from members' as const } : {}),
      },
    };
  }
  return { none: 'every smaller change would take access from somebody inside' };
}

function waysOf({ principal }: ExternalAccess, { organizationId }: ZoneOfTrust, isMade: boolean): Way[] {
  const removed: Way = { change: 'the statement removed', apply: () => 'removed' };
  const without: Way = {
    change: `\`${principal.value}\` removed from its principals`,
    apply: (given) => withoutEntry(given, principal),
  };
  if (isMade) return [without, removed];
  const only: Way[] =
    principal.value !== '*' || organizationId === undefined
      ? []
      : [
          {
            change: `only for the organization: StringEquals aws:PrincipalOrgID ${organizationId}`,
            apply: (given) => {
              const Condition = merged(given['Condition'], 'StringEquals', 'aws:PrincipalOrgID', organizationId);
              return Condition === undefined ? undefined : { ...given, Condition };
            },
          },
        ];
  return [without, ...only, removed];
}

/** The document with some of its statements changed in one way; `undefined` when the way does not apply to them all. */
function changedBy(
  { apply }: Way,
  policy: Policy,
  statements: readonly Statement[],
): { readonly raw: object | undefined } | undefined {
  const raw = JSON.parse(policy.text) as Raw;
  const places = new Set(statements.map(({ index }) => index));
  const next: RawStatement[] = [];
  for (const [index, given] of ([raw.Statement].flat() as RawStatement[]).entries()) {
    const changed = places.has(index) ? apply(given) : given;
    if (changed === undefined) return undefined;
    if (changed !== 'removed') next.push(changed);
  }
  return { raw: next.length === 0 ? undefined : { ...raw, Statement: next } };
}

/** The statement without the outsider's entry; `undefined` when nothing else would be left. */
function withoutEntry(given: RawStatement, principal: ExternalAccess['principal']): RawStatement | undefined {
  const types = given['Principal'];
  if (typeof types !== 'object' || types === null) return undefined;
  const isIt = (entry: unknown): boolean =>
    typeof entry === 'string' && (entry === principal.value || entry.endsWith(`::${principal.value}:root`));
  const left = Object.entries(types as Record<string, unknown>).flatMap(([type, entries]) => {
    const kept = type === principal.type ? [entries].flat().filter((entry) => !isIt(entry)) : [entries].flat();
    return kept.length === 0 ? [] : [[type, kept.length === 1 ? kept[0] : kept] as const];
  });
  return left.length === 0 ? undefined : { ...given, Principal: Object.fromEntries(left) };
}

function merged(condition: unknown, operator: string, key: string, value: string): object | undefined {
  const known = (condition ?? {}) as Record<string, Record<string, unknown>>;
  if (known[operator]?.[key] !== undefined) return undefined;
  return { ...known, [operator]: { ...known[operator], [key]: value } };
}

/** Whether a change closes the way in, and what it takes from inside; `open` when it does not, or nobody knows. */
function proofOf(
  finding: ExternalAccess,
  analyzed: AnalyzedResource,
  zone: ZoneOfTrust,
  policy: Policy,
  text: string | undefined,
): 'open' | 'takes' | 'clean' {
  const parsed = text === undefined ? undefined : parsePolicy(text, policy.kind, policy.name);
  if (parsed?.ok === false) return 'open';
  const changed = parsed === undefined ? [] : [parsed.policy];
  const policies = analyzed.side.policies.flatMap((one) => (one === policy ? changed : [one]));
  const after = externalAccess({ ...analyzed, side: { ...analyzed.side, policies } }, zone);
  const stillIn = [...after.findings].some(
    ({ principal }) => principal.type === finding.principal.type && principal.value === finding.principal.value,
  );
  if (stillIn || after.undetermined.length > 0) return 'open';
  return takesNothingInside(analyzed.side.policies, policies, zone) ? 'clean' : 'takes';
}

function takesNothingInside(before: readonly Policy[], after: readonly Policy[], zone: ZoneOfTrust): boolean {
  const { organizationId } = zone;
  // Members are those of its organization; without one, those of its accounts.
  const accounts = organizationId === undefined ? [...zone.accountIds] : [];
  const mentioned = [...new Set([...mentionedIn(before.map((one) => one.text).join('\n')), ...accounts])];
  const named = new Set(before.flatMap(servicesNamed));
  const answer = solve({
    formula: (space, bindings) => {
      const less = and([allowedFormula(space, before, { bindings }), not(allowedFormula(space, after, { bindings }))]);
      if (organizationId !== undefined) isOneOf(space, ORGANIZATION, [literal(organizationId)]);
      const chosen = [...named].map((name) => literal(`Service:${name}`));
      const inside = or([insideFormula(space, zone, mentioned), isOneOf(space, PRINCIPAL, chosen, false)]);
      return and([less, inside, membershipFormula(space, zone, mentioned)]);
    },
    confirm: (request) =>
      policiesAllow(before, request) &&
      !policiesAllow(after, request) &&
      (isInside(request, zone) || (request.principal.kind === 'service' && named.has(request.principal.name))),
    variables: variablesIn([...before, ...after]),
  });
  return answer.kind === 'no';
}

/** The services that allows of a policy name. */
function servicesNamed({ statements }: Policy): string[] {
  return statements.flatMap(({ effect, principal }) =>
    effect === 'Deny' || principal === undefined || principal.negated
      ? []
      : principal.patterns.flatMap((pattern) => (pattern.kind === 'service' ? [pattern.name] : [])),
  );
}
