import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { AutomationFiring } from '../../../findings/hub/automation-log.js';
import type { AutomationRule } from '../../../findings/hub/automation-rule.js';
import { asffFinding } from '../../../findings/hub/hub.fixture.js';
import type { Database } from '../database.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { AutomationFirings } from './automation-firings.js';

const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
const { ProductArn } = asffFinding();
const ACCOUNT = '000000000042';

let postgres: TestPostgres;
let database: Database;
let firings: AutomationFirings;

beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
beforeEach(async () => {
  database = await postgres.database();
  firings = new AutomationFirings(database);
});
afterAll(() => postgres?.stop());

const rule = (RuleName: string, hour = 0): AutomationRule => ({
  ...{ RuleArn: `arn:${RuleName}`, RuleName, RuleOrder: 1, UpdatedAt: at(hour).toISOString() },
});
const firing = (Id: string, hour: number, of: AutomationRule, more: Partial<AutomationFiring> = {}) => ({
  ...{ identifier: { Id, ProductArn }, accountId: ACCOUNT, at: at(hour), rule: of },
  ...more,
});

it('are told of a finding from a time on, in the order in which they fired', async () => {
  await firings.record([firing('a', 1, rule('old'))]);
  await firings.record([
    firing('a', 2, rule('second')),
    firing('b', 2, rule('second')),
    firing('a', 2, rule('first'), { refused: 'too large' }),
  ]);
  expect(await firings.of({ Id: 'a', ProductArn }, at(2))).toEqual([
    { finding: 'a', at: at(2).toISOString(), rule: rule('second') },
    { finding: 'a', at: at(2).toISOString(), rule: rule('first'), refused: 'too large' },
  ]);
});

it('of no account that is a number are told to those who see all', async () => {
  await firings.record([firing('a', 1, rule('one'), { accountId: '' })]);
  expect(await firings.newest({ limit: 9 })).toHaveLength(1);
  expect(await firings.newest({ limit: 9, accounts: [ACCOUNT] })).toEqual([]);
});

it('said twice are there once', async () => {
  for (let times = 0; times < 2; times++) await firings.record([firing('a', 1, rule('one'))]);
  expect(await firings.newest({ limit: 10 })).toHaveLength(1);
});

it('keep the rule as it was, from whichever process', async () => {
  await firings.record([firing('a', 1, rule('one', 0))]);
  await new AutomationFirings(database).record([firing('b', 2, rule('one', 0)), firing('c', 3, rule('one', 2))]);
  expect((await firings.newest({ rule: 'one', limit: 10 })).map(({ finding, rule: was }) => [finding, was])).toEqual([
    ['c', rule('one', 2)],
    ['b', rule('one', 0)],
    ['a', rule('one', 0)],
  ]);
  const { rows } = await database.query('select id from hikeshi.automation_rule_version');
  expect(rows).toHaveLength(2);
});

it('are listed newest first, of one rule and of some accounts', async () => {
  const other = { accountId: '111111111111' };
  await firings.record([
    firing('a', 1, rule('one')),
    firing('b', 2, rule('two'), other),
    firing('c', 3, rule('one'), other),
  ]);
  const ids = async (query: Parameters<AutomationFirings['newest']>[0]) =>
    (await firings.newest(query)).map(({ finding }) => finding);
  expect(await ids({ limit: 2 })).toEqual(['c', 'b']);
  expect(await ids({ limit: 9, rule: 'one' })).toEqual(['c', 'a']);
  expect(await ids({ limit: 9, accounts: [ACCOUNT] })).toEqual(['a']);
  expect(await ids({ limit: 9, accounts: [] })).toEqual([]);
});

it('go after a time, some at once', async () => {
  await firings.record([1, 2, 3, 4].map((hour) => firing(`f-${hour}`, hour, rule(hour % 2 === 0 ? 'even' : 'odd'))));
  expect(await firings.forget(at(4), 2)).toBe(2);
  expect(await firings.forget(at(4), 2)).toBe(1);
  expect(await firings.forget(at(4), 2)).toBe(0);
  expect((await firings.newest({ limit: 9 })).map(({ finding }) => finding)).toEqual(['f-4']);
});
