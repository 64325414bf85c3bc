import { parsePolicy, type ParsedPolicy } from '../policy/document/parse-policy.js';
import { statementName, type Policy } from '../policy/document/policy.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { principalName } from '../policy/evaluate/principal.js';
import type { PublicGrants } from '../policy/questions/public-grants.js';
import type { Reason } from './control.js';
import { kindOf } from './shape.js';

/** What was found in a policy: ways in, and what is not known of it. Nothing in either: there is no way in. */
export interface Openings {
  readonly open: readonly Reason[];
  readonly unknown: readonly Reason[];
}

/** A policy document to look into. */
export interface PolicyText {
  /** The document; `null` when there is none, `undefined` when it was not read. */
  readonly text: unknown;
  /** The path in the resource's configuration. */
  readonly path: string;
  /** How sentences call it: `bucket policy of photos`. */
  readonly name: string;
}

/** So many documents are remembered, with the answers about them. */
const REMEMBERED_MAX = 2_000;

/** So many statements of one policy are named at most: a person who mends one looks at the others too. */
export const STATEMENTS_MAX = 5;

/** Characters of a document up to which its meaning is asked about: AWS takes no policy that is longer. */
const CHARACTERS_MAX = 32_768;

const documents = new Map<string, ParsedPolicy>();
const answers = new WeakMap<Policy, Map<string, PublicGrants>>();

/**
 * What a question finds in a policy document. A document that was not read or cannot be read, and a question that could
 * not be decided, are unknown. Answers are remembered by the document, so that rehearsing does not ask again.
 *
 * @param question its name, with everything besides the document that the answer depends on.
 */
export function openingsOf(
  { text, path, name }: PolicyText,
  question: string,
  ask: (policy: Policy) => PublicGrants,
): Openings {
  if (text === null) return NOTHING;
  const read = readPolicy({ text, path, name });
  if ('unread' in read) return { open: [], unknown: [read.unread] };
  const { grants, undetermined } = answerOf(read.policy, question, ask);
  const open = grants.map(({ statement, witness }): Reason => ({
    text: `\`${statementName(statement)}\` lets strangers in: ${requestText(witness)}`,
    path: `${path}.Statement[${statement.index}]`,
  }));
  const unknown = undetermined === undefined ? [] : [{ text: `the ${name} was not decided: ${undetermined}`, path }];
  return { open, unknown };
}

const NOTHING: Openings = { open: [], unknown: [] };

/** A resource policy, read once for each text; or why it cannot be. There is no policy to read when `text` is null. */
export function readPolicy({
  text,
  path,
  name,
}: PolicyText): { readonly policy: Policy } | { readonly unread: Reason } {
  if (typeof text !== 'string') {
    const what = text === undefined ? 'was not read' : `is ${kindOf(text)}, not a document`;
    return { unread: { text: `the ${name} ${what}`, path } };
  }
  if (text.length > CHARACTERS_MAX) {
    return {
      unread: { text: `the ${name} is longer than ${CHARACTERS_MAX} characters, which AWS does not take`, path },
    };
  }
  const parsed = rememberedDocument(text, name);
  if (parsed.ok) return { policy: parsed.policy };
  const [problem] = parsed.problems;
  const why = problem === undefined ? '' : `: ${problem.message}`;
  return { unread: { text: `the ${name} cannot be read${why}`, path } };
}

function rememberedDocument(text: string, name: string): ParsedPolicy {
  const key = `${name}\n${text}`;
  const known = documents.get(key);
  if (known !== undefined) return known;
  const parsed = parsePolicy(text, 'resource', name);
  if (documents.size >= REMEMBERED_MAX) documents.clear();
  documents.set(key, parsed);
  return parsed;
}

function answerOf(policy: Policy, question: string, ask: (policy: Policy) => PublicGrants): PublicGrants {
  const known = answers.get(policy) ?? new Map<string, PublicGrants>();
  answers.set(policy, known);
  const answer = known.get(question) ?? ask(policy);
  known.set(question, answer);
  return answer;
}

/** A request in words: `anonymous may s3:GetObject on arn:aws:s3:::photos/example`, with the keys it must carry. */
export function requestText({ principal, action, resource, context }: AccessRequest): string {
  const keys = [...context].filter(([, values]) => values.length > 0).map(([key, values]) => `${key}=${values.join()}`);
  const given = keys.length === 0 ? '' : ` with ${keys.join(', ')}`;
  return `${principalName(principal)} may ${action} on ${resource}${given}`;
}
