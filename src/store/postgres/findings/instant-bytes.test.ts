import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantOf } from './instant-bytes.js';

function read(text: string): number {
  const bytes = Buffer.from(`"${text}"`);
  return instantOf(bytes, 1, bytes.length - 1);
}

it.each([
  '1970-01-01T00:00:00Z',
  '2024-02-29T23:59:59.999Z',
  '2026-02-31T00:00:00Z',
  '1900-02-29T12:00:00.001Z',
  '9999-12-31T23:59:59Z',
])('%s is the time that Date.parse says', (text) => {
  expect(read(text)).toBe(Date.parse(text));
});

it.each([
  '',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00.1Z',
  '2026-01-01T00:00:00+01:00',
  '2026-01-01 00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00.x00Z',
  '+002026-01-01T00:00Z',
])('`%s` is left to Date.parse', (text) => {
  expect(read(text)).toBeNaN();
});

it('says of any time what Date.parse says, or nothing', () => {
  const digits = (most: number, width: number) => fc.nat(most).map((made) => String(made).padStart(width, '0'));
  const parts = fc.tuple(
    digits(9999, 4),
    digits(13, 2),
    digits(32, 2),
    digits(25, 2),
    digits(61, 2),
    digits(61, 2),
    digits(999, 3),
  );
  fc.assert(
    fc.property(parts, fc.boolean(), ([year, month, day, hour, minute, second, fraction], whole) => {
      const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${whole ? '' : `.${fraction}`}Z`;
      const at = read(text);
      if (!Number.isNaN(at)) expect(at).toBe(Date.parse(text));
      else expect(Number(year) < 1000 || Number(hour) >= 24 || Number.isNaN(Date.parse(text))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
