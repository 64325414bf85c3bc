import { messageOf } from '../../base/problem.js';
import { positionAt, positionsOf, type Position } from './json-position.js';
import { syntaxErrorAt } from './json-syntax.js';

/**
 * The kinds of problems, by the codes of AWS's policy validation.
 *
 * Source: IAM user guide, "IAM policy validation check reference".
 */
export type ProblemCode =
  | 'DATA_TYPE_MISMATCH'
  | 'INVALID_ACTION'
  | 'INVALID_ARN_PREFIX'
  | 'INVALID_CONDITION_OPERATOR'
  | 'INVALID_EFFECT'
  | 'INVALID_POLICY_ELEMENT'
  | 'INVALID_PRINCIPAL_FORMAT'
  | 'INVALID_PRINCIPAL_KEY'
  | 'INVALID_VERSION'
  | 'JSON_SYNTAX_ERROR'
  | 'MISSING_ACTION'
  | 'MISSING_EFFECT'
  | 'MISSING_PRINCIPAL'
  | 'MISSING_RESOURCE'
  | 'MISSING_STATEMENT'
  | 'UNSUPPORTED_ELEMENT_COMBINATION'
  | 'UNSUPPORTED_PRINCIPAL'
  | 'UNSUPPORTED_WILDCARD_IN_PRINCIPAL'
  /** Ours: past a limit of what is read. */
  | 'DOCUMENT_TOO_LARGE';

/** One thing wrong with a document. */
export interface DocumentProblem {
  readonly code: ProblemCode;
  /** The JSON path of the offending value: `$.Statement[0].Effect`. */
  readonly path: string;
  readonly message: string;
  readonly position: Position | undefined;
}

/** Named limits of what is read; past one the document is refused. */
const PROBLEMS_MAX = 100;
const DEPTH_MAX = 16;

/** A document as it is read: gives its parts in known shapes and collects what is wrong. */
export class Document {
  readonly problems: DocumentProblem[] = [];
  root: Record<string, unknown> | undefined;
  private readonly text: string;
  private positions: ((path: string) => Position | undefined) | undefined;

  private constructor(text: string) {
    this.text = text;
  }

  /** Reads the JSON text; `root` stays undefined, with a problem that says why, when it is no object. */
  static read(text: string, charactersMax: number): Document {
    const document = new Document(text);
    if (text.length > charactersMax) {
      const message = `the document has ${text.length} characters, more than the ${charactersMax} that are read`;
      document.problems.push({ code: 'DOCUMENT_TOO_LARGE', path: '$', message, position: undefined });
      return document;
    }
    try {
      const value: unknown = JSON.parse(text);
      if (depthOf(value) > DEPTH_MAX) {
        // Its positions are not looked up: the walk that finds them goes as deep as the document.
        const message = `the document is nested deeper than ${DEPTH_MAX} levels`;
        document.problems.push({ code: 'DOCUMENT_TOO_LARGE', path: '$', message, position: undefined });
      } else document.root = document.object(value, '$');
    } catch (error) {
      const offset = syntaxErrorAt(text);
      const position = offset === undefined ? undefined : positionAt(text, offset);
      const message = `the document is not JSON: ${messageOf(error)}`;
      document.problems.push({ code: 'JSON_SYNTAX_ERROR', path: '$', message, position });
    }
    return document;
  }

  /** Notes a problem, with its line and column. */
  problem(path: string, code: ProblemCode, message: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.positions ??= positionsOf(this.text).at;
    const parent = path.replace(/(?:\.[^.[\]]*|\[\d+\])$/, '');
    this.problems.push({ code, path, message, position: this.positions(path) ?? this.positions(parent) });
  }

  /** The value as an object, or a problem. */
  object(value: unknown, path: string): Record<string, unknown> | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    this.problem(path, 'DATA_TYPE_MISMATCH', `here must be an object, not ${nameOf(value)}`);
    return undefined;
  }

  /** A value or a list of values, each with its path. */
  entries(value: unknown, path: string): { value: unknown; path: string; index: number }[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [{ value, path, index: 0 }];
    return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]`, index }));
  }

  /** A text or a list of texts; what is not text is a problem. */
  texts(value: unknown, path: string): { text: string; path: string }[] {
    const result: { text: string; path: string }[] = [];
    for (const entry of this.entries(value, path)) {
      if (typeof entry.value === 'string') result.push({ text: entry.value, path: entry.path });
      else this.problem(entry.path, 'DATA_TYPE_MISMATCH', `here must be text, not ${nameOf(entry.value)}`);
    }
    return result;
  }

  /** An element or its `Not…` form: both at once is a problem. */
  either(
    given: Record<string, unknown>,
    path: string,
    plain: string,
    not: string,
  ): { key: string; value: unknown; negated: boolean } {
    if (given[plain] !== undefined && given[not] !== undefined) {
      const message = `a statement has \`${plain}\` or \`${not}\`, not both`;
      this.problem(`${path}.${not}`, 'UNSUPPORTED_ELEMENT_COMBINATION', message);
    }
    return given[not] === undefined
      ? { key: plain, value: given[plain], negated: false }
      : { key: not, value: given[not], negated: true };
  }
}

function nameOf(value: unknown): string {
  if (value === null) return '`null`';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} \`${JSON.stringify(value)}\``;
}

/** Depth without recursion: a hostile document may be nested thousands deep. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; ; depth++) {
    const next = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (next.length === 0 || depth > DEPTH_MAX) return depth;
    level = next;
  }
}
