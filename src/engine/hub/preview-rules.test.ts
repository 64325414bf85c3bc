import { beforeAll, describe, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import { MemoryFindingHub } from '../../findings/hub/memory-finding-hub.js';
import { previewAutomationRule, previewEventRule, type PreviewContext } from './preview-rules.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const PROD = '222222222222';
const UNREAD = '333333333333';
const ids = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'test' }, now: NOW } as const;

const of = (account: string, n: number, more: Partial<AsffFinding> = {}): AsffFinding =>
  asffFinding({
    Id: `${account}-${n}`,
    ProductArn: `arn:aws:securityhub:us-east-1:${account}:product/${account}/default`,
    AwsAccountId: account,
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' },
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: `arn:aws:ec2:us-east-1:${account}:security-group/sg-${n}` }],
    ...more,
  });

const hub = new MemoryFindingHub();
const context: PreviewContext = {
  findings: hub,
  controls,
  now: () => NOW,
  factsOf: ({ accountId, controlId, region, severity }) =>
    Promise.resolve({
      ...{ accountId, controlId, region, severity },
      path: accountId === UNREAD ? undefined : [accountId === PROD ? 'Prod' : 'Dev'],
      tags: {},
    }),
};

beforeAll(async () => {
  const findings = [
    ...[1, 2].map((n) => of('111111111111', n)),
    ...[1, 2, 3].map((n) => of(PROD, n, { Title: `port ${n}` })),
    of(UNREAD, 1),
    of(PROD, 4, { Severity: { Label: 'LOW' } }),
  ];
  expect((await hub.importFindings(findings, ids)).map(({ kind }) => kind)).toEqual(findings.map(() => 'created'));
});

const options = { limit: 2 };
const rule = (scope?: object) => ({
  name: 'fix',
  enabled: true,
  pattern: { source: ['aws.securityhub'], detail: { findings: { Severity: { Label: ['HIGH'] } } } },
  targets: [{ kind: 'respond' }],
  ...(scope === undefined ? {} : { scope }),
});

describe('what an event rule would match', () => {
  it.each([
    ['by its pattern', undefined, 6],
    ['in its scope', { organizationalUnits: ['Prod'] }, 3],
    ['never what is not surely in scope', { except: { organizationalUnits: ['Prod'] } }, 2],
    ['nothing in a scope of others', { accounts: ['999999999999'] }, 0],
  ])('%s', async (_name, scope, matched) => {
    const made = await previewEventRule(context, rule(scope), options);
    expect(made).toMatchObject({ matched, examined: 7, complete: true });
    expect(made).toHaveProperty('findings.length', Math.min(matched, options.limit));
  });

  it('of the accounts that the caller may see', async () => {
    expect(await previewEventRule(context, rule(), { ...options, accounts: [PROD] })).toMatchObject({
      matched: 3,
      examined: 4,
    });
  });

  it('a mistake is named', async () => {
    expect(await previewEventRule(context, { ...rule(), pattern: { source: 'x' } }, options)).toMatchObject({
      invalid: { field: 'rule.pattern' },
    });
  });
});

describe('what an automation rule would change', () => {
  const automation = (Criteria: object) => ({
    RuleName: 'quiet',
    RuleOrder: 1,
    Description: 'lower it',
    Criteria,
    Actions: [{ Type: 'FINDING_FIELDS_UPDATE' as const, FindingFieldsUpdate: { Severity: { Label: 'LOW' as const } } }],
  });
  it.each([
    ['an equal value, which the listing looks for', { AwsAccountId: [{ Comparison: 'EQUALS', Value: PROD }] }, 4, 4],
    ['a part of a text, which only rules may ask for', { Title: [{ Comparison: 'CONTAINS', Value: 'port' }] }, 3, 7],
    [
      'all criteria together',
      {
        Title: [{ Comparison: 'CONTAINS', Value: 'port' }],
        AwsAccountId: [{ Comparison: 'EQUALS', Value: PROD }],
        ResourceId: [{ Comparison: 'NOT_CONTAINS', Value: 'sg-3' }],
      },
      2,
      4,
    ],
  ])('%s', async (_name, criteria, matched, examined) => {
    expect(await previewAutomationRule(context, automation(criteria), options)).toMatchObject({
      ...{ matched, examined, complete: true },
    });
  });

  it('a mistake is named', async () => {
    const wrong = automation({ Colour: [{ Comparison: 'EQUALS', Value: 'red' }] });
    expect(await previewAutomationRule(context, wrong, options)).toEqual({
      invalid: { field: 'rule.Criteria.Colour', rule: 'there is no such criterion' },
    });
  });
});
