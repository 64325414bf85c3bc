import { Document, type DocumentProblem } from './document-reader.js';
import { readConditions } from './parse-conditions.js';
import { readPrincipals } from './parse-principals.js';
import { policyKinds, type PolicyKind } from './policy-kinds.js';
import type { ActionElement, Element, Policy, PolicyVersion, Statement } from './policy.js';
import { resourceTemplate, type Template } from './template.js';

/** The outcome of reading a document: a policy, or everything that is wrong with it. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** No document of AWS's is near it; a longer text is refused unread. */
export const DOCUMENT_CHARACTERS_MAX = 262_144;

const TOP_LEVEL = new Set(['Version', 'Id', 'Statement']);
const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const ACTION = /^(?:\*|[a-z0-9*?-]+:[a-z0-9*?]+)$/i;

/**
 * Reads a policy document. Size limits that differ by kind are not judged here (`validate` does): what AWS once
 * accepted must be readable.
 *
 * Source: IAM user guide, "Grammar of the IAM JSON policy language".
 * @param text the JSON document.
 * @param kind which elements it must and may have.
 * @param name how explanations call it.
 * @returns the policy, or every problem with its JSON path and its line and column. O(text).
 */
export function parsePolicy(text: string, kind: PolicyKind, name: string): ParsedPolicy {
  const document = Document.read(text, DOCUMENT_CHARACTERS_MAX);
  const root = document.root;
  if (root === undefined) return { ok: false, problems: document.problems };
  for (const key of Object.keys(root)) {
    if (!TOP_LEVEL.has(key))
      document.problem(`$.${key}`, 'INVALID_POLICY_ELEMENT', `\`${key}\` is not an element of a policy`);
  }
  const version = readVersion(document, root['Version']);
  const self = { name, kind };
  const statements: Statement[] = [];
  for (const { value, path, index } of document.entries(root['Statement'], '$.Statement')) {
    const statement = readStatement(document, value, { path, index, version, self });
    if (statement !== undefined) statements.push(statement);
  }
  if (root['Statement'] === undefined) document.problem('$', 'MISSING_STATEMENT', 'a policy must have a `Statement`');
  if (document.problems.length > 0) return { ok: false, problems: document.problems };
  return { ok: true, policy: { kind, name, text, version, statements } };
}

function readVersion(document: Document, value: unknown): PolicyVersion {
  if (value === undefined) return '2008-10-17';
  if (value === '2008-10-17' || value === '2012-10-17') return value;
  document.problem(
    '$.Version',
    'INVALID_VERSION',
    `the version must be \`2012-10-17\` or \`2008-10-17\`, not ${quoted(value)}`,
  );
  return '2012-10-17';
}

interface Place {
  readonly path: string;
  readonly index: number;
  readonly version: PolicyVersion;
  readonly self: { readonly name: string; readonly kind: PolicyKind };
}

function readStatement(document: Document, value: unknown, place: Place): Statement | undefined {
  const { path, index, self } = place;
  const given = document.object(value, path);
  if (given === undefined) return undefined;
  for (const key of Object.keys(given)) {
    if (!ELEMENTS.has(key))
      document.problem(`${path}.${key}`, 'INVALID_POLICY_ELEMENT', `\`${key}\` is not an element of a statement`);
  }
  const effect = given['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') {
    const found = effect === undefined ? 'there is none' : `not ${quoted(effect)}`;
    document.problem(
      `${path}.Effect`,
      effect === undefined ? 'MISSING_EFFECT' : 'INVALID_EFFECT',
      `the effect must be \`Allow\` or \`Deny\`, ${found}`,
    );
  }
  const sid = given['Sid'];
  if (sid !== undefined && typeof sid !== 'string')
    document.problem(`${path}.Sid`, 'DATA_TYPE_MISMATCH', 'a Sid must be text');
  const variables = place.version === '2012-10-17';
  const principal = readPrincipals(document, given, path, policyKinds[self.kind].principal);
  const action = readActions(document, given, path);
  const resource = readResources(document, given, path, { variables, rule: policyKinds[self.kind].resource });
  const conditions = readConditions(document, given['Condition'], `${path}.Condition`, variables);
  return {
    policy: self,
    index,
    ...(typeof sid === 'string' && sid !== '' ? { sid } : {}),
    effect: effect === 'Deny' ? 'Deny' : 'Allow',
    ...(principal === undefined ? {} : { principal }),
    action,
    ...(resource === undefined ? {} : { resource }),
    conditions,
  };
}

function readActions(document: Document, given: Record<string, unknown>, path: string): ActionElement {
  const { key, value, negated } = document.either(given, path, 'Action', 'NotAction');
  if (value === undefined) {
    document.problem(path, 'MISSING_ACTION', 'a statement must have `Action` or `NotAction`');
    return { negated: false, patterns: [], written: [] };
  }
  const written: string[] = [];
  for (const { text, path: place } of document.texts(value, `${path}.${key}`)) {
    if (ACTION.test(text)) written.push(text);
    else
      document.problem(
        place,
        'INVALID_ACTION',
        `\`${text}\` is not an action: write \`service:Name\`, with wildcards only inside`,
      );
  }
  return { negated, patterns: written.map((text) => text.toLowerCase()), written };
}

function readResources(
  document: Document,
  given: Record<string, unknown>,
  path: string,
  { variables, rule }: { variables: boolean; rule: 'required' | 'optional' | 'forbidden' },
): Element<Template> | undefined {
  const { key, value, negated } = document.either(given, path, 'Resource', 'NotResource');
  if (value === undefined) {
    if (rule === 'required')
      document.problem(path, 'MISSING_RESOURCE', 'a statement must have `Resource` or `NotResource`');
    return undefined;
  }
  if (rule === 'forbidden') {
    document.problem(
      `${path}.${key}`,
      'INVALID_POLICY_ELEMENT',
      `a trust policy has no \`${key}\`: the role itself is the resource`,
    );
  }
  const patterns: Template[] = [];
  for (const { text, path: place } of document.texts(value, `${path}.${key}`)) {
    if (/^[*]+$/.test(text) || text.startsWith('arn:') || /^[*?]/.test(text) || text.startsWith('${')) {
      patterns.push(resourceTemplate(text, variables));
    } else {
      document.problem(place, 'INVALID_ARN_PREFIX', `\`${text}\` is not a resource: write an ARN or \`*\``);
    }
  }
  return { negated, patterns };
}

function quoted(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
