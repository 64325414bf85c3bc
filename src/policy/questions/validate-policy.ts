import type { DocumentProblem } from '../document/document-reader.js';
import { positionAt, positionsOf } from '../document/json-position.js';
import { syntaxErrorAt } from '../document/json-syntax.js';
import { parsePolicy } from '../document/parse-policy.js';
import { policyKinds, type PolicyKind } from '../document/policy-kinds.js';
import type { Policy } from '../document/policy.js';
import { checkNoPublicAccess } from './checks.js';
import { deadStatements, type DeadStatement } from './dead-statements.js';
import { isEmptyArray, statementWarnings } from './statement-warnings.js';

/** How grave a finding is: a policy with errors does not work; the others can be lived with. */
export type PolicyFindingType = 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION';

/** One thing to say of a policy document, before it is put anywhere. */
export interface PolicyFinding {
  readonly type: PolicyFindingType;
  /** AWS's issue code where it has one. */
  readonly code: string;
  readonly details: string;
  /** The JSON path: `$.Statement[0].Sid`. */
  readonly path: string;
}

/** Where a finding points: the keys and indexes that lead there, and the text it covers. */
export interface FindingLocation {
  readonly elements: readonly (string | number)[];
  readonly start: TextPlace;
  readonly end: TextPlace;
}

/** As AWS counts: lines from 1, columns and offsets from 0. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Statements up to which they are compared with each other: the comparison costs their square. */
export const COMPARED_MAX = 50;

/** Characters of a document up to which its meaning is reasoned about: no policy of AWS's may be longer. */
export const REASONED_CHARACTERS_MAX = 32_768;

/**
 * What is wrong, dangerous or superfluous in a policy document, the gravest first. What a policy means is reasoned
 * about exactly: redundant and dead statements, access by everyone.
 *
 * Source: IAM user guide, "IAM policy validation check reference".
 * Cost: O(text), and a search for each pair of statements, up to a limit that is told when it is reached.
 */
export function validatePolicy(text: string, kind: PolicyKind): PolicyFinding[] {
  const parsed = parsePolicy(text, kind, 'the policy');
  if (!parsed.ok) return [...parsed.problems.map(errorOf), ...sizeFindings(text, kind)];
  const { policy } = parsed;
  const root = JSON.parse(text) as { Version?: string };
  const findings = [
    ...duplicateKeys(text),
    ...duplicateSids(policy),
    ...sizeFindings(text, kind),
    ...publicFindings(policy),
    ...policy.statements.flatMap((statement) => statementWarnings(statement, rawStatement(root, statement.index))),
    ...(root.Version === undefined ? [MISSING_VERSION] : []),
    ...deadFindings(policy, root),
  ];
  const order: readonly PolicyFindingType[] = ['ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION'];
  return findings.toSorted((one, other) => order.indexOf(one.type) - order.indexOf(other.type));
}

/** Where each path lies in a document; the whole text where the document cannot be walked. */
export function locator(text: string): (path: string) => FindingLocation {
  const place = (offset: number): TextPlace => {
    const { line, column } = positionAt(text, offset);
    return { line, column: column - 1, offset };
  };
  const root = readable(text);
  if (root === undefined) {
    const at = syntaxErrorAt(text);
    const whole = { elements: [], start: place(at ?? 0), end: place(at ?? text.length) };
    return () => whole;
  }
  const { span } = positionsOf(text);
  return (path) => {
    // What is missing is missing from the nearest thing that is there.
    let known = path;
    while (known !== '$' && span(known) === undefined) known = known.replace(/(?:\.[^.[\]]*|\[\d+\]|.)$/, '');
    const { start, end } = span(known) ?? { start: 0, end: text.length };
    return { elements: elementsOf(root, known), start: place(start), end: place(end) };
  };
}

/** The document, when it is JSON that is shallow enough to be walked. */
function readable(text: string): unknown {
  const parsed = parsePolicy(text, 'resource', '');
  const unread = !parsed.ok && parsed.problems.some(({ code }) => /^(?:JSON_SYNTAX|DOCUMENT_TOO)/.test(code));
  return unread ? undefined : (JSON.parse(text) as unknown);
}

/** A path cut into its steps, with the document at hand: keys may hold dots and brackets. */
function elementsOf(root: unknown, path: string): (string | number)[] {
  const elements: (string | number)[] = [];
  let rest = path.slice(1);
  for (let at = root; rest !== '' && typeof at === 'object' && at !== null;) {
    const index = /^\[(\d+)\]/.exec(rest);
    const key = Array.isArray(at)
      ? index?.[1]
      : Object.keys(at).find((name) => rest.startsWith(`.${name}`) && /^(?:$|[.[])/.test(rest.slice(name.length + 1)));
    if (key === undefined) break;
    rest = rest.slice(Array.isArray(at) ? (index?.[0].length ?? 0) : key.length + 1);
    elements.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Record<string, unknown>)[key];
  }
  return elements;
}

