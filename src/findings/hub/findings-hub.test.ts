import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAutomationRules, readyRules } from './apply-automation-rules.js';
import { automationRuleMistake, type AutomationRule } from './automation-rule.js';
import { changeFinding } from './change-finding.js';
import { compileFilters } from './finding-filters.js';
import type { AsffFinding, FindingFilters } from './finding-hub.js';
import { importFinding } from './import-finding.js';
import { MemoryFindingHub } from './memory-finding-hub.js';
import { customActionEvent, importedEvent, insightResultsEvent } from './security-hub-events.js';
import { validateFinding } from './validate-finding.js';

const NOW = new Date('2026-03-10T00:00:00.000Z');
const ACCOUNT = '111122223333';
const base: AsffFinding = {
  SchemaVersion: '2018-10-08',
  Id: 'finding-1',
  ProductArn: `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`,
  GeneratorId: 'generator',
  AwsAccountId: ACCOUNT,
  Types: ['Software and Configuration Checks'],
  CreatedAt: '2026-03-01T00:00:00.000Z',
  UpdatedAt: '2026-03-01T00:00:00.000Z',
  Severity: { Label: 'HIGH' },
  Title: 'title',
  Description: 'description',
  Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::bucket' }],
};
const newer = { UpdatedAt: '2026-03-02T00:00:00.000Z' };
const context = { now: NOW };

