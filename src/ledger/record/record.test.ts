import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../base/json.js';
import { ed25519Signer, p256Signer, record } from '../testing.fixture.js';
import { checkEntry } from '../verify/verify-entries.js';
import { formatEnvelope, keyIdOf, parseEnvelope, preAuthEncoding, signedBy, signEnvelope } from './dsse.js';
import { sigstoreBundle } from './sigstore-bundle.js';
import { canonicalRecord, digestOf, PAYLOAD_TYPE, parseStatement, statementOf } from './statement.js';

const signers = [
  { name: 'Ed25519', signer: ed25519Signer() },
  { name: 'P-256', signer: p256Signer() },
];

describe('the vectors of DSSE', () => {
  const type = 'http://example.com/HelloWorld';
  const payload = Buffer.from('hello world');

  it('pre-authentication encoding', () => {
    expect(preAuthEncoding(type, payload).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(preAuthEncoding('', Buffer.alloc(0)).toString()).toBe('DSSEv1 0  0 ');
    expect(preAuthEncoding('é', Buffer.from('é')).toString()).toBe('DSSEv1 2 é 2 é');
  });

  it('the signature of its example key', () => {
    const coordinate = (decimal: string) => Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex');
    const key = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160').toString(
          'base64url',
        ),
        y: coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820').toString(
          'base64url',
        ),
      },
    });
    const sig = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';
    const message = preAuthEncoding(type, payload);
    expect(verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(sig, 'base64'))).toBe(true);
  });
});

describe.each(signers)('an envelope signed with $name', ({ signer }) => {
  const payload = statementOf(record(1), true);

  it('is written, read, and signed by its key and no other', async () => {
    const envelope = await signEnvelope(PAYLOAD_TYPE, payload, signer);
    const again = parseEnvelope(Buffer.from(formatEnvelope(envelope)));
    expect(again).toEqual(envelope);
    expect(signedBy(envelope, [ed25519Signer().publicKey, signer.publicKey])).toBe(signer.publicKey);
    expect(signedBy(envelope, [ed25519Signer().publicKey])).toBeUndefined();
    expect(signedBy({ ...envelope, payloadType: 'text/plain' }, [signer.publicKey])).toBeUndefined();
    expect(signedBy({ ...envelope, payload: Buffer.from('{}') }, [signer.publicKey])).toBeUndefined();
  });

  it('is verified by sigstore-js, and refused when a byte of it is another', async () => {
    const envelope = await signEnvelope(PAYLOAD_TYPE, payload, signer);
    const trust = toTrustMaterial(
      { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] } as never,
      () => ({
        publicKey: signer.publicKey,
        validFor: () => true,
      }),
    );
    const verifier = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    const check = (bundle: object) => verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
    expect(() => check(sigstoreBundle(envelope))).not.toThrow();
    const tampered = { ...envelope, payload: Buffer.concat([envelope.payload, Buffer.from(' ')]) };
    expect(() => check(sigstoreBundle(tampered))).toThrow(/signature verification failed/i);
  });
});

describe('statements', () => {
  it('carry their record, or its digest and where it is', () => {
    const own = record(1, { place: 1, text: 'é 火消し' });
    const digest = digestOf(canonicalRecord(own));
    expect(parseStatement(statementOf(own, true))).toMatchObject({ digest, record: own, title: own.title });
    expect(parseStatement(statementOf(own, false))).toMatchObject({ digest, record: undefined, title: own.title });
    expect(JSON.parse(statementOf(own, false).toString())).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: own.subjects[0], digest: { sha256: digest } }],
      predicate: { recordFile: `records/${digest}.json` },
    });
  });

  it('are canonical JSON', () => {
    for (const inline of [true, false]) {
      const text = statementOf(record(1, { b: 1, a: 'é' }), inline).toString();
      expect(text).toBe(canonicalJson(JSON.parse(text)));
    }
  });

  it('say the same in the same bytes, however the record was built', () => {
    const { kind, at, by, subjects, title, detail } = record(3);
    expect(statementOf({ detail, title, subjects, by, at, kind }, true)).toEqual(statementOf(record(3), true));
  });

  const statement = JSON.parse(statementOf(record(1), true).toString()) as Record<string, unknown>;
  const cases: readonly { name: string; value: unknown }[] = [
    { name: 'no JSON', value: undefined },
    { name: 'null', value: null },
    { name: 'a list', value: [] },
    { name: 'another type', value: { ...statement, _type: 'https://in-toto.io/Statement/v0.1' } },
    { name: 'another predicate', value: { ...statement, predicateType: 'https://slsa.dev/provenance/v1' } },
    {
      name: 'another kind than its predicate type',
      value: { ...statement, predicateType: 'https://hikeshi.dev/ledger/export/v1' },
    },
    { name: 'no subject', value: { ...statement, subject: [] } },
    {
      name: 'subjects of two digests',
      value: { ...statement, subject: [...(statement['subject'] as []), { name: 'x', digest: { sha256: '0' } }] },
    },
    { name: 'a record of another digest', value: { ...statement, predicate: { record: record(2) } } },
    { name: 'a record without a title', value: { ...statement, predicate: { record: { ...record(1), title: 7 } } } },
  ];
  it.each(cases)('$name is none', ({ value }) => {
    expect(parseStatement(Buffer.from(value === undefined ? '{' : JSON.stringify(value)))).toBeUndefined();
  });
});

describe('entries that are none', () => {
  const good = { payloadType: PAYLOAD_TYPE, payload: 'e30=', signatures: [{ keyid: 'a', sig: 'AA==' }] };
  it.each([
    { name: 'no JSON', text: '{' },
    { name: 'no payload', text: JSON.stringify({ ...good, payload: undefined }) },
    { name: 'a payload that is no base 64', text: JSON.stringify({ ...good, payload: 'e30' }) },
    { name: 'no signatures', text: JSON.stringify({ ...good, signatures: [] }) },
    { name: 'a signature without bytes', text: JSON.stringify({ ...good, signatures: [{ keyid: 'a' }] }) },
    { name: 'another payload type', text: JSON.stringify({ ...good, payloadType: 'text/plain' }) },
    { name: 'a statement that is none', text: JSON.stringify(good) },
  ])('$name', ({ text }) => {
    expect(checkEntry(Buffer.from(text))).toMatchObject({ kind: 'bad', code: 'entry-form' });
  });

  it('malformed signatures are bad, not errors', async () => {
    for (const { signer } of signers) {
      const envelope = await signEnvelope(PAYLOAD_TYPE, statementOf(record(1), true), signer);
      const [{ sig } = { sig: Buffer.alloc(0) }] = envelope.signatures;
      for (const bytes of [Buffer.alloc(0), sig.subarray(1), sig.subarray(0, -1), Buffer.concat([sig, Buffer.of(0)])]) {
        const forged = { ...envelope, signatures: [{ keyid: keyIdOf(signer.publicKey), sig: bytes }] };
        expect(signedBy(forged, [signer.publicKey])).toBeUndefined();
      }
    }
  });
});
