import { describe, expect, it } from 'vitest';
import { compileFilters } from './filters.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';
import { asffFinding } from './hub.fixture.js';

const now = new Date('2026-01-10T00:00:00Z');
const finding = asffFinding({
  Confidence: 50,
  Sample: true,
  ProductFields: { team: 'red', stage: 'prod' },
  Network: { SourceIpV4: '10.1.2.3', SourceIpV6: '2001:db8::1' },
  Resources: [
    { Type: 'AwsEc2Instance', Id: 'i-1', Tags: { env: 'prod' } },
    { Type: 'AwsS3Bucket', Id: 'bucket' },
  ],
});

const cases: readonly (readonly [string, FindingFilters, boolean])[] = [
  ['nothing asked', {}, true],
  ['an empty list', { Title: [] }, true],
  ['the text itself', { Title: [{ Comparison: 'EQUALS', Value: 'SSH is open' }] }, true],
  ['another case', { Title: [{ Comparison: 'EQUALS', Value: 'ssh is open' }] }, false],
  ['a prefix', { Title: [{ Comparison: 'PREFIX', Value: 'SSH' }] }, true],
  [
    'one of two',
    {
      ResourceType: [
        { Comparison: 'EQUALS', Value: 'x' },
        { Comparison: 'EQUALS', Value: 'AwsS3Bucket' },
      ],
    },
    true,
  ],
  ['not one of its values', { ResourceType: [{ Comparison: 'NOT_EQUALS', Value: 'AwsS3Bucket' }] }, false],
  [
    'neither of two',
    {
      Title: [
        { Comparison: 'NOT_EQUALS', Value: 'a' },
        { Comparison: 'PREFIX_NOT_EQUALS', Value: 'b' },
      ],
    },
    true,
  ],
  [
    'a prefix without an exception',
    {
      Id: [
        { Comparison: 'PREFIX', Value: 'finding' },
        { Comparison: 'NOT_EQUALS', Value: 'finding-1' },
      ],
    },
    false,
  ],
  ['not what is not there', { CompanyName: [{ Comparison: 'NOT_EQUALS', Value: 'x' }] }, true],
  ['what is not there', { CompanyName: [{ Comparison: 'PREFIX', Value: '' }] }, false],
  [
    'two attributes, one wrong',
    { Id: [{ Comparison: 'EQUALS', Value: 'finding-1' }], Title: [{ Comparison: 'EQUALS', Value: 'x' }] },
    false,
  ],
  ['a range of numbers', { Confidence: [{ Gte: 40, Lte: 60 }] }, true],
  ['a strict bound', { Confidence: [{ Gt: 50 }] }, false],
  ['one of two numbers', { Confidence: [{ Eq: 1 }, { Eq: 50 }] }, true],
  ['since', { UpdatedAt: [{ Start: '2026-01-01T00:00:00Z' }] }, true],
  ['until', { UpdatedAt: [{ End: '2025-12-31T00:00:00Z' }] }, false],
  ['the last nine days', { UpdatedAt: [{ DateRange: { Value: 9, Unit: 'DAYS' } }] }, true],
  ['the last eight days', { UpdatedAt: [{ DateRange: { Value: 8, Unit: 'DAYS' } }] }, false],
  ['a key of a map', { ProductFields: [{ Key: 'team', Comparison: 'EQUALS', Value: 'red' }] }, true],
  ['a value of another key', { ProductFields: [{ Key: 'stage', Comparison: 'EQUALS', Value: 'red' }] }, false],
  ['a tag no resource has', { ResourceTags: [{ Key: 'env', Comparison: 'NOT_EQUALS', Value: 'prod' }] }, false],
  ['a network', { NetworkSourceIpV4: [{ Cidr: '10.0.0.0/8' }] }, true],
  ['another network', { NetworkSourceIpV4: [{ Cidr: '10.1.2.4' }] }, false],
  ['an IPv6 network', { NetworkSourceIpV6: [{ Cidr: '2001:db8::/32' }] }, true],
  ['a boolean', { Sample: [{ Value: true }] }, true],
  ['a word anywhere', { Keyword: [{ Value: 'Port 22' }] }, true],
];

describe('the filters of findings', () => {
  it.each(cases)('%s', (_name, filters, expected) => {
    expect(compileFilters(filters, now)(finding)).toBe(expected);
  });

  it.each<readonly [string, unknown]>([
    ['`Nothing`', { Nothing: [] }],
    [
      '`Title`',
      {
        Title: [
          { Comparison: 'EQUALS', Value: 'a' },
          { Comparison: 'NOT_EQUALS', Value: 'b' },
        ],
      },
    ],
    [
      '`Title`',
      {
        Title: [
          { Comparison: 'CONTAINS', Value: 'a' },
          { Comparison: 'NOT_CONTAINS', Value: 'b' },
        ],
      },
    ],
    ['`CONTAINS_WORD`', { Title: [{ Comparison: 'CONTAINS_WORD', Value: 'a' }] }],
    ['21 values', { Id: Array.from({ length: 21 }, () => ({ Comparison: 'EQUALS', Value: 'a' })) }],
    ['`Confidence`', { Confidence: [{}] }],
    ['`UpdatedAt`', { UpdatedAt: [{ Start: 'yesterday' }] }],
    ['`UpdatedAt`', { UpdatedAt: [{}] }],
    ['`NetworkSourceIpV4`', { NetworkSourceIpV4: [{ Cidr: '10.0.0.0/33' }] }],
    [
      '11 attributes',
      Object.fromEntries(
        'Id Title Type Region Keyword Sample NoteText RecordState Confidence Criticality SourceUrl'
          .split(' ')
          .map((name) => [name, []]),
      ),
    ],
  ])('refuses by name: %s', (named, filters) => {
    expect(() => compileFilters(filters as FindingFilters, now)).toThrow(named);
  });

  it('asks each value of every attribute without a fault, of a finding that has none', () => {
    const bare: AsffFinding = asffFinding({ Resources: undefined as never });
    expect(compileFilters({ ResourceId: [{ Comparison: 'EQUALS', Value: 'x' }] }, now)(bare)).toBe(false);
  });
});
