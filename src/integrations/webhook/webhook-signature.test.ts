import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { signWebhook, verifyWebhook } from './webhook-signature.js';

const SECRET = 'a-secret-of-this-test-alone';
const NOW = new Date('2026-03-01T00:00:00.000Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const header = signWebhook(SECRET, '{"a":1}', NOW, 'nonce-0001');

it('what was signed is taken, with its nonce', () => {
  expect(verifyWebhook(SECRET, '{"a":1}', header, later(299))).toEqual({ signed: true, nonce: 'nonce-0001', at: NOW });
});

it.each([
  ['without a header', undefined, '{"a":1}', NOW, 'no signature'],
  ['in another form', 'sha256=abc', '{"a":1}', NOW, 'malformed signature'],
  ['of another body', header, '{"a":2}', NOW, 'wrong signature'],
  ['with another time', header.replace(/t=\d+/, 't=1772323300'), '{"a":1}', NOW, 'wrong signature'],
  ['with another nonce', header.replace('nonce-0001', 'nonce-0002'), '{"a":1}', NOW, 'wrong signature'],
  ['too old', header, '{"a":1}', later(301), 'stale signature'],
  ['of the future', header, '{"a":1}', later(-301), 'stale signature'],
])('refused %s', (_name, given, body, now, why) => {
  expect(verifyWebhook(SECRET, body, given, now)).toEqual({ signed: false, why });
});

it('no changed header or body is taken', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (body, change, place) => {
      const own = signWebhook(SECRET, body, NOW, 'nonce-0001');
      const at = place % (own.length + 1);
      const changed = own.slice(0, at) + change + own.slice(at);
      expect(verifyWebhook(SECRET, body, changed, NOW).signed).toBe(false);
      expect(verifyWebhook(SECRET, body + change, own, NOW).signed).toBe(false);
    }),
  );
});