function errorOf({ code, path, message }: DocumentProblem): PolicyFinding {
  return { type: 'ERROR', code, details: message, path };
}

const MISSING_VERSION: PolicyFinding = {
  type: 'WARNING',
  code: 'MISSING_VERSION',
  details:
    'Without a Version the policy is read in the language of 2008, in which ${…} is plain text: write 2012-10-17.',
  path: '$',
};

function duplicateKeys(text: string): PolicyFinding[] {
  return positionsOf(text).duplicates.map((path) => {
    const details = 'The key is given more than once: only the last one counts.';
    return { type: 'ERROR', code: 'JSON_SYNTAX_ERROR', details, path };
  });
}

function duplicateSids({ statements }: Policy): PolicyFinding[] {
  const seen = new Set<string>();
  return statements.flatMap(({ sid, index }) => {
    if (sid === undefined) return [];
    const isSecond = seen.has(sid);
    seen.add(sid);
    const details = `The Sid \`${sid}\` is given to more than one statement: a Sid must be unique in its policy.`;
    return isSecond
      ? [{ type: 'ERROR', code: 'UNIQUE_SIDS_REQUIRED', details, path: `$.Statement[${index}].Sid` }]
      : [];
  });
}

/** The codes of documents that are too long; only organizations refuse one by this alone. */
const sizeCodes: { readonly [Kind in PolicyKind]: readonly [PolicyFindingType, string] } = {
  identity: ['WARNING', 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA'],
  boundary: ['WARNING', 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA'],
  session: ['WARNING', 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA'],
  scp: ['ERROR', 'POLICY_SIZE_EXCEEDS_SCP_QUOTA'],
  rcp: ['ERROR', 'POLICY_SIZE_EXCEEDS_RCP_QUOTA'],
  resource: ['WARNING', 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA'],
  trust: ['WARNING', 'POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA'],
  key: ['WARNING', 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA'],
  vpcEndpoint: ['WARNING', 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA'],
};

/** White space does not count where IAM keeps the document. */
function sizeFindings(text: string, kind: PolicyKind): PolicyFinding[] {
  const { sizeMax, title } = policyKinds[kind];
  const counted = kind === 'identity' || kind === 'boundary' || kind === 'trust' ? text.replace(/\s/g, '') : text;
  if (counted.length <= sizeMax) return [];
  const [type, code] = sizeCodes[kind];
  const details = `The document has ${counted.length} characters; a ${title} may have ${sizeMax}.`;
  return [{ type, code, details, path: '$' }];
}

function publicFindings(policy: Policy): PolicyFinding[] {
  const isOfResource = ['resource', 'trust', 'key'].includes(policy.kind);
  if (!isOfResource || policy.text.length > REASONED_CHARACTERS_MAX) return [];
  const result = checkNoPublicAccess([policy]);
  if (result.result !== 'FAIL') return [];
  const details = 'The statement lets in everyone: no condition fixes who, from which organization or from where.';
  return result.statements.map((statement) => {
    return { type: 'SECURITY_WARNING', code: 'PUBLIC_ACCESS', details, path: `$.Statement[${statement.index}]` };
  });
}

const deadCodes: Readonly<Record<DeadStatement['why'], readonly [PolicyFindingType, string, string]>> = {
  'others of its effect say all it says': [
    'SUGGESTION',
    'REDUNDANT_STATEMENT',
    'The other statements of the same effect say all that this one says: it can go.',
  ],
  'no request meets it': ['WARNING', 'STATEMENT_NEVER_APPLIES', 'No request can meet all that the statement asks.'],
  'what it allows is always denied': [
    'WARNING',
    'STATEMENT_ALWAYS_DENIED',
    'All that the statement allows is denied by others of the same policy.',
  ],
};

function deadFindings(policy: Policy, root: unknown): PolicyFinding[] {
  if (policy.statements.length > COMPARED_MAX || policy.text.length > REASONED_CHARACTERS_MAX) {
    const details =
      `With more than ${COMPARED_MAX} statements they were not compared with each other; with more than ` +
      `${REASONED_CHARACTERS_MAX} characters it was not looked whether everyone is let in either.`;
    return [{ type: 'SUGGESTION', code: 'STATEMENTS_NOT_COMPARED', details, path: '$.Statement' }];
  }
  return deadStatements(policy).dead.flatMap(({ statement, why }) => {
    if (Object.values(rawStatement(root, statement.index)).some(isEmptyArray)) return [];
    const [type, code, details] = deadCodes[why];
    return [{ type, code, details, path: `$.Statement[${statement.index}]` }];
  });
}

/** A statement as it is written. */
function rawStatement(root: unknown, index: number): Readonly<Record<string, unknown>> {
  const { Statement } = root as { Statement?: unknown };
  const statement: unknown = Array.isArray(Statement) ? Statement[index] : Statement;
  return (statement ?? {}) as Record<string, unknown>;
}
