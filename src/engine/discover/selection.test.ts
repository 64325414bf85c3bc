import { describe, expect, it } from 'vitest';
import { isIn, selectAccounts, selectRead, type Selection, type Unit } from './selection.js';

const account = (accountId: string, name: string, path: readonly string[], regions = ['us-east-1', 'eu-west-1']) => ({
  accountId,
  name,
  path,
  regions,
});
const accounts = [
  account('111111111111', 'management', []),
  account('222222222222', 'shop', ['Work', 'Prod']),
  account('333333333333', 'shop-test', ['Work', 'Test'], ['us-east-1']),
  account('444444444444', 'bank', ['Bank', 'Prod']),
];
const units: readonly Unit[] = [
  { id: 'ou-1', path: ['Work'] },
  { id: 'ou-2', path: ['Work', 'Prod'] },
  { id: 'ou-3', path: ['Work', 'Test'] },
  { id: 'ou-4', path: ['Bank'] },
  { id: 'ou-5', path: ['Bank', 'Prod'] },
  { id: 'ou-6', path: ['Empty'] },
];

describe('what is selected', () => {
  const cases: readonly { name: string; selection: Selection; ids: readonly string[] }[] = [
    { name: 'nothing named: all', selection: {}, ids: ['1', '2', '3', '4'] },
    { name: 'an account', selection: { accounts: ['222222222222'] }, ids: ['2'] },
    { name: 'a unit with what is below it', selection: { organizationalUnits: ['Work'] }, ids: ['2', '3'] },
    { name: 'a name that several units have', selection: { organizationalUnits: ['Prod'] }, ids: ['2', '4'] },
    { name: 'one of them by its path', selection: { organizationalUnits: ['Bank/Prod'] }, ids: ['4'] },
    { name: 'one of them by its id', selection: { organizationalUnits: ['ou-2'] }, ids: ['2'] },
    { name: 'several units', selection: { organizationalUnits: ['ou-3', 'Bank'] }, ids: ['3', '4'] },
    {
      name: 'an account under a unit',
      selection: { accounts: ['222222222222', '333333333333'], organizationalUnits: ['Prod'] },
      ids: ['2'],
    },
  ];
  it.each(cases)('$name', ({ selection, ids }) => {
    expect(selectAccounts(accounts, units, selection).map(({ accountId }) => accountId[0])).toEqual(ids);
  });
});

describe('what is not there is refused, with what is near', () => {
  const cases: readonly { name: string; selection: Selection; code: string; next: RegExp }[] = [
    { name: 'an account', selection: { accounts: ['222222222223'] }, code: 'unknown-account', next: /`222222222222`/ },
    {
      name: 'an account’s name',
      selection: { accounts: ['Bank'] },
      code: 'unknown-account',
      next: /`bank` is `4{12}`/,
    },
    { name: 'no account id', selection: { accounts: ['moon'] }, code: 'unknown-account', next: /one of `1{12}`, / },
    {
      name: 'a unit',
      selection: { organizationalUnits: ['Wrok'] },
      code: 'unknown-organizational-unit',
      next: /did you mean `Work`/,
    },
    {
      name: 'a unit’s path',
      selection: { organizationalUnits: ['Work/Prd'] },
      code: 'unknown-organizational-unit',
      next: /did you mean `Work\/Prod`/,
    },
    { name: 'a region', selection: { regions: ['eu-west-9'] }, code: 'unknown-region', next: /`eu-west-1`/ },
    {
      name: 'no region',
      selection: { regions: ['moon'] },
      code: 'unknown-region',
      next: /one of `eu-west-1`, `us-east-1`/,
    },
    {
      name: 'an account that lies elsewhere',
      selection: { accounts: ['444444444444'], organizationalUnits: ['Work'] },
      code: 'no-account-selected',
      next: /other units/,
    },
  ];
  it.each(cases)('$name', ({ selection, code, next }) => {
    const problem = { code, next: expect.stringMatching(next) as string, exit: 'badUsage' };
    expect(() => selectRead(accounts, selection)).toThrow(expect.objectContaining(problem) as Error);
  });
  it('a unit without accounts', () => {
    const selection = { organizationalUnits: ['Empty'] };
    expect(() => selectAccounts(accounts, units, selection)).toThrow('no account is in all that was asked for');
  });
});

it('of accounts, the regions that are meant and were read are kept; what belongs to an account as a whole is in it', () => {
  const read = selectRead(accounts, { organizationalUnits: ['Work'], regions: ['eu-west-1'] });
  expect(read.map(({ regions }) => regions)).toEqual([['eu-west-1'], []]);
  const inside = isIn(read);
  expect(inside({ accountId: '222222222222', region: 'eu-west-1' })).toBe(true);
  expect(inside({ accountId: '333333333333', region: 'global' })).toBe(true);
  expect(inside({ accountId: '222222222222', region: 'us-east-1' })).toBe(false);
  expect(inside({ accountId: '444444444444', region: 'global' })).toBe(false);
});