function imported(known: AsffFinding | undefined, given: Partial<AsffFinding>): AsffFinding {
  const outcome = importFinding(known, { ...base, ...given }, context);
  if (!('finding' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.finding;
}

describe('a finding that is imported', () => {
  it('is new, active, and has both forms of its severity', () => {
    expect(imported(undefined, {})).toMatchObject({
      Workflow: { Status: 'NEW' },
      RecordState: 'ACTIVE',
      Severity: { Label: 'HIGH', Normalized: 70 },
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
    });
  });

  it('is taken from no account by whoever may not import for it', () => {
    const known = imported(undefined, {});
    const mine = { ...base, ...newer, AwsAccountId: '222222222222' };
    expect(importFinding(known, mine, { ...context, accounts: ['222222222222'] })).toMatchObject({
      kind: 'refused',
      code: 'InvalidAccess',
    });
    expect(importFinding(known, mine, context)).toMatchObject({ kind: 'updated' });
  });

  it.each([
    [0, 'INFORMATIONAL'],
    [1, 'LOW'],
    [39, 'LOW'],
    [40, 'MEDIUM'],
    [69, 'MEDIUM'],
    [70, 'HIGH'],
    [89, 'HIGH'],
    [90, 'CRITICAL'],
    [100, 'CRITICAL'],
  ])('with a severity of %i is %s', (Normalized, Label) => {
    expect(imported(undefined, { Severity: { Normalized } }).Severity).toMatchObject({ Label, Normalized });
  });

  it.each([
    ['older', '2026-02-28T00:00:00.000Z'],
    ['equal', '2026-03-01T00:00:00.000Z'],
    ['equal, written otherwise', '2026-03-01T01:00:00.000+01:00'],
  ])('with an %s UpdatedAt changes nothing', (_name, UpdatedAt) => {
    const known = imported(undefined, {});
    expect(importFinding(known, { ...base, Title: 'other', UpdatedAt }, context)).toEqual({ kind: 'unchanged' });
  });

  it('again keeps when it was created, and what the customer said', () => {
    const known = {
      ...imported(undefined, {}),
      Note: { Text: 'n', UpdatedBy: 'me', UpdatedAt: '2026-03-01T00:00:00.000Z' },
      UserDefinedFields: { a: 'b' },
      VerificationState: 'TRUE_POSITIVE' as const,
      Workflow: { Status: 'NOTIFIED' as const },
    };
    const given = {
      ...newer,
      CreatedAt: '2026-03-02T00:00:00.000Z',
      Note: undefined as never,
      UserDefinedFields: { x: 'y' },
      Title: 'new title',
    };
    expect(imported(known, given)).toMatchObject({
      CreatedAt: base.CreatedAt,
      Title: 'new title',
      Note: { Text: 'n' },
      UserDefinedFields: { a: 'b' },
      VerificationState: 'TRUE_POSITIVE',
      Workflow: { Status: 'NOTIFIED' },
    });
  });

  describe('speaks of severity for the product', () => {
    const cases: readonly {
      name: string;
      customer?: 'LOW';
      given: Partial<AsffFinding>;
      top: string;
      provider: string;
    }[] = [
      {
        name: 'in FindingProviderFields only',
        given: { Severity: undefined as never, FindingProviderFields: { Severity: { Label: 'CRITICAL' } } },
        top: 'CRITICAL',
        provider: 'CRITICAL',
      },
      { name: 'at the top only', given: { Severity: { Label: 'MEDIUM' } }, top: 'MEDIUM', provider: 'MEDIUM' },
      {
        name: 'in both: FindingProviderFields counts',
        given: { Severity: { Label: 'MEDIUM' }, FindingProviderFields: { Severity: { Label: 'CRITICAL' } } },
        top: 'CRITICAL',
        provider: 'CRITICAL',
      },
      {
        name: 'after a customer has set another',
        customer: 'LOW',
        given: { Severity: { Label: 'CRITICAL' } },
        top: 'LOW',
        provider: 'CRITICAL',
      },
    ];
    it.each(cases)('$name', ({ customer, given, top, provider }) => {
      const first = imported(undefined, {});
      const known = customer === undefined ? first : { ...first, Severity: { Label: customer, Normalized: 1 } };
      const after = imported(known, { ...newer, ...given });
      expect([after.Severity?.Label, after.FindingProviderFields?.Severity?.Label]).toEqual([top, provider]);
    });
  });

  describe('has a workflow', () => {
    type Status = 'NEW' | 'NOTIFIED' | 'RESOLVED' | 'SUPPRESSED';
    type Case = [string, Partial<AsffFinding> & { status: Status }, Partial<AsffFinding>, Status];
    const passed = { Compliance: { Status: 'PASSED' as const } };
    const failed = { Compliance: { Status: 'FAILED' as const } };
    it.each<Case>([
      ['that stays while it fails', { status: 'NOTIFIED', ...failed }, failed, 'NOTIFIED'],
      ['that is resolved when it passes', { status: 'NOTIFIED', ...failed }, passed, 'RESOLVED'],
      ['that is new when it stops passing', { status: 'RESOLVED', ...passed }, failed, 'NEW'],
      [
        'that is new when it warns after passing',
        { status: 'RESOLVED', ...passed },
        { Compliance: { Status: 'WARNING' } },
        'NEW',
      ],
      [
        'that is new when it comes back from the archive',
        { status: 'RESOLVED', RecordState: 'ARCHIVED' },
        { RecordState: 'ACTIVE' },
        'NEW',
      ],
      ['that stays suppressed when it fails again', { status: 'SUPPRESSED', ...passed }, failed, 'SUPPRESSED'],
      ['that stays suppressed when it passes', { status: 'SUPPRESSED', ...failed }, passed, 'SUPPRESSED'],
    ])('%s', (_name, { status, ...before }, given, wanted) => {
      const known = { ...imported(undefined, before), Workflow: { Status: status } };
      expect(imported(known, { ...newer, ...given }).Workflow).toEqual({ Status: wanted });
    });
    it('that is resolved at once when it passes at first sight', () => {
      expect(imported(undefined, passed).Workflow).toEqual({ Status: 'RESOLVED' });
    });
  });
});

describe('a finding is refused by the name of the field and the rule', () => {
  it.each<[string, object, string]>([
    ['no title', { Title: undefined }, "finding must have required property 'Title'"],
    ['no severity at all', { Severity: undefined }, "finding must have required property 'Severity'"],
    ['another schema', { SchemaVersion: '2020' }, 'finding.SchemaVersion must be one of 2018-10-08'],
    [
      'a control that is no text',
      { Compliance: { SecurityControlId: 7 } },
      'finding.Compliance.SecurityControlId must be string',
    ],
    ['an account that is none', { AwsAccountId: '12' }, 'finding.AwsAccountId must be an account id of 12 digits'],
    ['a long title', { Title: 'x'.repeat(257) }, 'finding.Title must NOT have more than 256 characters'],
    ['a time that is none', { UpdatedAt: 'today' }, 'finding.UpdatedAt must match format "date-time"'],
    ['a time without a zone', { CreatedAt: '2026-03-01T00:00:00' }, 'finding.CreatedAt must match format "date-time"'],
    [
      'a type of no namespace',
      { Types: ['x/y'] },
      'finding.Types[0] must be of the form namespace/category/classifier',
    ],
    [
      'another label',
      { Severity: { Label: 'URGENT' } },
      'finding.Severity.Label must be one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL',
    ],
    ['no resources', { Resources: [] }, 'finding.Resources must NOT have fewer than 1 items'],
    [
      'too many resources',
      { Resources: Array.from({ length: 33 }, () => ({ Type: 'Other', Id: 'x' })) },
      'finding.Resources must NOT have more than 32 items',
    ],
    [
      'a resource without an id',
      { Resources: [{ Type: 'Other', Id: 'x' }, { Type: 'Other' }] },
      "finding.Resources[1] must have required property 'Id'",
    ],
    ['a resource that is null', { Resources: [null] }, 'finding.Resources[0] must be object'],
    ['a resource of a number', { Resources: [{ Type: 'Other', Id: 7 }] }, 'finding.Resources[0].Id must be string'],
    [
      'too many fields',
      { ProductFields: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])) },
      'finding.ProductFields must NOT have more than 50 properties',
    ],
    [
      'a long field',
      { UserDefinedFields: { k: 'x'.repeat(1025) } },
      'finding.UserDefinedFields.k must be a string of at most 1024 characters',
    ],
    [
      'another workflow',
      { Workflow: { Status: 'DONE' } },
      'finding.Workflow.Status must be one of NEW, NOTIFIED, RESOLVED, SUPPRESSED',
    ],
    ['a list where a text belongs', { Title: ['x'] }, 'finding.Title must be string'],
  ])('%s', (_name, given, message) => {
    expect(validateFinding({ ...base, ...given } as AsffFinding)).toEqual({ code: 'InvalidInput', message });
  });

  it.each([
    ['of another account', { account: '999999999999' }],
    ['of none of the accounts', { accounts: ['999999999999', '888888888888'] }],
    ['where there are no accounts', { accounts: [] }],
  ])('%s', (_name, by) => {
    expect(validateFinding(base, by)).toMatchObject({ code: 'InvalidAccess' });
  });

  it.each([
    ['nests without end', '{"a":'.repeat(65) + '1' + '}'.repeat(65), ': it must not nest deeper than 64'],
    ['holds U+0000', '{"a":["\\u0000"]}', '.a.0: it must be text without U+0000 and without half characters'],
    ['holds half a character', '{"a":"\\ud800"}', '.a: it must be text without U+0000 and without half characters'],
  ])('whose document %s', (_name, json, rule) => {
    const Details = JSON.parse(json) as object;
    const refused = validateFinding({ ...base, Resources: [{ Type: 'Other', Id: 'x', Details }] } as AsffFinding);
    expect(refused?.code).toBe('InvalidInput');
    expect(refused?.message).toMatch(/^finding\.Resources\.0\.Details/);
    expect(refused?.message.endsWith(rule)).toBe(true);
  });

  it('beyond 240 KB', () => {
    const Details = { Other: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, 'x'.repeat(7000)])) };
    const large = { ...base, Resources: [{ Type: 'Other', Id: 'x', Details }] };
    expect(validateFinding(large)).toMatchObject({
      code: 'LimitExceeded',
      message: expect.stringContaining('240 KB') as string,
    });
  });

  it('whatever it is, without breaking', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(base), 'Note', 'Types', 'Compliance'), fc.jsonValue()),
        (given) => {
          const refused = validateFinding({ ...base, ...given } as AsffFinding);
          if (refused !== undefined) expect(refused.message).toMatch(/^finding/);
        },
      ),
    );
  });
});

