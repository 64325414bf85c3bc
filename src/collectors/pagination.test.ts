import { expect, it } from 'vitest';
import { nextPage } from './pagination.js';

const cases = [
  { name: 'EC2, CloudTrail, Organizations', given: { NextToken: 'b' }, expect: { Size: 1, NextToken: 'b' } },
  { name: 'CloudWatch Logs', given: { nextToken: 'b' }, expect: { Size: 1, nextToken: 'b' } },
  { name: 'IAM, more to come', given: { IsTruncated: true, Marker: 'b' }, expect: { Size: 1, Marker: 'b' } },
  { name: 'IAM, the last page', given: { IsTruncated: false, Marker: 'b' }, expect: undefined },
  { name: 'KMS and Lambda', given: { Truncated: true, NextMarker: 'b' }, expect: { Size: 1, Marker: 'b' } },
  { name: 'S3 buckets', given: { ContinuationToken: 'b' }, expect: { Size: 1, ContinuationToken: 'b' } },
  {
    name: 'S3 objects, which echo the token of the request',
    given: { ContinuationToken: 'a', NextContinuationToken: 'b' },
    expect: { Size: 1, ContinuationToken: 'b' },
  },
  { name: 'RDS', given: { Marker: 'b' }, expect: { Size: 1, Marker: 'b' } },
  { name: 'EFS, which echoes', given: { Marker: 'a', NextMarker: 'b' }, expect: { Size: 1, Marker: 'b' } },
  { name: 'DynamoDB', given: { LastEvaluatedTableName: 'b' }, expect: { Size: 1, ExclusiveStartTableName: 'b' } },
  { name: 'EC2, whose last page has an empty token', given: { NextToken: '' }, expect: undefined },
  { name: 'an answer without a token', given: { Items: [] }, expect: undefined },
] as const;

it.each(cases)('$name', ({ given, expect: expected }) => {
  expect(nextPage({ Size: 1 }, given)).toEqual(expected);
});

it('the token of the request itself, echoed on the last page, is not a next one', () => {
  expect(nextPage({ Marker: 'a' }, { Marker: 'a' })).toBeUndefined();
});

it('the next token takes the place of the last', () => {
  expect(nextPage({ NextToken: 'a' }, { NextToken: 'b' })).toEqual({ NextToken: 'b' });
});
