import { describe, expect, it } from 'vitest';
import { malformed, notRead, REASONS_MAX, unclear, weigh } from './weigh.js';

const bad = { text: 'bad' };
const unsure = { text: 'unsure' };

describe('weighing reasons', () => {
  it('fails on anything wrong, whatever is unknown', () => {
    expect(weigh([bad], [unsure], { text: 'good' })).toEqual({ status: 'FAILED', reasons: [bad] });
  });

  it('does not pass on anything unknown', () => {
    expect(weigh([], [unsure], { text: 'good' })).toEqual({ status: 'NOT_AVAILABLE', reasons: [unsure] });
  });

  it('passes when nothing is wrong or unknown', () => {
    expect(weigh([], [], { text: 'good' })).toEqual({ status: 'PASSED', reasons: [{ text: 'good' }] });
  });

  it('counts the reasons beyond the most a verdict carries', () => {
    const { reasons } = weigh(
      Array.from({ length: REASONS_MAX + 5 }, () => bad),
      [],
    );
    expect(reasons).toHaveLength(REASONS_MAX + 1);
    expect(reasons.at(-1)).toEqual({ text: 'and 5 more' });
  });
});

describe('a member that cannot be judged', () => {
  it('was not read, or is not what AWS documents', () => {
    expect(unclear('A', undefined)).toEqual(notRead('A'));
    expect(unclear('A', null)).toEqual(malformed('A', null));
  });

  it.each([
    [null, 'A is null, which AWS does not document'],
    [[1, 2], 'A is a list of 2, which AWS does not document'],
    [7, 'A is the number `7`, which AWS does not document'],
    ['on', 'A is the text `on`, which AWS does not document'],
    ['x'.repeat(5_000_000), 'A is a text of 5000000 characters, which AWS does not document'],
    [{ a: 1 }, 'A is an object, which AWS does not document'],
  ])('is described shortly: %#', (value, text) => {
    expect(malformed('A', value).text).toBe(text);
  });
});