describe('a finding that a customer changes', () => {
  it('keeps its UpdatedAt, and has a note with its time', () => {
    const known = imported(undefined, {});
    const change = {
      Workflow: { Status: 'NOTIFIED' as const },
      Severity: { Label: 'LOW' as const },
      Note: { Text: 'seen', UpdatedBy: 'me' },
    };
    expect(changeFinding(known, change, context)).toMatchObject({
      kind: 'changed',
      finding: {
        UpdatedAt: known.UpdatedAt,
        Workflow: { Status: 'NOTIFIED' },
        Severity: { Label: 'LOW', Normalized: 1 },
        Note: { Text: 'seen', UpdatedBy: 'me', UpdatedAt: NOW.toISOString() },
      },
    });
  });

  it('is refused what ASFF does not allow', () => {
    expect(changeFinding(imported(undefined, {}), { Confidence: 101 }, context)).toMatchObject({
      kind: 'refused',
      message: 'finding.Confidence must be a number from 0 to 100',
    });
  });
});

describe('filters', () => {
  const finding: AsffFinding = {
    ...imported(undefined, {}),
    ProductFields: { rule: 'one', 'a.b': 'two' },
    Confidence: 42,
    Network: { SourceIpV4: '10.1.2.3', SourceIpV6: '2001:db8::1' },
    Resources: [
      { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::one', Tags: { team: 'web' } },
      { Type: 'AwsEc2Instance', Id: 'i-2', Details: { AwsEc2Instance: { VpcId: 'vpc-1' } } },
    ],
    Sample: false,
  };
  type Case = [string, FindingFilters, boolean];
  const eq = (Value: string) => ({ Comparison: 'EQUALS' as const, Value });
  const not = (Value: string) => ({ Comparison: 'NOT_EQUALS' as const, Value });
  it.each<Case>([
    ['none', {}, true],
    ['an empty list', { Title: [] }, true],
    ['equal', { SeverityLabel: [eq('HIGH')] }, true],
    ['one of several', { SeverityLabel: [eq('LOW'), eq('HIGH')] }, true],
    ['case counts', { SeverityLabel: [eq('high')] }, false],
    ['any resource', { ResourceType: [eq('AwsEc2Instance')] }, true],
    ['not equal: no resource may be', { ResourceType: [not('AwsEc2Instance')] }, false],
    ['not equal to either', { Title: [not('a'), not('b')] }, true],
    ['not equal to one of them', { Title: [not('a'), not('title')] }, false],
    ['prefix', { Title: [{ Comparison: 'PREFIX', Value: 'ti' }] }, true],
    [
      'a prefix, but not that one',
      {
        ResourceId: [
          { Comparison: 'PREFIX', Value: 'arn:' },
          { Comparison: 'PREFIX_NOT_EQUALS', Value: 'arn:aws:ec2' },
        ],
      },
      true,
    ],
    ['an attribute it has no value of', { CompanyName: [eq('x')] }, false],
    ['not equal, of no value', { CompanyName: [not('x')] }, true],
    ['two attributes', { SeverityLabel: [eq('HIGH')], Title: [eq('other')] }, false],
    ['a map', { ProductFields: [{ Comparison: 'EQUALS', Key: 'rule', Value: 'one' }] }, true],
    ['a map’s key with a dot', { ProductFields: [{ Comparison: 'EQUALS', Key: 'a.b', Value: 'two' }] }, true],
    ['a map, not equal', { ProductFields: [{ Comparison: 'NOT_EQUALS', Key: 'rule', Value: 'one' }] }, false],
    ['a tag', { ResourceTags: [{ Comparison: 'EQUALS', Key: 'team', Value: 'web' }] }, true],
    ['a number', { Confidence: [{ Gte: 40, Lt: 43 }] }, true],
    ['a number out of range', { Confidence: [{ Gt: 42 }] }, false],
    ['a date range of days', { UpdatedAt: [{ DateRange: { Unit: 'DAYS', Value: 9 } }] }, true],
    ['too few days', { UpdatedAt: [{ DateRange: { Unit: 'DAYS', Value: 8 } }] }, false],
    ['a start and an end', { UpdatedAt: [{ Start: '2026-02-01T00:00:00Z', End: '2026-03-01T00:00:00Z' }] }, true],
    ['a network', { NetworkSourceIpV4: [{ Cidr: '10.0.0.0/8' }] }, true],
    ['another network', { NetworkSourceIpV4: [{ Cidr: '10.2.0.0/16' }] }, false],
    ['a network of IPv6', { NetworkSourceIpV6: [{ Cidr: '2001:db8::/32' }] }, true],
    ['details of a resource', { ResourceAwsEc2InstanceVpcId: [eq('vpc-1')] }, true],
    ['a keyword, in any case', { Keyword: [{ Value: 'DESCRIPT' }] }, true],
    ['a keyword that is nowhere', { Keyword: [{ Value: 'nowhere' }] }, false],
    ['a boolean', { Sample: [{ Value: true }] }, false],
  ])('%s', (_name, filters, wanted) => {
    const compiled = compileFilters(filters, NOW);
    if ('mistake' in compiled) throw new Error(compiled.mistake.message);
    expect(compiled.matches(finding)).toBe(wanted);
  });

  it.each<[string, object, string]>([
    ['of no attribute', { Nothing: [eq('x')] }, 'Filters.Nothing'],
    ['equal and not equal', { Title: [eq('a'), not('b')] }, 'Filters.Title'],
    ['contains, outside automation rules', { Title: [{ Comparison: 'CONTAINS', Value: 'a' }] }, 'Filters.Title'],
    ['another comparison', { Title: [{ Comparison: 'CONTAINS_WORD', Value: 'a' }] }, 'Filters.Title'],
    ['a text without a value', { Title: [{ Comparison: 'PREFIX' }] }, 'Filters.Title'],
    ['a number without a bound', { Confidence: [{}] }, 'Filters.Confidence'],
    ['a bound that is no number', { Confidence: [{ Gte: 'x' }] }, 'Filters.Confidence'],
    ['a date that says nothing', { UpdatedAt: [{}] }, 'Filters.UpdatedAt'],
    ['a date that is none', { UpdatedAt: [{ Start: 'soon' }] }, 'Filters.UpdatedAt'],
    ['a range without a length', { UpdatedAt: [{ DateRange: { Unit: 'DAYS' } }] }, 'Filters.UpdatedAt'],
    ['a network without a length', { NetworkSourceIpV4: [{ Cidr: '10.0.1.0/' }] }, 'Filters.NetworkSourceIpV4'],
    ['a network of letters', { NetworkSourceIpV4: [{ Cidr: '10.0.1.0/abc' }] }, 'Filters.NetworkSourceIpV4'],
    ['a network that is too long', { NetworkSourceIpV4: [{ Cidr: '10.0.1.0/33' }] }, 'Filters.NetworkSourceIpV4'],
    ['a map without its key', { ResourceTags: [{ Comparison: 'EQUALS', Value: 'x' }] }, 'Filters.ResourceTags'],
    [
      'a map that contains, outside automation rules',
      { ResourceTags: [{ Comparison: 'CONTAINS', Key: 'k', Value: 'x' }] },
      'Filters.ResourceTags',
    ],
    ['a keyword that is empty', { Keyword: [{ Value: '' }] }, 'Filters.Keyword'],
    ['a value that is no object', { Title: ['x'] }, 'Filters.Title'],
    ['too many values', { Title: Array.from({ length: 21 }, (_, n) => eq(String(n))) }, 'Filters.Title'],
    [
      'too many attributes',
      Object.fromEntries(
        [
          'Title',
          'Id',
          'Type',
          'Region',
          'NoteText',
          'ProductArn',
          'SourceUrl',
          'Description',
          'ProductName',
          'CompanyName',
          'GeneratorId',
        ].map((name) => [name, [eq('x')]]),
      ),
      'Filters',
    ],
  ])('%s are refused by name', (_name, filters, field) => {
    expect(compileFilters(filters as FindingFilters, NOW)).toMatchObject({ mistake: { field } });
  });
});

describe('automation rules', () => {
  const rule = (RuleName: string, RuleOrder: number, more: Partial<AutomationRule> = {}): AutomationRule => ({
    RuleArn: `arn:${RuleName}`,
    RuleName,
    RuleOrder,
    Description: 'd',
    RuleStatus: 'ENABLED',
    Criteria: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'HIGH' }] },
    Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Severity: { Label: 'LOW' } } }],
    ...more,
  });
  const finding = imported(undefined, {});
  const said = (rules: readonly AutomationRule[]) => applyAutomationRules(finding, readyRules(rules, NOW), NOW);

  it('are applied in their order, each seeing what the earlier ones changed', () => {
    const notify = rule('second', 2, {
      Criteria: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'LOW' }] },
      Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Workflow: { Status: 'NOTIFIED' } } }],
    });
    expect(said([notify, rule('first', 1)])).toMatchObject([
      { rule: { RuleName: 'first' }, is: 'matched', change: { Severity: { Label: 'LOW' } } },
      { rule: { RuleName: 'second' }, is: 'matched', seen: { Severity: { Label: 'LOW', Normalized: 1 } } },
    ]);
  });

  it('after a terminal one that matched are not looked at, and that is said', () => {
    const verdicts = said([rule('first', 1, { IsTerminal: true }), rule('second', 2)]);
    expect(verdicts[1]).toMatchObject({ is: 'unreached', terminal: 'first' });
  });

  it('that do not match say which criterion', () => {
    const other = rule('r', 1, { Criteria: { Title: [{ Comparison: 'CONTAINS', Value: 'nothing' }] } });
    expect(said([other])).toMatchObject([{ is: 'unmatched', criterion: 'Title' }]);
  });

  it('that are disabled are passed over', () => {
    expect(said([rule('r', 1, { RuleStatus: 'DISABLED' })])).toEqual([]);
  });

  it.each<[string, Partial<AutomationRule>, string]>([
    ['without a name', { RuleName: '' }, 'RuleName'],
    ['with an order of 0', { RuleOrder: 0 }, 'RuleOrder'],
    ['with an order of 1001', { RuleOrder: 1001 }, 'RuleOrder'],
    ['without criteria', { Criteria: {} }, 'Criteria'],
    ['with two actions', { Actions: [...(rule('x', 1).Actions ?? []), ...(rule('x', 1).Actions ?? [])] }, 'Actions'],
    ['with another action', { Actions: [{ Type: 'EXTERNAL' as never }] }, 'Actions[0].Type'],
    ['by a criterion that there is not', { Criteria: { Keyword: [{ Value: 'x' }] } as never }, 'Criteria.Keyword'],
    [
      'by a combination that is not allowed',
      {
        Criteria: {
          Title: [
            { Comparison: 'EQUALS', Value: 'a' },
            { Comparison: 'NOT_EQUALS', Value: 'b' },
          ],
        },
      },
      'Criteria.Title',
    ],
  ])('%s are refused by name', (_name, given, field) => {
    expect(automationRuleMistake({ ...rule('r', 1), ...given })).toMatchObject({ field });
  });
});

