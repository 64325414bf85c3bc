import { parsePolicy } from '../document/parse-policy.js';
import type { Policy } from '../document/policy.js';
import type { PolicyKind } from '../document/policy-kinds.js';
import type { DocumentProblem } from '../document/document-reader.js';

/** A document that could not be read: what depends on it is not known. */
export interface UnreadablePolicy {
  readonly name: string;
  readonly problems: readonly DocumentProblem[];
}

/**
 * Policies by their text, each read once. The same document under the same name is the same object, so formulas and
 * verdicts can be remembered by it.
 */
export class PolicyLibrary {
  readonly unreadable: UnreadablePolicy[] = [];
  private readonly read = new Map<string, Policy | undefined>();

  /**
   * The policy of a document, or `undefined` when it cannot be read (and is then listed as unreadable).
   *
   * @param text JSON, or JSON as IAM's API gives it: URL-encoded.
   */
  get(text: string, kind: PolicyKind, name: string): Policy | undefined {
    const key = `${kind}\n${name}\n${text}`;
    if (this.read.has(key)) return this.read.get(key);
    const parsed = parsePolicy(text.startsWith('%') ? decoded(text) : text, kind, name);
    if (!parsed.ok) this.unreadable.push({ name, problems: parsed.problems });
    const policy = parsed.ok ? parsed.policy : undefined;
    this.read.set(key, policy);
    return policy;
  }

  /** A policy of our own making. */
  made(document: object, kind: PolicyKind, name: string): Policy {
    const policy = this.get(JSON.stringify(document), kind, name);
    if (policy === undefined) throw new Error(`the policy \`${name}\` made here cannot be read`);
    return policy;
  }
}

/** IAM's API gives documents percent-encoded (RFC 3986). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
