import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Signer } from '../signer.js';
import { checkSignature, parseCheckpoint, signCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { formatNote, parseNote, signatureLine } from './signed-note.js';
import { formatVerifierKey, isSignedBy, parseVerifierKey, verifierKey } from './verifier-key.js';
import { cosign, mayCosign } from './witness.js';

const ed25519 = (): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { scheme: 'ed25519', publicKey, sign: (message) => Promise.resolve(sign(null, message, privateKey)) };
};
const p256 = (): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    scheme: 'ecdsa-p256-sha256',
    publicKey,
    sign: (message) => Promise.resolve(sign('sha256', message, privateKey)),
  };
};

describe('the examples of c2sp.org/signed-note', () => {
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const note = Buffer.from(
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
  );

  it('the key id is the key’s', () => {
    expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey);
  });

  it('the signature is good, and of no other text', () => {
    const parsed = parseNote(note);
    const key = parseVerifierKey(vkey);
    expect(parsed && checkSignature(parsed, key)).toBe('good');
    expect(parsed && checkSignature({ ...parsed, text: 'This is another message.\n' }, key)).toBe('bad');
    expect(parsed && formatNote(parsed)).toBe(note.toString());
  });

  it('a note with empty lines in its text', () => {
    const italian =
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
    expect(parseNote(Buffer.from(italian))?.text).toContain('\n\ned è subito sera.\n');
  });

  it('a checkpoint with a witness’s line, of c2sp.org/tlog-cosignature', () => {
    const text =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
    const checkpoint = parseCheckpoint(Buffer.from(text));
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(checkpoint?.note.signatures.map(({ name }) => name)).toEqual([
      'example.com/behind-the-sofa',
      'witness.example.com/w1',
    ]);
  });
});

describe('what is no note', () => {
  const line = signatureLine({ name: 'a', keyId: Buffer.alloc(4), signature: Buffer.alloc(64) });
  it.each([
    { name: 'no signature', text: 'text\n' },
    { name: 'no empty line', text: `text\n${line}` },
    { name: 'no newline at the end', text: `text\n\n${line.trimEnd()}` },
    { name: 'a carriage return', text: `text\r\n\n${line}` },
    { name: 'a tab', text: `te\txt\n\n${line}` },
    { name: 'a hyphen for the dash', text: `text\n\n${line.replace('—', '-')}` },
    { name: 'two spaces', text: `text\n\n${line.replace('— a', '—  a')}` },
    { name: 'a plus in the name', text: `text\n\n${line.replace('— a', '— a+b')}` },
    { name: 'base 64 without its padding', text: `text\n\n${line.replace(/=+\n$/, '\n')}` },
    { name: 'base 64 with bits that do not count', text: `text\n\n${line.replace(/A(=*)\n$/, 'B$1\n')}` },
    { name: 'a signature of four bytes', text: 'text\n\n— a AAAAAA==\n' },
    { name: 'too long', text: `${'x'.repeat(140_000)}\n\n${line}` },
  ])('$name', ({ text }) => {
    expect(parseNote(Buffer.from(text))).toBeUndefined();
  });

  it('bytes that are not UTF-8', () => {
    expect(parseNote(Buffer.concat([Buffer.from([0xff]), Buffer.from(`text\n\n${line}`)]))).toBeUndefined();
  });
});

describe('what is no checkpoint', () => {
  const root = Buffer.alloc(32).toString('base64');
  const line = signatureLine({ name: 'a', keyId: Buffer.alloc(4), signature: Buffer.alloc(64) });
  it.each([
    { name: 'a leading zero', text: `log\n01\n${root}\n` },
    { name: 'a negative size', text: `log\n-1\n${root}\n` },
    { name: 'a size beyond what can be counted', text: `log\n9007199254740993\n${root}\n` },
    { name: 'a short root', text: `log\n1\n${Buffer.alloc(31).toString('base64')}\n` },
    { name: 'no origin', text: `\n1\n${root}\n` },
    { name: 'two lines', text: 'log\n1\n' },
  ])('$name', ({ text }) => {
    expect(parseCheckpoint(Buffer.from(`${text}\n${line}`))).toBeUndefined();
  });
});