describe('events of Security Hub', () => {
  const finding = imported(undefined, {});
  const action = {
    actionArn: `arn:aws:securityhub:eu-west-1:${ACCOUNT}:action/custom/fix`,
    name: 'Fix',
    description: 'Fix it',
  };

  it('of an import have one finding, and name it as their resource', () => {
    expect(importedEvent(finding, { now: NOW })).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'detail-type': 'Security Hub Findings - Imported',
      source: 'aws.securityhub',
      account: ACCOUNT,
      time: '2026-03-10T00:00:00Z',
      region: 'eu-west-1',
      resources: [`${base.ProductArn}/finding-1`],
      detail: { findings: [finding] },
    });
  });

  it('of the same import are the same event; of the next, another', () => {
    expect(importedEvent(finding, { now: NOW }).id).toBe(importedEvent(finding, { now: new Date(0) }).id);
    expect(importedEvent(finding, { now: NOW }).id).not.toBe(importedEvent({ ...finding, ...newer }, { now: NOW }).id);
  });

  it('of a custom action name the action as their resource, in its account and region', () => {
    expect(customActionEvent(action, { ...finding, AwsAccountId: '999999999999' }, NOW, 'run')).toMatchObject({
      'detail-type': 'Security Hub Findings - Custom Action',
      account: ACCOUNT,
      region: 'eu-west-1',
      resources: [action.actionArn],
      detail: { actionName: 'Fix', actionDescription: 'Fix it', findings: [{ Id: 'finding-1' }] },
    });
  });

  it('of insight results have at most a hundred', () => {
    const results = Array.from({ length: 120 }, (_, n) => ({ value: `v${n}`, count: n }));
    const { detail } = insightResultsEvent(
      action,
      { arn: 'arn:i', name: 'n', attribute: 'ResourceType' },
      results,
      NOW,
      'run',
    );
    expect(detail).toMatchObject({ insightName: 'n', resultType: 'ResourceType', 'number of results': '100' });
    expect((detail['insightResults'] as unknown[])[1]).toEqual({ v1: 1 });
  });
});

