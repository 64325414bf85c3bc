import { statementName, type Policy, type Statement } from '../document/policy.js';
import { parsePolicy } from '../document/parse-policy.js';
import { policiesAllow } from '../evaluate/policy-allows.js';
import { and, not, or } from '../reason/formula.js';
import { PRINCIPAL, services } from '../reason/principal-dimension.js';
import { solve } from '../reason/solve.js';
import { isOneOf } from '../reason/space.js';
import { allowedFormula } from '../reason/statement-formula.js';
import { variablesIn } from '../document/policy-variables.js';
import { externalAccess, type AnalyzedResource, type ExternalAccess } from './external-access.js';
import { insideFormula, isInside, mentionedIn, type ZoneOfTrust } from './zone-of-trust.js';

/** A change of a policy that closes a way in from outside. */
export interface Closing {
  /** What is done to the statement, in a phrase. */
  readonly change: string;
  readonly statement: string;
  /** The whole document after the change; `undefined` when no statement is left and the policy is to be deleted. */
  readonly document: string | undefined;
}

/** The answer: a proven change, or why there is none. */
export type CloseExternal = { readonly closing: Closing } | { readonly none: string };

/** A policy document as JSON, loosely: it was read before, so its shape is known to be right. */
interface Raw {
  readonly Statement: RawStatement | readonly RawStatement[];
}
type RawStatement = Readonly<Record<string, unknown>>;

/**
 * The smallest change that closes an external finding and takes nothing from anyone inside the zone of trust nor from
 * AWS services: the outsider's entry removed, a condition on the organization added, or the statement removed; the first
 * that is proven to do it.
 *
 * Proven means: the new policy has no way in by this finding's principal any more, and there is no request from inside
 * that the old policy allows and the new one does not.
 */
export function closeExternal(finding: ExternalAccess, analyzed: AnalyzedResource, zone: ZoneOfTrust): CloseExternal {
  const [statement] = finding.statements;
  const policy = analyzed.side.policies.find((one) => statement !== undefined && one.statements.includes(statement));
  if (statement === undefined || policy === undefined || finding.statements.length > 1) {
    return { none: 'several statements give this access together; change them one by one' };
  }
  if (!policy.text.startsWith('{') && !policy.text.startsWith('%7B'))
    return { none: 'the policy is not a JSON document' };
  if (/^(?:ACL|grants|shares|network) of /.test(policy.name))
    return { none: `${policy.name} are no policy: take them back where they were given` };
  for (const { change, raw } of candidatesOf(policy, statement, finding, zone)) {
    const text = raw === undefined ? undefined : JSON.stringify(raw);
    if (isProven(finding, analyzed, zone, policy, text)) {
      return { closing: { change, statement: statementName(statement), document: text } };
    }
  }
  return { none: 'every smaller change would take access from somebody inside' };
}

interface Candidate {
  readonly change: string;
  readonly raw: object | undefined;
}

function candidatesOf(policy: Policy, statement: Statement, finding: ExternalAccess, zone: ZoneOfTrust): Candidate[] {
  const raw = JSON.parse(policy.text.startsWith('{') ? policy.text : decodeURIComponent(policy.text)) as Raw;
  const all = [raw.Statement].flat() as RawStatement[];
  const given = all[statement.index] ?? {};
  const replaced = (next: RawStatement | undefined): object | undefined => {
    const Statement = all.flatMap((one, index) =>
      index !== statement.index ? [one] : next === undefined ? [] : [next],
    );
    return Statement.length === 0 ? undefined : { ...raw, Statement };
  };
  const candidates: Candidate[] = [];
  const without = withoutEntry(given, finding);
  if (without !== undefined) {
    candidates.push({ change: `\`${finding.principal.value}\` removed from its principals`, raw: replaced(without) });
  }
  if (finding.principal.value === '*' && zone.organizationId !== undefined) {
    const Condition = merged(given['Condition'], 'StringEquals', 'aws:PrincipalOrgID', zone.organizationId);
    const change = `only for the organization: StringEquals aws:PrincipalOrgID ${zone.organizationId}`;
    if (Condition !== undefined) candidates.push({ change, raw: replaced({ ...given, Condition }) });
  }
  candidates.push({ change: 'the statement removed', raw: replaced(undefined) });
  return candidates;
}

/** The statement without the outsider's entry; `undefined` when nothing else would be left. */
function withoutEntry(given: RawStatement, { principal }: ExternalAccess): RawStatement | undefined {
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

function isProven(
  finding: ExternalAccess,
  analyzed: AnalyzedResource,
  zone: ZoneOfTrust,
  policy: Policy,
  text: string | undefined,
): boolean {
  const parsed = text === undefined ? undefined : parsePolicy(text, policy.kind, policy.name);
  if (parsed?.ok === false) return false;
  const changed = parsed === undefined ? [] : [parsed.policy];
  const policies = analyzed.side.policies.flatMap((one) => (one === policy ? changed : [one]));
  const after = externalAccess({ ...analyzed, side: { ...analyzed.side, policies } }, zone);
  const stillIn = [...after.findings].some(
    ({ principal }) => principal.type === finding.principal.type && principal.value === finding.principal.value,
  );
  return !stillIn && after.undetermined.length === 0 && takesNothingInside(analyzed.side.policies, policies, zone);
}

function takesNothingInside(before: readonly Policy[], after: readonly Policy[], zone: ZoneOfTrust): boolean {
  const mentioned = mentionedIn(before.map((one) => one.text).join('\n'));
  const answer = solve({
    formula: (space, bindings) =>
      and([
        allowedFormula(space, before, { bindings }),
        not(allowedFormula(space, after, { bindings })),
        or([insideFormula(space, zone, mentioned), isOneOf(space, PRINCIPAL, [services], false)]),
      ]),
    confirm: (request) =>
      policiesAllow(before, request) &&
      !policiesAllow(after, request) &&
      (isInside(request, zone) || request.principal.kind === 'service'),
    variables: variablesIn([...before, ...after]),
  });
  return answer.kind === 'no';
}
