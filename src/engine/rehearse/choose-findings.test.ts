import { describe, expect, it } from 'vitest';
import type { Finding } from '../../findings/finding.js';
import { chooseFindings, findOne, type FindingChoice } from './choose-findings.js';

const finding = (uuid: string, controlId: string, accountId: string, region: string, over: Partial<Finding> = {}) =>
  ({
    id: `arn:aws:securityhub:${region}:${accountId}:finding/${uuid}`,
    controlId,
    accountId,
    region,
    status: 'FAILED',
    workflow: 'NEW',
    recordState: 'ACTIVE',
    ...over,
  }) as Finding;

const findings = [
  finding('1a2b3c4d-0000', 'EC2.8', '111111111111', 'us-east-1'),
  finding('1a2b3c4e-0000', 'EC2.8', '222222222222', 'eu-west-1'),
  finding('5f6e7d8c-0000', 'IAM.7', '222222222222', 'global'),
  finding('99999999-0000', 'IAM.7', '111111111111', 'global', { status: 'PASSED' }),
];
const account = (accountId: string, path: readonly string[], regions: readonly string[]) => ({
  accountId,
  name: accountId,
  path,
  regions,
});
const scanned = [account('111111111111', ['Prod'], ['us-east-1']), account('222222222222', ['Test'], ['eu-west-1'])];
const choice = (over: Partial<FindingChoice>): FindingChoice => ({ ids: [], controls: [], all: false, ...over });
const shorts = (chosen: readonly Finding[]) => chosen.map(({ id }) => id.split('/')[1]?.slice(0, 8));

describe('which findings are meant', () => {
  it.each([
    { name: 'all open ones', wanted: { all: true }, are: ['1a2b3c4d', '1a2b3c4e', '5f6e7d8c'] },
    { name: 'those of a control', wanted: { controls: ['IAM.7'] }, are: ['5f6e7d8c'] },
    { name: 'one by its beginning', wanted: { ids: ['5F6E'] }, are: ['5f6e7d8c'] },
    {
      name: 'all of an account',
      wanted: { all: true, selection: { accounts: ['222222222222'] } },
      are: ['1a2b3c4e', '5f6e7d8c'],
    },
    { name: 'all of a unit', wanted: { all: true, selection: { organizationalUnits: ['Prod'] } }, are: ['1a2b3c4d'] },
    {
      name: 'all of a region, and of accounts as a whole',
      wanted: { all: true, selection: { regions: ['us-east-1'] } },
      are: ['1a2b3c4d', '5f6e7d8c'],
    },
    {
      name: 'a named one that lies elsewhere',
      wanted: { ids: ['5f6e7d8c'], selection: { accounts: ['111111111111'] } },
      are: [],
    },
  ])('$name', ({ wanted, are }) => {
    expect(shorts(chooseFindings(findings, choice(wanted), scanned))).toEqual(are);
  });
  it('accounts that others scanned are known by their findings', () => {
    const wanted = choice({ all: true, selection: { accounts: ['222222222222'], regions: ['eu-west-1'] } });
    expect(shorts(chooseFindings(findings, wanted, []))).toEqual(['1a2b3c4e', '5f6e7d8c']);
  });
  it('an account that nobody scanned is refused', () => {
    const wanted = choice({ all: true, selection: { accounts: ['111111111112'] } });
    expect(() => chooseFindings(findings, wanted, scanned)).toThrow('there is no account `111111111112`');
  });
});

describe('a finding that is not there is refused, with what may be meant', () => {
  it.each([
    { name: 'a digit wrong', id: '1a2b3c4f', next: 'did you mean `1a2b3c4d`, `1a2b3c4e`?' },
    { name: 'nothing near', id: 'zzzzzzzz', next: 'it is one of `1a2b3c4d`, `1a2b3c4e`, `5f6e7d8c`' },
    { name: 'a control’s name', id: 'ec2.8', next: '`--control EC2.8` means all its open findings' },
    { name: 'near another thing’s name', id: 'KMS', others: ['KMS.4'], next: 'did you mean `KMS.4`?' },
    { name: 'none is open', id: 'zzzzzzzz', among: findings.slice(3), next: 'it is one of `99999999`' },
    { name: 'there are none at all', id: '1a2b3c4d', among: [], next: 'run `hikeshi scan` first' },
  ])('$name', ({ id, others = [], among = findings, next }) => {
    const problem = { code: 'unknown-finding', next, exit: 'badUsage' };
    expect(() => findOne(among, id, others)).toThrow(expect.objectContaining(problem) as Error);
  });
  it('the beginning of several', () => {
    expect(() => findOne(findings, '1a2b')).toThrow(expect.objectContaining({ code: 'ambiguous-finding' }) as Error);
  });
});