it('a hub in memory pages, counts and remembers', async () => {
  const hub = new MemoryFindingHub();
  const by = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'me' } as const, now: NOW };
  const many = Array.from({ length: 25 }, (_, n) => ({
    ...base,
    Id: `f-${String(n).padStart(2, '0')}`,
    Severity: { Label: n % 2 === 0 ? ('HIGH' as const) : ('LOW' as const) },
  }));
  await hub.importFindings(many, by);
  await hub.changeFindings(
    [{ Id: 'f-00', ProductArn: base.ProductArn }],
    { Workflow: { Status: 'NOTIFIED' } },
    { ...by, actor: { type: 'BATCH_UPDATE_FINDINGS', identity: 'you' } },
  );
  const seen: string[] = [];
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page = await hub.findings({
      limit: 10,
      sort: [{ Field: 'Id', SortOrder: 'desc' }],
      ...(after === undefined ? {} : { after }),
    });
    seen.push(...page.findings.map(({ Id = '' }) => Id));
    after = page.next;
  }
  expect(seen).toEqual(many.map(({ Id }) => Id).reverse());
  expect(await hub.countBy('SeverityLabel', { limit: 10 })).toEqual([
    { value: 'HIGH', count: 13 },
    { value: 'LOW', count: 12 },
  ]);
  const { records } = await hub.history({ identifier: { Id: 'f-00', ProductArn: base.ProductArn }, limit: 10 });
  expect(records).toMatchObject([
    {
      created: false,
      actor: { identity: 'you' },
      updates: [{ field: 'Workflow.Status', before: 'NEW', after: 'NOTIFIED' }],
    },
    { created: true, actor: { identity: 'me' }, updates: [] },
  ]);
});
