import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../base/json.js';

/** The kinds of record a ledger keeps. */
export const recordKinds = [
  'run',
  'approval',
  'rollout',
  'rotation',
  'destruction',
  'suppression',
  'export',
  'key',
  'call',
  'calls',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** What is attested: plain JSON, told in full. */
export interface LedgerRecord {
  readonly kind: RecordKind;
  /** When it happened, ISO 8601. */
  readonly at: string;
  /** Who did it: an ARN, or the user of this machine. */
  readonly by: string;
  /** What it is about: ARNs, a file's name, a key's id. At least one. */
  readonly subjects: readonly string[];
  /** One line for a list: `fix EC2.53 sg-1: applied, PASSED`. */
  readonly title: string;
  /** All that is known of it; its form belongs to the kind. */
  readonly detail: Json;
}

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://hikeshi.dev/ledger';

/** A record as bytes: canonical JSON (RFC 8785), so that its digest is the digest of what it says. */
export function canonicalRecord(record: LedgerRecord): Buffer {
  return Buffer.from(canonicalJson(record));
}

/** SHA-256 in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where a record that does not fit its entry is kept beside the log. */
export function recordPath(digest: string): string {
  return `records/${digest}.json`;
}

/**
 * The in-toto Statement (v1) about a record, as canonical JSON: every subject with the record's digest, and the record
 * itself. One that is too long for an entry is left out and kept in the file `records/<digest>.json`; the digest ties it
 * to the statement.
 *
 * @param canonical the record's canonical bytes, where they are known already.
 */
export function statementOf(record: LedgerRecord, inline: boolean, canonical = canonicalRecord(record)): Buffer {
  const digest = { sha256: digestOf(canonical) };
  const { kind, at, by, title } = record;
  const subject = record.subjects.map((name) => ({ name, digest }));
  const predicate = inline
    ? `{"record":${canonical.toString('utf8')}}`
    : canonicalJson({ kind, at, by, title, recordFile: recordPath(digest.sha256) });
  // Put together in the order of the keys, so that a long record is not brought into canonical form twice.
  return Buffer.from(
    `{"_type":"${STATEMENT_TYPE}","predicate":${predicate},"predicateType":"${PREDICATE_TYPE}/${kind}/v1","subject":${canonicalJson(subject)}}`,
  );
}

/** A statement as it was read. */
export interface Statement {
  /** The record's SHA-256, in hexadecimal. */
  readonly digest: string;
  readonly kind: string;
  readonly at: string;
  readonly by: string;
  readonly title: string;
  readonly subjects: readonly string[];
  /** Absent when it is in a file of its own. */
  readonly record: LedgerRecord | undefined;
}

/** Reads a statement; undefined when it is not one of a ledger, or its record has another digest. */
export function parseStatement(payload: Uint8Array): Statement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
  const { _type, subject, predicateType, predicate } = members(value);
  if (_type !== STATEMENT_TYPE || !Array.isArray(subject) || typeof predicateType !== 'string') return undefined;
  const named = subject.map((each: unknown) => {
    const { name, digest } = members(each);
    return { name, digest: members(digest)['sha256'] };
  });
  const digest = named[0]?.digest;
  const isWhole = named.every((each) => typeof each.name === 'string' && each.digest === digest);
  if (!isWhole || typeof digest !== 'string' || !predicateType.startsWith(`${PREDICATE_TYPE}/`)) return undefined;
  const { record } = members(predicate);
  const head = members(record ?? predicate);
  const texts = ['kind', 'at', 'by', 'title'].map((name) => head[name]);
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  const [kind = '', at = '', by = '', title = ''] = texts as string[];
  if (predicateType !== `${PREDICATE_TYPE}/${kind}/v1`) return undefined;
  if (record !== undefined && digestOf(canonicalRecord(record as LedgerRecord)) !== digest) return undefined;
  const subjects = named.map(({ name }) => name as string);
  return { digest, kind, at, by, title, subjects, record: record as LedgerRecord | undefined };
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
