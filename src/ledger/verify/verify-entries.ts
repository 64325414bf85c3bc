import type { KeyObject } from 'node:crypto';
import { ENTRY_MAX_BYTES, decodeBundle } from '../tiles/entry-bundle.js';
import { parseEnvelope, signedBy } from '../record/dsse.js';
import { digestOf, PAYLOAD_TYPE, parseStatement, recordPath, type Statement } from '../record/statement.js';
import { tilePath } from '../tiles/tile-path.js';
import type { TileReader } from '../tiles/tile-tree.js';
import type { Fault } from './fault.js';

/** What an entry is found to be. */
export type EntryCheck =
  | { readonly kind: 'good'; readonly statement: Statement }
  | { readonly kind: 'bad'; readonly code: 'entry-form' | 'entry-signature'; readonly text: string };

/** Reads one entry: an envelope around a statement about a record. @param keys absent: signatures are not checked. */
export function checkEntry(entry: Uint8Array, keys?: readonly KeyObject[]): EntryCheck {
  const envelope = entry.length > ENTRY_MAX_BYTES ? undefined : parseEnvelope(entry);
  if (envelope === undefined || envelope.payloadType !== PAYLOAD_TYPE) {
    return { kind: 'bad', code: 'entry-form', text: 'it is not an in-toto statement in a DSSE envelope' };
  }
  if (keys !== undefined && signedBy(envelope, keys) === undefined) {
    const named = envelope.signatures.map(({ keyid }) => keyid).join(', ');
    return { kind: 'bad', code: 'entry-signature', text: `no trusted key signed it; it names ${named}` };
  }
  const statement = parseStatement(envelope.payload);
  if (statement === undefined) {
    return {
      kind: 'bad',
      code: 'entry-form',
      text: 'its statement is not one of this ledger, or its record has another digest',
    };
  }
  return { kind: 'good', statement };
}

/** Checks the entries of one bundle, and the record files that they name. */
export async function verifyEntries(
  reader: TileReader,
  bundle: Buffer,
  first: number,
  width: number,
  keys: readonly KeyObject[],
): Promise<{ faults: Fault[]; records: string[] }> {
  const faults: Fault[] = [];
  const records: string[] = [];
  const path = tilePath({ kind: 'entries', index: Math.floor(first / 256), width });
  for (const [place, entry] of (decodeBundle(bundle) ?? []).slice(0, width).entries()) {
    const index = first + place;
    const check = checkEntry(entry, keys);
    if (check.kind === 'bad') {
      faults.push({ code: check.code, path, index, text: `entry ${index}: ${check.text}` });
      continue;
    }
    const { digest, record } = check.statement;
    if (record !== undefined) continue;
    records.push(recordPath(digest));
    const bytes = await reader.read(recordPath(digest));
    if (bytes !== undefined && digestOf(bytes) === digest) continue;
    const text = `the record of entry ${index} ${bytes === undefined ? 'is missing' : 'was changed'}`;
    faults.push({ code: 'record-file', path: recordPath(digest), index, text });
  }
  return { faults, records };
}
