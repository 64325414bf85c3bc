import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AnalyzersFile, ORGANIZATION, type Analyzer } from './analyzers-file.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-analyzers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rule = {
  name: 'partner',
  filter: { 'principal.AWS': { eq: ['999900001111'] } },
  reason: 'contract 7',
  owner: 'finance',
};
const analyzer = { name: 'prod', accountId: '111122223333', rules: [rule] };
let count = 0;
const newPath = () => join(folder, `${count++}.json`);

describe('analyzers', () => {
  it('there is always one of the organization', async () => {
    expect(await new AnalyzersFile(newPath()).read()).toEqual([ORGANIZATION]);
  });

  it('are what was written', async () => {
    const path = newPath();
    await new AnalyzersFile(path).change((all) => [...all, analyzer]);
    expect(await new AnalyzersFile(path).read()).toEqual([ORGANIZATION, analyzer]);
    expect(await new AnalyzersFile(path).find('prod')).toEqual(analyzer);
    await expect(new AnalyzersFile(path).find('dev')).rejects.toMatchObject({ code: 'unknown-analyzer' });
  });

  it('are not changed when the change is not confirmed', async () => {
    const path = newPath();
    const file = new AnalyzersFile(path);
    await file.change((all) => [...all, analyzer]);
    const before = readFileSync(path, 'utf8');
    const refused = file.change(
      () => [],
      () => Promise.reject(new Error('the ledger cannot be written')),
    );
    await expect(refused).rejects.toThrow('the ledger cannot be written');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  const cases: readonly { name: string; change: object; says: string }[] = [
    { name: 'a name with a space', change: { ...analyzer, name: 'a b' }, says: 'analyzers[1].name' },
    { name: 'the name of another', change: { ...analyzer, name: 'organization' }, says: 'has `organization` twice' },
    { name: 'a short account', change: { ...analyzer, accountId: '123' }, says: 'analyzers[1].accountId' },
    { name: 'no rules', change: { name: 'x' }, says: 'analyzers[1].rules' },
    {
      name: 'a rule without a reason',
      change: { ...analyzer, rules: [{ ...rule, reason: ' ' }] },
      says: 'rules[0].reason',
    },
    {
      name: 'a rule without an owner',
      change: { ...analyzer, rules: [{ ...rule, owner: undefined }] },
      says: 'rules[0].owner',
    },
    {
      name: 'a rule for everything',
      change: { ...analyzer, rules: [{ ...rule, filter: {} }] },
      says: 'would archive everything',
    },
    { name: 'two rules of one name', change: { ...analyzer, rules: [rule, rule] }, says: 'has `partner` twice' },
    {
      name: 'an expiry that is no date',
      change: { ...analyzer, rules: [{ ...rule, expiresAt: 'soon' }] },
      says: 'rules[0].expiresAt',
    },
    {
      name: 'an unknown key',
      change: { ...analyzer, rules: [{ ...rule, filter: { principle: { eq: ['x'] } } }] },
      says: 'filter.principle',
    },
    {
      name: 'a key that asks nothing',
      change: { ...analyzer, rules: [{ ...rule, filter: { resource: {} } }] },
      says: 'asks nothing',
    },
    {
      name: 'an unknown operator',
      change: { ...analyzer, rules: [{ ...rule, filter: { resource: { like: ['x'] } } }] },
      says: 'filter.resource.like',
    },
    {
      name: 'a text for a list',
      change: { ...analyzer, rules: [{ ...rule, filter: { resource: { eq: 'x' } } }] },
      says: 'filter.resource.eq',
    },
  ];
  it.each(cases)('with $name are refused, and nothing is written', async ({ change, says }) => {
    const path = newPath();
    const refused = new AnalyzersFile(path).change((all) => [...all, change as Analyzer]);
    await expect(refused).rejects.toMatchObject({
      code: 'analyzers-file',
      message: expect.stringContaining(says) as string,
    });
    expect(await new AnalyzersFile(path).read()).toEqual([ORGANIZATION]);
  });

  it.each([
    { name: 'no JSON', text: '{', says: 'not JSON' },
    { name: 'another version', text: '{"version":9}', says: '`version` is 9' },
    { name: 'no list', text: '{"version":1}', says: '`analyzers` is not a list' },
  ])('in a file with $name are refused', async ({ text, says }) => {
    const path = newPath();
    writeFileSync(path, text);
    await expect(new AnalyzersFile(path).read()).rejects.toThrow(says);
  });
});
