import { expect, it } from 'vitest';
import { explainCriterion } from './explain-criterion.js';
import { asffFinding } from './hub.fixture.js';

const finding = asffFinding({
  Criticality: 3,
  Resources: [
    { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::a', Tags: { env: 'dev', team: 'red' } },
    { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::b' },
  ],
  Network: { SourceIpV4: '192.0.2.1' },
});
const is = (Value: string, Comparison = 'EQUALS') => ({ Value, Comparison });

it.each<[string, readonly unknown[], string]>([
  ['SeverityLabel', [is('LOW')], 'SeverityLabel: "HIGH" is not EQUALS "LOW"'],
  ['Title', [is('TLS', 'PREFIX'), is('bucket')], 'Title: "SSH is open" is not PREFIX "TLS" or EQUALS "bucket"'],
  ['Title', [is('SSH', 'NOT_CONTAINS')], 'Title: "SSH is open" is not NOT_CONTAINS "SSH"'],
  [
    'ResourceId',
    [is('arn:', 'PREFIX'), is('arn:aws:s3', 'PREFIX_NOT_EQUALS'), is('x', 'PREFIX_NOT_EQUALS')],
    'ResourceId: "arn:aws:s3:::a", "arn:aws:s3:::b" is not PREFIX "arn:" and PREFIX_NOT_EQUALS "arn:aws:s3" and PREFIX_NOT_EQUALS "x"',
  ],
  ['NoteText', [is('ours')], 'NoteText: nothing is not EQUALS "ours"'],
  ['ResourceTags', [{ Key: 'env', ...is('prod') }], 'ResourceTags: {"env":"dev"} is not "env" EQUALS "prod"'],
  ['ResourceTags', [{ Key: 'owner', ...is('aya') }], 'ResourceTags: nothing is not "owner" EQUALS "aya"'],
  ['Criticality', [{ Gte: 5, Lt: 9 }, { Eq: 1 }], 'Criticality: 3 is not >= 5 and < 9 or = 1'],
  [
    'CreatedAt',
    [{ DateRange: { Value: 5, Unit: 'DAYS' } }, { Start: '2027-01-01T00:00:00Z' }],
    'CreatedAt: "2026-01-01T00:00:00.000Z" is not WITHIN 5 days or from 2027-01-01T00:00:00Z to ever',
  ],
  ['NetworkSourceIpV4', [{ Cidr: '10.0.0.0/8' }], 'NetworkSourceIpV4: "192.0.2.1" is not in 10.0.0.0/8'],
  ['Keyword', [{ Value: 'TLS' }], 'Keyword: nothing is not a text with "TLS"'],
  ['Sample', [{ Value: true }], 'Sample: nothing is not true'],
  [
    'AwsAccountId',
    ['2', '3', '4', '5', '6', '7', '8'].map((digit) => is(digit.repeat(12))),
    `AwsAccountId: "111111111111" is not ${['2', '3', '4', '5', '6'].map((digit) => `EQUALS "${digit.repeat(12)}"`).join(' or ')} or 2 more`,
  ],
  ['Title', [is('long '.repeat(50))], `Title: "SSH is open" is not EQUALS "${'long '.repeat(50).slice(0, 99)}…`],
  ['Colour', [is('red')], 'Colour: there is no such criterion any more'],
])('%s against %j is put into words', (criterion, wanted, why) => {
  expect(explainCriterion(criterion, wanted, finding).why).toBe(why);
});

it('the field, what is wanted and what is there are told apart', () => {
  expect(explainCriterion('SeverityLabel', [is('LOW')], finding)).toMatchObject({
    ...{ criterion: 'SeverityLabel', field: 'Severity.Label', wanted: [is('LOW')], actual: ['HIGH'] },
  });
});