describe('verifier keys', () => {
  it.each([
    { name: 'Ed25519', signer: ed25519(), use: 'log' },
    { name: 'P-256', signer: p256(), use: 'log' },
    { name: 'a witness’s', signer: ed25519(), use: 'witness' },
  ] as const)('$name: written, read, and the same', ({ signer, use }) => {
    const key = verifierKey('ledger.example.com/prod', signer.publicKey, use);
    const again = parseVerifierKey(formatVerifierKey(key));
    expect({ name: again.name, type: again.type, keyId: again.keyId }).toEqual({
      name: key.name,
      type: key.type,
      keyId: key.keyId,
    });
    expect(again.publicKey.equals(key.publicKey)).toBe(true);
  });

  const good = formatVerifierKey(verifierKey('log', ed25519().publicKey));
  it.each([
    { name: 'nothing', text: '' },
    { name: 'no key', text: 'log+00000000' },
    { name: 'another key id', text: good.replace(/\+[0-9a-f]{8}\+/, '+00000000+') },
    { name: 'an unknown type', text: 'log+00000000+BwAA' },
    { name: 'a short key', text: 'log+00000000+AQAA' },
    { name: 'another name than the key id’s', text: good.replace('log', 'lag') },
  ])('$name is refused', ({ text }) => {
    expect(() => parseVerifierKey(text)).toThrow(/verifier key/);
  });

  it.each([
    { name: 'a space', given: 'my log' },
    { name: 'a plus', given: 'a+b' },
    { name: 'nothing', given: '' },
  ])('a name with $name is refused', ({ given }) => {
    expect(() => verifierKey(given, ed25519().publicKey)).toThrow('cannot name a key');
  });

  it('other kinds of keys are refused', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(() => verifierKey('log', publicKey)).toThrow('secp384r1');
    expect(() => verifierKey('log', p256().publicKey, 'witness')).toThrow('prime256v1');
  });
});

describe('checkpoints', () => {
  const head = { origin: 'log', size: 3, root: Buffer.alloc(32, 7) };

  it.each([
    { name: 'Ed25519', signer: ed25519() },
    { name: 'P-256', signer: p256() },
  ])('signed with $name', async ({ signer }) => {
    const signed = parseCheckpoint(Buffer.from(await signCheckpoint(head, [signer]))) as SignedCheckpoint;
    expect(signed).toMatchObject(head);
    expect(checkSignature(signed.note, verifierKey('log', signer.publicKey))).toBe('good');
    expect(checkSignature(signed.note, verifierKey('log', ed25519().publicKey))).toBe('absent');
    const [own] = signed.note.signatures;
    const text = signed.note.text.replace('3', '4');
    expect(own && isSignedBy(signer.publicKey, Buffer.from(text), own.signature)).toBe(false);
  });

  it('a second, wrong signature of the same key spoils it', async () => {
    const signer = ed25519();
    const signed = parseCheckpoint(Buffer.from(await signCheckpoint(head, [signer]))) as SignedCheckpoint;
    const [own] = signed.note.signatures;
    const note = { ...signed.note, signatures: [...signed.note.signatures, { ...own!, signature: Buffer.alloc(64) }] };
    expect(checkSignature(note, verifierKey('log', signer.publicKey))).toBe('bad');
  });
});

describe('a witness', () => {
  const log = ed25519();
  const keys = [verifierKey('log', log.publicKey)];
  const at = async (size: number, fill: number, signer = log) =>
    parseCheckpoint(
      Buffer.from(await signCheckpoint({ origin: 'log', size, root: Buffer.alloc(32, fill) }, [signer])),
    ) as SignedCheckpoint;

  it.each([
    { name: 'signs what it sees first', checkpoint: at(3, 1), seen: undefined, answer: 'yes' },
    { name: 'signs the same again', checkpoint: at(3, 1), seen: { size: 3, root: Buffer.alloc(32, 1) }, answer: 'yes' },
    {
      name: 'refuses another root of the same size',
      checkpoint: at(3, 2),
      seen: { size: 3, root: Buffer.alloc(32, 1) },
      answer: { refused: 'other-root-of-same-size' },
    },
    {
      name: 'refuses fewer entries',
      checkpoint: at(2, 1),
      seen: { size: 3, root: Buffer.alloc(32, 1) },
      answer: { refused: 'smaller-than-seen' },
    },
    {
      name: 'refuses growth without proof',
      checkpoint: at(4, 2),
      seen: { size: 3, root: Buffer.alloc(32, 1) },
      answer: { refused: 'inconsistent' },
    },
    {
      name: 'refuses another’s signature',
      checkpoint: at(3, 1, ed25519()),
      seen: undefined,
      answer: { refused: 'not-signed-by-the-log' },
    },
  ])('$name', async ({ checkpoint, seen, answer }) => {
    expect(mayCosign({ checkpoint: await checkpoint, proof: [] }, keys, seen)).toEqual(answer);
  });

  it('signs the time with the checkpoint', async () => {
    const signer = ed25519();
    const checkpoint = await at(3, 1);
    const now = new Date('2026-11-23T12:00:00Z');
    const signature = await cosign(checkpoint, 'audit.example.com', signer, now);
    const cosigned = { ...checkpoint.note, signatures: [...checkpoint.note.signatures, signature] };
    const key = verifierKey('audit.example.com', signer.publicKey, 'witness');
    expect(checkSignature(cosigned, key)).toBe('good');
    expect(Number(signature.signature.readBigUInt64BE())).toBe(now.getTime() / 1000);
    signature.signature[7]! ^= 1;
    expect(checkSignature(cosigned, key)).toBe('bad');
  });

  it('a vkey as it is published is a key of node:crypto', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    const pem = String(key.publicKey.export({ format: 'pem', type: 'spki' }));
    expect(createPublicKey(pem).asymmetricKeyType).toBe('ed25519');
  });
});
