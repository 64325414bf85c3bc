import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDer, tags, writeDer, writeInteger, writeOid } from './der.js';
import { timestampRequest } from './request.js';
import {
  extensions,
  granted,
  hasOpenssl,
  LocalAuthority,
  type CertificateOptions,
  NEEDS_OPENSSL,
  tstInfoOf,
} from './testing.fixture.js';
import { checkTimestamp, type TimestampCheckOptions } from './token.js';

const stamped = Buffer.from('ledger.example.com/test\n1\nroot\n');
const nonce = 0xfedcba9876543210n;
const request = timestampRequest(stamped, nonce);

describe.skipIf(!hasOpenssl)(`the time stamps of a local authority${NEEDS_OPENSSL}`, () => {
  let own: LocalAuthority;
  let good: Buffer;
  beforeAll(() => {
    own = new LocalAuthority();
    good = own.reply(request);
  });
  afterAll(() => own.remove());

  const says = (answer: Uint8Array, options: TimestampCheckOptions = {}, of: Uint8Array = stamped) => {
    const check = checkTimestamp(answer, of, options);
    return check.kind === 'bad' ? check.text : `${check.trusted ? 'trusted' : 'good'}: ${check.by}`;
  };
  const withoutNonce = () => {
    writeFileSync(own.file('stamped'), stamped);
    return own.openssl('ts', '-query', '-data', 'stamped', '-sha256', '-no_nonce', '-cert');
  };
  const signer = (name: string, options: CertificateOptions = {}) =>
    own.issue(name, { issuer: own.root, extensions: extensions.timeStamping, ...options });

  it('a good one tells the time and who signed', () => {
    const check = checkTimestamp(good, stamped, { nonce, trusted: [own.root.der] });
    expect(check).toMatchObject({ kind: 'good', by: 'CN=Authority, O=Example', trusted: true });
    expect(Math.abs((check.kind === 'good' ? check.time.getTime() : 0) - Date.now())).toBeLessThan(60_000);
    expect(says(good)).toBe('good: CN=Authority, O=Example');
  });

  it('the certificate itself can be the trusted one', () => {
    expect(says(good, { trusted: [own.signer.der] })).toBe('trusted: CN=Authority, O=Example');
  });

  describe('every form that authorities use', () => {
    const forms: readonly [string, () => Buffer][] = [
      ['RSA', () => own.reply(request, {}, signer('RSA', { key: 'rsa' }))],
      ['SHA-384', () => own.reply(request, { signer_digest: 'sha384' })],
      ['SHA-512', () => own.reply(request, { signer_digest: 'sha512' })],
      ['a certificate named by SHA-1, as before RFC 5816', () => own.reply(request, { ess_cert_id_alg: 'sha1' })],
      ['a certificate named by SHA-512', () => own.reply(request, { ess_cert_id_alg: 'sha512' })],
      ['fractions of a second', () => own.reply(request, { clock_precision_digits: '6' })],
      [
        'accuracy, order and a name',
        () => own.reply(request, { accuracy: 'secs:1', ordering: 'yes', tsa_name: 'yes' }),
      ],
      ['all of the chain', () => own.reply(request, { certs: own.pem(own.root), ess_cert_id_chain: 'yes' })],
      ['RSASSA-PSS', () => own.signAgain(request, signer('PSS', { key: 'rsa' }), '-keyopt', 'rsa_padding_mode:pss')],
      [
        'who signed by the identifier of the key',
        () =>
          own.signAgain(
            request,
            signer('By key', { extensions: `${extensions.timeStamping}subjectKeyIdentifier=hash\n` }),
            '-keyid',
          ),
      ],
    ];
    it.each(forms)('%s', (_name, answer) => {
      expect(says(answer(), { nonce, trusted: [own.root.der] })).toMatch(/^trusted: CN=/);
    });
  });

  describe('what is wrong is told', () => {
    const again = (name: string, options: CertificateOptions) => own.signAgain(request, signer(name, options));
    const wrong: readonly [string, () => Uint8Array, RegExp, TimestampCheckOptions?][] = [
      [
        'the stamp of something else',
        () => own.reply(timestampRequest(Buffer.from('else'), nonce)),
        /stamp of something else/,
      ],
      ['another nonce', () => own.reply(timestampRequest(stamped, 1n)), /its nonce is another/, { nonce }],
      ['no nonce', () => own.reply(withoutNonce()), /its nonce is another/, { nonce }],
      [
        'a hash that the authority does not take',
        () => own.reply(request, { digests: 'sha512' }),
        /rejected: "Message digest algorithm is not supported.", badAlg/,
      ],
      [
        'a certificate for web servers',
        () => again('Web', { extensions: extensions.webServer }),
        /not for time stamping$/,
      ],
      [
        'a certificate without a purpose',
        () => again('None', { extensions: extensions.none }),
        /not for time stamping$/,
      ],
      [
        'a purpose that is not critical',
        () => again('Uncritical', { extensions: extensions.uncritical }),
        /not for time stamping alone/,
      ],
      ['a second purpose', () => again('Several', { extensions: extensions.several }), /not for time stamping alone/],
      [
        'a key that may not sign',
        () => again('Wrap', { extensions: extensions.timeStamping.replace('digitalSignature', 'keyEncipherment') }),
        /not for signatures/,
      ],
      [
        'an unknown critical extension',
        () => again('Odd', { extensions: `${extensions.timeStamping}1.2.3.4=critical,DER:0500\n` }),
        /`1.2.3.4` of its certificate is unknown/,
      ],
      ['a certificate that had ended', () => again('Ended', { days: -1 }), /was not valid at 20/],
      ['a short key', () => again('Short', { key: 'rsa-1024' }), /its signature is wrong/],
      [
        'a digest by SHA-1',
        () => own.signAgain(request, own.signer, '-md', 'sha1'),
        /hash algorithm `1.3.14.3.2.26` is not/,
      ],
      ['no certificate', () => own.signAgain(request, own.signer, '-nocerts'), /holds no certificate/],
      [
        'two signatures',
        () => own.signAgain(request, own.signer, '-signer', own.pem(own.root), '-inkey', own.file('Root.key')),
        /not exactly one value/,
      ],
      ['the end of it missing', () => good.subarray(0, -1), /ends too early/],
      ['a byte after its end', () => Buffer.concat([good, Buffer.of(0)]), /follows its end/],
      ['nothing', () => Buffer.alloc(0), /not DER/],
      ['a web page', () => Buffer.from('<html>busy</html>'), /ends too early/],
      ['the last byte of the signature', () => flipped(good, good.length - 1), /signature is wrong/],
      [
        'a token of another type',
        () => granted(writeDer(tags.sequence, writeOid('1.2.840.113549.1.7.1'))),
        /not a signed token/,
      ],
      [
        'granted, and no token',
        () => writeDer(tags.sequence, writeDer(tags.sequence, writeInteger(0n))),
        /granted, but without a token/,
      ],
    ];
    it.each(wrong)('%s', (_name, answer, text, options = {}) => {
      expect(says(answer(), options)).toMatch(text);
    });
  });

  describe('the chain', () => {
    it('of another authority is not trusted', () => {
      const other = new LocalAuthority();
      other.remove();
      expect(says(good, { trusted: [other.root.der] })).toMatch(
        /`CN=Authority, O=Example` does not lead to a trusted one/,
      );
      expect(says(good, { trusted: [other.root.der, own.signer.der] })).toMatch(/^trusted/);
    });

    const middles: readonly [string, CertificateOptions, boolean][] = [
      ['of a certification authority', { extensions: extensions.ca }, true],
      ['of one for time stamping', { extensions: `${extensions.ca}extendedKeyUsage=timeStamping\n` }, true],
      ['of one for web servers', { extensions: `${extensions.ca}extendedKeyUsage=serverAuth\n` }, false],
      [
        'of one with names that it may not use',
        { extensions: `${extensions.ca}nameConstraints=critical,permitted;DNS:example.com\n` },
        false,
      ],
      ['of one that had ended', { extensions: extensions.ca, days: -1 }, false],
      ['of one that is none', { extensions: extensions.none }, false],
    ];
    it.each(middles)('by the certificate %s', (name, options, isTrusted) => {
      const chain = new LocalAuthority();
      try {
        const middle = chain.issue(`Middle ${name.length}`, { issuer: chain.root, ...options });
        const last = chain.issue('Last', { issuer: middle, extensions: extensions.timeStamping });
        const answer = chain.signAgain(request, last, '-certfile', chain.pem(middle));
        expect(says(answer, { trusted: [chain.root.der] })).toMatch(isTrusted ? /^trusted/ : /does not lead/);
        expect(says(chain.signAgain(request, last), { trusted: [chain.root.der] })).toMatch(/does not lead/);
      } finally {
        chain.remove();
      }
    });

    it('is not longer than its certificates allow', () => {
      const root = own.issue('Short root', { extensions: extensions.caOfNone });
      const middle = own.issue('Below', { issuer: root, extensions: extensions.ca });
      const direct = own.issue('Direct', { issuer: root, extensions: extensions.timeStamping });
      const last = own.issue('Too far', { issuer: middle, extensions: extensions.timeStamping });
      expect(says(own.signAgain(request, direct), { trusted: [root.der] })).toMatch(/^trusted/);
      const far = own.signAgain(request, last, '-certfile', own.pem(middle));
      expect(says(far, { trusted: [root.der] })).toMatch(/does not lead/);
      expect(says(far, { trusted: [middle.der] })).toMatch(/^trusted/);
    });
  });

  it('many certificates that all issue each other are no work', () => {
    const loop = own.issue('Loop', { extensions: extensions.ca });
    const last = own.issue('Last of the loop', { issuer: loop, extensions: extensions.timeStamping });
    const many = Array.from({ length: 14 }, (_, at) => {
      const given = ['-req', '-in', 'Loop.csr', '-signkey', 'Loop.key', '-extfile', 'Loop.ext', '-set_serial'];
      return own.openssl('x509', ...given, String(at + 1));
    });
    writeFileSync(own.file('many.pem'), Buffer.concat(many));
    const answer = own.signAgain(request, last, '-certfile', own.file('many.pem'));
    const start = performance.now();
    expect(says(answer, { trusted: [own.root.der] })).toMatch(/does not lead/);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(says(answer, { trusted: [loop.der] })).toMatch(/^trusted/);
  });

  it('a certificate that was signed with SHA-1 leads nowhere', () => {
    const issuer = own.issue('Weak', { extensions: extensions.ca });
    own.issue('Weakly', { issuer, extensions: extensions.timeStamping });
    const given = ['-req', '-in', 'Weakly.csr', '-CA', 'Weak.pem', '-CAkey', 'Weak.key', '-extfile', 'Weakly.ext'];
    const weak = own.openssl('x509', ...given, '-set_serial', '7', '-sha1');
    writeFileSync(own.file('Weakly.pem'), weak);
    const answer = own.signAgain(request, { name: 'Weakly', der: weak });
    expect(says(answer)).toMatch(/^good/);
    expect(says(answer, { trusted: [issuer.der] })).toMatch(/does not lead/);
  });

  it('no change of one bit makes it say another time, signer or thing', () => {
    const before = checkTimestamp(good, stamped, { trusted: [own.root.der] });
    for (let at = 0; at < good.length; at++) {
      const after = checkTimestamp(flipped(good, at), stamped, { trusted: [own.root.der] });
      if (after.kind === 'good') expect(after, `byte ${at}`).toEqual(before);
    }
  });

  it('cut off anywhere, it is refused', () => {
    for (let length = 0; length < good.length; length++) {
      expect(checkTimestamp(good.subarray(0, length), stamped).kind).toBe('bad');
    }
  });

  it('openssl reads the request, and agrees on the answer', () => {
    writeFileSync(own.file('own.tsq'), request);
    writeFileSync(own.file('good.tsr'), good);
    const text = own.openssl('ts', '-query', '-in', 'own.tsq', '-text').toString();
    expect(text).toContain('Nonce: 0xFEDCBA9876543210');
    expect(text).toContain('Certificate required: yes');
    const verified = own.openssl(
      'ts',
      '-verify',
      '-queryfile',
      'own.tsq',
      '-in',
      'good.tsr',
      '-CAfile',
      own.pem(own.root),
    );
    expect(verified.toString()).toContain('Verification: OK');
    expect(readDer(tstInfoOf(good)).tag).toBe(tags.sequence);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}
