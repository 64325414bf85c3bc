import type { Refusal } from './playbook.js';
import { refuse } from './plan.js';

/** A statement as it is written in a document. */
export type WrittenStatement = Readonly<Record<string, unknown>>;

/** A policy document as it is written: what is changed in it is changed there, and everything else stays as it is. */
export interface WrittenPolicy {
  readonly members: Readonly<Record<string, unknown>>;
  readonly statements: readonly WrittenStatement[];
}

/** The document of a text (JSON, or JSON as IAM's API gives it: URL-encoded), or `undefined` when it is none. */
export function writtenPolicy(text: string): WrittenPolicy | undefined {
  try {
    const members = JSON.parse(plainDocument(text)) as Record<string, unknown>;
    const { Statement } = members;
    const statements = (Array.isArray(Statement) ? Statement : [Statement]) as WrittenStatement[];
    return statements.every((each) => each !== null && typeof each === 'object') ? { members, statements } : undefined;
  } catch {
    return undefined;
  }
}

/** The document with other statements. */
export function documentText({ members }: WrittenPolicy, Statement: readonly WrittenStatement[]): string {
  return JSON.stringify({ ...members, Statement });
}

/** A document as JSON. IAM's API gives it percent-encoded; JSON itself never starts with a percent sign. */
export function plainDocument(text: string): string {
  return text.startsWith('%') ? decodeURIComponent(text) : text;
}

/** The ways in which IAM's API may give a document: it encodes by RFC 3986, which leaves some characters open. */
export function encodedDocument(text: string): readonly string[] {
  const usual = encodeURIComponent(text);
  const strict = usual.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return usual === strict ? [usual] : [usual, strict];
}

/**
 * A refusal when a document is larger than IAM takes. White space does not count.
 *
 * Source: IAM user guide, "IAM and AWS STS quotas".
 */
export function tooLarge(text: string, charactersMax: number): Refusal | undefined {
  const size = text.replace(/\s/g, '').length;
  if (size <= charactersMax) return undefined;
  return refuse(
    `the changed policy would have ${size} characters, more than the ${charactersMax} that IAM takes`,
    'shorten the policy, or split it',
  );
}
