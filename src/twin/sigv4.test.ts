import { describe, expect, it, test } from 'vitest';
import { credentialScope, type CredentialScope } from './credential-scope.js';
import type { WireRequest } from './protocols/wire.js';
import { verifySignature } from './sigv4.js';

/** AWS's own example of a signed request ("get-vanilla" of the SigV4 test suite). */
const vanilla: WireRequest = {
  method: 'GET',
  path: '/',
  query: {},
  host: 'example.amazonaws.com',
  headers: {
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  body: new Uint8Array(),
};
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const SIGNED_AT = new Date('2015-08-30T12:36:00Z');

function verdict(request: WireRequest, secret = SECRET, now = SIGNED_AT): string {
  return verifySignature(request, credentialScope(request) as CredentialScope, secret, now);
}

const minutesLater = (minutes: number) => new Date(SIGNED_AT.getTime() + minutes * 60_000);

describe('a signature in the headers', () => {
  it("of AWS's own test suite is valid", () => {
    expect(verdict(vanilla)).toBe('valid');
  });

  test.each<[string, Partial<WireRequest>]>([
    ['method', { method: 'POST' }],
    ['path', { path: '/other' }],
    ['query', { query: { a: 'b' } }],
    ['host', { host: 'other.amazonaws.com' }],
    ['body', { body: Buffer.from('x') }],
    ['date', { headers: { ...vanilla.headers, 'x-amz-date': '20150830T123601Z' } }],
  ])('does not hold for another %s', (_, change) => {
    expect(verdict({ ...vanilla, ...change })).toBe('mismatch');
  });

  it('does not hold for another secret', () => {
    expect(verdict(vanilla, 'another')).toBe('mismatch');
  });

  it('must cover the host', () => {
    const authorization = vanilla.headers['authorization']?.replace('host;', '') ?? '';
    expect(verdict({ ...vanilla, headers: { ...vanilla.headers, authorization } })).toBe('mismatch');
  });

  test.each([
    [14, 'valid'],
    [-14, 'valid'],
    [16, 'old'],
    [-16, 'early'],
  ])('%i minutes after it was made is %s', (minutes, expected) => {
    expect(verdict(vanilla, SECRET, minutesLater(minutes))).toBe(expected);
  });
});

/** The worked example of the S3 API reference: 64 KiB and 1 KiB of the letter `a`, each chunk signed. */
const CHUNK_SIGNATURES = [
  'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
  '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
  'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
];

function chunkedUpload(letter = 'a', signatures = CHUNK_SIGNATURES): WireRequest {
  const [first, second, last] = signatures;
  const body = `10000;chunk-signature=${first}\r\n${letter.repeat(65536)}\r\n400;chunk-signature=${second}\r\n${'a'.repeat(1024)}\r\n0;chunk-signature=${last}\r\n\r\n`;
  return {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: {},
    host: 's3.amazonaws.com',
    headers: {
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'content-length': '66824',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    },
    body: Buffer.from(body),
  };
}

describe('a signature of each chunk', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const now = new Date('2013-05-24T00:00:00Z');

  it("of the S3 reference's example is valid", () => {
    expect(verdict(chunkedUpload(), secret, now)).toBe('valid');
  });

  it('does not hold for other bytes', () => {
    expect(verdict(chunkedUpload('b'), secret, now)).toBe('mismatch');
  });

  it('does not hold in another order', () => {
    expect(verdict(chunkedUpload('a', CHUNK_SIGNATURES.toReversed()), secret, now)).toBe('mismatch');
  });
});
