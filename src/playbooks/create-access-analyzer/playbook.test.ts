import { describe, expect, it } from 'vitest';
import { GLOBAL, type Resource } from '../../estate/estate.js';
import { MemoryEstate } from '../../estate/memory-estate.js';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT, Name: 'test' }, GLOBAL);
const analyzer = (type: 'ACCOUNT' | 'ACCOUNT_UNUSED_ACCESS', status: 'ACTIVE' | 'FAILED', region: string = REGION) => {
  const arn = `arn:aws:access-analyzer:${region}:${ACCOUNT}:analyzer/outside`;
  const createdAt = '2025-01-01T00:00:00.000Z';
  const configuration = { arn, name: 'outside', type, status, createdAt, tags: {}, ArchiveRules: [] };
  return resource('AWS::AccessAnalyzer::Analyzer', arn, configuration, region);
};

/** The test account with two regions. */
function estate(...analyzers: readonly Resource[]): MemoryEstate {
  const { header } = estateOf();
  const accounts = header.accounts.map((each) => ({ ...each, regions: [REGION, 'us-east-1'] }));
  return new MemoryEstate({ ...header, accounts }, [account, ...analyzers]);
}
const run = (...analyzers: readonly Resource[]) =>
  rehearsed(playbook, subjectOf('IAM.28', account), {}, estate(...analyzers));

describe('an account that nothing watches', () => {
  it.each([
    { name: 'in no region', analyzers: [], regions: [REGION, 'us-east-1'] },
    { name: 'in one of two', analyzers: [analyzer('ACCOUNT', 'ACTIVE', 'us-east-1')], regions: [REGION] },
    {
      name: 'for access from outside',
      analyzers: [analyzer('ACCOUNT_UNUSED_ACCESS', 'ACTIVE')],
      regions: [REGION, 'us-east-1'],
    },
  ])('$name: gets an analyzer in $regions', async ({ analyzers, regions }) => {
    const result = await run(...analyzers);
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ call }) => call.region)).toEqual(regions);
    expect(rehearsal.summary).toMatchObject({ closes: true, opens: [], undo: { status: 'restores' } });
    expect(rehearsal.summary.access).toMatchObject({ status: 'unchanged' });
  });

  it('is refused when an analyzer that failed is in the way', async () => {
    const says = expect.stringContaining('outside in eu-west-1 is FAILED') as string;
    expect(await run(analyzer('ACCOUNT', 'FAILED'))).toMatchObject({ refused: says });
  });

  it('is refused when every region has one', async () => {
    const both = [REGION, 'us-east-1'].map((region) => analyzer('ACCOUNT', 'ACTIVE', region));
    expect(await run(...both)).toHaveProperty('refused');
  });
});
