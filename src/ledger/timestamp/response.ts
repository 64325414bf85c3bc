import { Fields, integerOf, itemsOf, ofTag, readDer, tags, type Der } from './der.js';

/** What an authority answered: a token, or why there is none. */
export type TimestampResponse =
  | { readonly kind: 'granted'; readonly token: Der }
  | { readonly kind: 'refused'; readonly text: string };

/** Source: RFC 3161, section 2.4.2, `PKIStatus`. */
const STATUS = [
  'granted',
  'granted with modifications',
  'rejected',
  'waiting',
  'revocation warning',
  'revocation notification',
] as const;

/** Source: RFC 3161, section 2.4.2, `PKIFailureInfo`: the bits and their names. */
const FAILURES: Readonly<Record<number, string>> = {
  0: 'badAlg',
  2: 'badRequest',
  5: 'badDataFormat',
  14: 'timeNotAvailable',
  15: 'unacceptedPolicy',
  16: 'unacceptedExtension',
  17: 'addInfoNotAvailable',
  25: 'systemFailure',
};

/** Reads an answer. Source: RFC 3161, section 2.4.2, `TimeStampResp`. @throws Malformed. */
export function readResponse(bytes: Uint8Array): TimestampResponse {
  const fields = new Fields(readDer(bytes));
  const info = new Fields(fields.take(tags.sequence));
  const token = fields.optional(tags.sequence);
  fields.end();
  const status = Number(integerOf(info.take(tags.integer)));
  const texts = info.optional(tags.sequence);
  const failures = info.optional(tags.bitString);
  info.end();
  if ((status === 0 || status === 1) && token !== undefined) return { kind: 'granted', token };
  const said =
    texts === undefined ? [] : itemsOf(texts).map((text) => ofTag(text, tags.utf8String).body.toString('utf8'));
  const reasons = [...said.map((text) => `"${text}"`), ...failuresOf(failures)].join(', ');
  const state =
    token === undefined && status < 2 ? 'granted, but without a token' : (STATUS[status] ?? `status ${status}`);
  return { kind: 'refused', text: reasons === '' ? state : `${state}: ${reasons}` };
}

function failuresOf(bits: Der | undefined): string[] {
  const [, ...bytes] = bits?.body ?? [];
  return Object.entries(FAILURES)
    .filter(([bit]) => ((bytes[Number(bit) >> 3] ?? 0) & (0x80 >> (Number(bit) & 7))) !== 0)
    .map(([, name]) => name);
}
