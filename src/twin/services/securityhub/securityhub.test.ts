import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  CreateAutomationRuleCommand,
  CreateInsightCommand,
  EnableSecurityHubCommand,
  GetFindingHistoryCommand,
  GetFindingsCommand,
  GetInsightResultsCommand,
  type AwsSecurityFinding,
} from '@aws-sdk/client-securityhub';
import { beforeEach, describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const ACCOUNT = '111122223333';
const ProductArn = `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`;
const finding = (Id: string, more: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding => ({
  SchemaVersion: '2018-10-08',
  Id,
  ProductArn,
  GeneratorId: 'g',
  AwsAccountId: ACCOUNT,
  Types: ['TTPs'],
  CreatedAt: '2026-03-01T00:00:00Z',
  UpdatedAt: '2026-03-01T00:00:00Z',
  Severity: { Label: 'HIGH' },
  Title: 't',
  Description: 'd',
  Resources: [{ Type: 'Other', Id: 'r' }],
  ...more,
});

type Client = Awaited<ReturnType<typeof clientOf>>;
const clientOf = () => twinFor({ accountId: ACCOUNT }).client('securityhub');
let hub: Client;

beforeEach(async () => {
  hub = await clientOf();
  await hub.send(new EnableSecurityHubCommand({}));
});

describe('Security Hub through the SDK', () => {
  it('answers for each finding of a batch on its own', async () => {
    const Findings = [
      finding('good'),
      finding('bad', { Title: 'x'.repeat(300) }),
      finding('theirs', { AwsAccountId: '999999999999' }),
    ];
    expect(await hub.send(new BatchImportFindingsCommand({ Findings }))).toMatchObject({
      SuccessCount: 1,
      FailedCount: 2,
      FailedFindings: [
        { Id: 'bad', ErrorCode: 'InvalidInput' },
        { Id: 'theirs', ErrorCode: 'InvalidAccess' },
      ],
    });
  });

  it('pages what it finds, and refuses a filter that AWS refuses', async () => {
    await hub.send(
      new BatchImportFindingsCommand({ Findings: Array.from({ length: 30 }, (_, n) => finding(`f${n}`)) }),
    );
    const first = await hub.send(
      new GetFindingsCommand({ MaxResults: 20, Filters: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'HIGH' }] } }),
    );
    const second = await hub.send(new GetFindingsCommand({ MaxResults: 20, NextToken: first.NextToken }));
    expect([first.Findings?.length, second.Findings?.length, second.NextToken]).toEqual([20, 10, undefined]);
    for (const NextToken of ['junk', 'MTA', '-1']) {
      await expect(hub.send(new GetFindingsCommand({ NextToken }))).rejects.toMatchObject({
        name: 'InvalidInputException',
      });
    }
    const Title = [
      { Comparison: 'EQUALS' as const, Value: 'a' },
      { Comparison: 'NOT_EQUALS' as const, Value: 'b' },
    ];
    await expect(hub.send(new GetFindingsCommand({ Filters: { Title } }))).rejects.toMatchObject({
      name: 'InvalidInputException',
    });
  });

  it('tells who changed what', async () => {
    await hub.send(new BatchImportFindingsCommand({ Findings: [finding('f')] }));
    const FindingIdentifiers = [{ Id: 'f', ProductArn }];
    await hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers, Workflow: { Status: 'SUPPRESSED' } }));
    const { Records } = await hub.send(new GetFindingHistoryCommand({ FindingIdentifier: FindingIdentifiers[0] }));
    expect(Records).toMatchObject([
      {
        FindingCreated: false,
        UpdateSource: { Type: 'BATCH_UPDATE_FINDINGS' },
        Updates: [{ UpdatedField: 'Workflow.Status', NewValue: 'SUPPRESSED' }],
      },
      { FindingCreated: true, UpdateSource: { Type: 'BATCH_IMPORT_FINDINGS' } },
    ]);
  });

  it('applies automation rules to what comes in, and not to what they change', async () => {
    const update = (Label: 'LOW' | 'CRITICAL') => ({
      Type: 'FINDING_FIELDS_UPDATE' as const,
      FindingFieldsUpdate: { Severity: { Label } },
    });
    const by = (Value: string) => ({ SeverityLabel: [{ Comparison: 'EQUALS' as const, Value }] });
    const make = (RuleName: string, RuleOrder: number, label: 'LOW' | 'CRITICAL', of: string) =>
      hub.send(
        new CreateAutomationRuleCommand({
          RuleName,
          RuleOrder,
          Description: 'd',
          Criteria: by(of),
          Actions: [update(label)],
        }),
      );
    await make('down', 2, 'LOW', 'HIGH');
    await make('up', 1, 'CRITICAL', 'LOW');
    await hub.send(new BatchImportFindingsCommand({ Findings: [finding('f')] }));
    expect((await hub.send(new GetFindingsCommand({}))).Findings).toMatchObject([{ Severity: { Label: 'LOW' } }]);
  });

  it('counts for an insight', async () => {
    await hub.send(
      new BatchImportFindingsCommand({
        Findings: [finding('a'), finding('b'), finding('c', { Severity: { Label: 'LOW' } })],
      }),
    );
    const { InsightArn } = await hub.send(
      new CreateInsightCommand({
        Name: 'n',
        Filters: { RecordState: [{ Comparison: 'EQUALS', Value: 'ACTIVE' }] },
        GroupByAttribute: 'SeverityLabel',
      }),
    );
    const { InsightResults } = await hub.send(new GetInsightResultsCommand({ InsightArn }));
    expect(InsightResults?.ResultValues).toEqual([
      { GroupByAttributeValue: 'HIGH', Count: 2 },
      { GroupByAttributeValue: 'LOW', Count: 1 },
    ]);
  });
});
