import { describe, expect, it } from 'vitest';
import { Fields, integerOf, itemsOf, oidOf, readDer, tags, timeOf, writeDer, writeInteger, writeOid } from './der.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const time = (text: string) => timeOf(readDer(writeDer(tags.generalizedTime, Buffer.from(text))));

describe('what is not DER is refused', () => {
  it.each([
    ['nothing', '', /tag is missing/],
    ['a tag alone', '30', /length is missing/],
    ['a tag of two bytes', '1f 81 00', /more than one byte/],
    ['an indefinite length', '30 80 00 00', /indefinite/],
    ['a length of five bytes', '04 85 00 00 00 00 01 00', /too long/],
    ['a length that needs no second byte', '04 81 01 00', /shortest form/],
    ['a length that begins with zero', `04 82 00 80 ${'00'.repeat(128)}`, /shortest form/],
    ['a length that is cut off', '04 82 01', /length is missing/],
    ['a value that is cut off', '04 02 00', /ends too early/],
    ['bytes after the end', '05 00 00', /follows its end/],
  ])('%s', (_name, bytes, says) => {
    expect(() => readDer(hex(bytes))).toThrow(says);
  });

  it.each([
    ['an item that is longer than its sequence', '30 03 04 02 00', /ends too early/],
    ['an item without a length', '30 01 04', /length is missing/],
  ])('%s', (_name, bytes, says) => {
    expect(() => itemsOf(readDer(hex(bytes)))).toThrow(says);
  });
});

describe('numbers', () => {
  it.each([
    [0n, '02 01 00'],
    [127n, '02 01 7f'],
    [128n, '02 02 00 80'],
    [256n, '02 02 01 00'],
    [2n ** 64n - 1n, '02 09 00 ff ff ff ff ff ff ff ff'],
  ])('%s', (value, bytes) => {
    expect(writeInteger(value)).toEqual(hex(bytes));
    expect(integerOf(readDer(hex(bytes)))).toBe(value);
  });

  it('below zero', () => {
    expect(integerOf(readDer(hex('02 01 ff')))).toBe(-1n);
  });

  it.each(['02 00', '02 02 00 7f', '02 02 ff 80'])('%s has another spelling', (bytes) => {
    expect(() => integerOf(readDer(hex(bytes)))).toThrow('not in its shortest form');
  });
});

describe('object identifiers', () => {
  it.each([
    ['1.2.840.113549.1.7.2', '06 09 2a 86 48 86 f7 0d 01 07 02'],
    ['2.16.840.1.101.3.4.2.1', '06 09 60 86 48 01 65 03 04 02 01'],
    ['2.999.3', '06 03 88 37 03'],
    ['0.9', '06 01 09'],
  ])('%s', (text, bytes) => {
    expect(oidOf(readDer(hex(bytes)))).toBe(text);
    expect(writeOid(text)).toEqual(hex(bytes));
  });

  it.each(['06 00', '06 01 80', '06 02 2a 86', '06 03 2a 80 01', `06 08 2a ${'ff'.repeat(6)} 7f`])(
    '%s is none',
    (bytes) => {
      expect(() => oidOf(readDer(hex(bytes)))).toThrow('an object identifier');
    },
  );
});

describe('times', () => {
  it.each([
    ['20260131235959Z', '2026-01-31T23:59:59.000Z'],
    ['20260131235959.5Z', '2026-01-31T23:59:59.500Z'],
    ['20260131235959.123456Z', '2026-01-31T23:59:59.123Z'],
    ['20240229000000Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(time(text).toISOString()).toBe(expected);
  });

  it.each([
    '20260131235959',
    '20260131235959+0100',
    '202601312359Z',
    '20260131235959.50Z',
    '20260131235959.Z',
    '20260230000000Z',
    '20261301000000Z',
    '20260131240000Z',
  ])('%s is none', (text) => {
    expect(() => time(text)).toThrow('is not a time');
  });
});

it('a sequence is read to its end and no further', () => {
  const fields = () => new Fields(readDer(hex('30 06 02 01 05 04 01 61')));
  const all = fields();
  expect(all.optional(tags.oid)).toBeUndefined();
  expect(integerOf(all.take(tags.integer))).toBe(5n);
  expect(all.take(tags.octetString).body.toString()).toBe('a');
  all.end();
  expect(() => all.take(tags.octetString)).toThrow('is missing');
  expect(() => fields().end()).toThrow('does not belong');
  expect(() => new Fields(readDer(hex('04 00')))).toThrow('instead of');
});

it('a long value has a long length', () => {
  for (const length of [0, 127, 128, 255, 256, 70_000]) {
    expect(readDer(writeDer(tags.octetString, Buffer.alloc(length))).body.length).toBe(length);
  }
});
