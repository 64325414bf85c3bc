import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsffFinding, FindingFilters, FindingQuery } from '../../../findings/hub/finding-hub.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { plainRules } from './plain-rules.fixture.js';
import { PostgresFindingHub } from './postgres-finding-hub.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await testPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product', reason: 'nightly' } as const;
const person = { type: 'BATCH_UPDATE_FINDINGS', identity: 'mori' } as const;
const now = new Date('2026-05-01T00:00:00.000Z');

const productArn = 'arn:aws:securityhub:eu-west-1::product/aws/guardduty';
function finding(id: string, members: Partial<AsffFinding> = {}): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: productArn,
    GeneratorId: 'generator',
    AwsAccountId: '111122223333',
    Types: ['TTPs/Discovery/Recon'],
    CreatedAt: '2026-04-01T00:00:00.000Z',
    UpdatedAt: '2026-04-01T00:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'a title',
    Description: 'a description',
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::one' }],
    RecordState: 'ACTIVE',
    ...members,
  };
}

const newHub = async () => new PostgresFindingHub(await postgres.database(), plainRules);
const everything = async (hub: PostgresFindingHub, query: Omit<FindingQuery, 'limit'> & { limit?: number } = {}) => {
  const found: AsffFinding[] = [];
  let after: string | undefined;
  do {
    const page = await hub.findings({ limit: 7, ...query, ...(after === undefined ? {} : { after }) });
    found.push(...page.findings);
    after = page.next;
  } while (after !== undefined);
  return found;
};

describe('importing', () => {
  it('keeps a finding whole, and once', async () => {
    const hub = await newHub();
    const one = finding('one', { ProductFields: { odd: 'é\u0000"\\n' }, Severity: { Label: 'LOW', Normalized: 12.5 } });
    const outcomes = await hub.importFindings([one, finding('two'), one], { actor, now });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'created', 'unchanged']);
    const [stored] = (await hub.findings({ limit: 1, filters: { Id: [{ Value: 'one', Comparison: 'EQUALS' }] } }))
      .findings;
    expect(stored).toEqual({ ...one, ProcessedAt: now.toISOString(), Workflow: { Status: 'NEW' } });
  });

  it('takes only what is strictly newer, also within one batch', async () => {
    const hub = await newHub();
    const at = (UpdatedAt: string, Title: string) => finding('one', { UpdatedAt, Title });
    await hub.importFindings([at('2026-04-02T00:00:00Z', 'second')], { actor, now });
    const outcomes = await hub.importFindings(
      [
        at('2026-04-01T00:00:00Z', 'older'),
        at('2026-04-02T00:00:00.000Z', 'same'),
        at('2026-04-03T00:00:00Z', 'newer'),
        at('2026-04-03T00:00:00Z', 'newer again'),
        at('2026-04-04T00:00:00Z', 'newest'),
      ],
      { actor, now },
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged', 'updated', 'unchanged', 'updated']);
    expect((await everything(hub)).map(({ Title }) => Title)).toEqual(['newest']);
  });

  it('takes the good ones of a batch that has bad ones, and says which and why', async () => {
    const hub = await newHub();
    const other = finding('three', { AwsAccountId: '444455556666' });
    const context = { actor, now, account: '111122223333' };
    const outcomes = await hub.importFindings([finding('one'), finding(''), other], context);
    expect(outcomes).toMatchObject([
      { kind: 'created' },
      { kind: 'refused', code: 'InvalidInput' },
      { kind: 'refused', code: 'InvalidAccess' },
    ]);
    expect(await everything(hub)).toHaveLength(1);
  });

  it('by many at once of the same findings loses nothing and fails nobody', async () => {
    const database = await postgres.database();
    const hubs = [1, 2, 3, 4].map(() => new PostgresFindingHub(database, plainRules));
    const batch = (round: number) =>
      Array.from({ length: 200 }, (_, at) =>
        finding(`${(at * 7 + round) % 200}`, { UpdatedAt: `2026-04-0${round + 1}T00:00:00Z`, Title: `round ${round}` }),
      );
    const runs = hubs.flatMap((hub) => [0, 1, 2, 3].map((round) => hub.importFindings(batch(round), { actor, now })));
    const outcomes = (await Promise.all(runs)).flat();
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(200);
    const found = await everything(hubs[0] as PostgresFindingHub);
    expect(found).toHaveLength(200);
    expect(new Set(found.map(({ Title }) => Title))).toEqual(new Set(['round 3']));
    expect(await hubs[0]?.countBy('AwsAccountId', { limit: 10 })).toEqual([{ value: '111122223333', count: 200 }]);
  }, 60_000);

  it('from lines is the same as in batches, whatever pieces the bytes come in', async () => {
    const hub = await newHub();
    const lines = [finding('one'), finding('two', { Title: 'ünï' }), finding('one')].map((each) =>
      JSON.stringify(each),
    );
    const bytes = Buffer.from(`${lines[0]}\r\n\n${lines[1]}\nno json\n${lines[2]}`);
    async function* inPieces(): AsyncIterable<Buffer> {
      for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
    }
    const tally = await hub.importLines(inPieces(), { actor, now });
    expect(tally).toMatchObject({ created: 2, updated: 0, unchanged: 1, refused: 1 });
    expect(tally.refusals).toEqual([{ line: 4, code: 'InvalidInput', message: 'the line is not a JSON object' }]);
    const found = await everything(hub, { filters: { Title: [{ Value: 'ünï', Comparison: 'EQUALS' }] } });
    expect(found).toEqual([
      { ...finding('two', { Title: 'ünï' }), ProcessedAt: now.toISOString(), Workflow: { Status: 'NEW' } },
    ]);
  });
});

describe('changing', () => {
  it('changes what was named, and says what was there before', async () => {
    const hub = await newHub();
    await hub.importFindings([finding('one'), finding('two')], { actor, now });
    const change = { Workflow: { Status: 'SUPPRESSED' as const }, Note: { Text: 'known', UpdatedBy: 'mori' } };
    const names = ['one', 'missing'].map((Id) => ({ Id, ProductArn: productArn }));
    const outcomes = await hub.changeFindings(names, change, { actor: person, now });
    expect(outcomes).toMatchObject([
      { kind: 'changed', before: { Workflow: { Status: 'NEW' } }, finding: { Workflow: { Status: 'SUPPRESSED' } } },
      { kind: 'refused', code: 'FindingNotFound' },
    ]);
    const suppressed = { WorkflowStatus: [{ Value: 'SUPPRESSED', Comparison: 'EQUALS' as const }] };
    expect((await everything(hub, { filters: suppressed })).map(({ Id }) => Id)).toEqual(['one']);
    expect(await hub.countBy('WorkflowStatus', { limit: 5 })).toEqual([
      { value: 'NEW', count: 1 },
      { value: 'SUPPRESSED', count: 1 },
    ]);
  });

  it('does not touch findings of accounts that the caller may not see', async () => {
    const hub = await newHub();
    await hub.importFindings([finding('one')], { actor, now });
    const name = { Id: 'one', ProductArn: productArn };
    const context = { actor: person, now, accounts: ['444455556666'] };
    const [outcome] = await hub.changeFindings([name], { Criticality: 9 }, context);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'FindingNotFound' });
    expect((await everything(hub))[0]?.Criticality).toBeUndefined();
  });

  it('is told in the history with who and why, newest first, page by page', async () => {
    const hub = await newHub();
    await hub.importFindings([finding('one')], { actor, now });
    const identifier = { Id: 'one', ProductArn: productArn };
    const later = new Date(now.getTime() + 1000);
    await hub.changeFindings(
      [identifier],
      { Criticality: 9 },
      { actor: { ...person, reason: 'crown jewels' }, now: later },
    );
    await hub.changeFindings([identifier], { Criticality: 9 }, { actor: person, now: later });
    const first = await hub.history({ identifier, limit: 1 });
    expect(first.records).toEqual([
      {
        identifier,
        at: later.toISOString(),
        created: false,
        actor: { ...person, reason: 'crown jewels' },
        updates: [{ field: 'Criticality', after: '9' }],
      },
    ]);
    const { records, next } = await hub.history({ identifier, limit: 1, after: first.next ?? '' });
    expect({ records, next }).toEqual({
      records: [{ identifier, at: now.toISOString(), created: true, actor, updates: [] }],
      next: undefined,
    });
    expect((await hub.history({ identifier, limit: 9, from: later.toISOString() })).records).toHaveLength(1);
  });
});

describe('text search', () => {
  it('finds what has all words, in any case, in title or resource', async () => {
    const hub = await newHub();
    await hub.importFindings(
      [
        finding('one', { Title: 'Public bucket', Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::Payroll' }] }),
        finding('two', { Title: 'Public bucket', Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::web' }] }),
        finding('three', { Title: '100% open' }),
      ],
      { actor, now },
    );
    const ids = async (text: string) =>
      (await hub.findings({ limit: 9, text })).findings.map(({ Id }) => Id ?? '').sort(inOrder);
    expect(await ids('public PAYROLL')).toEqual(['one']);
    expect(await ids('bucket')).toEqual(['one', 'two']);
    expect(await ids('100%')).toEqual(['three']);
    expect(await ids('1__%')).toEqual([]);
    expect(await ids('two')).toEqual(['two']);
    expect(await hub.countBy('Title', { limit: 9, text: 'payroll' })).toEqual([{ value: 'Public bucket', count: 1 }]);
  });
});

describe('a cursor that is none', () => {
  it.each(['x', Buffer.from('[1]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'is refused: %s',
    async (after) => {
      await expect((await newHub()).findings({ limit: 1, after })).rejects.toMatchObject({ code: 'bad-cursor' });
    },
  );
});

/** Every question is asked of the store and of a plain list. */
describe('listing and counting, for any findings, filters, order and pages', () => {
  const pick = <Value>(...values: Value[]) => fc.constantFrom(...values);
  const word = pick('alpha', 'alp', 'a_b', '100%', 'Ω', 'beta');
  const some = fc.record({
    AwsAccountId: pick('111122223333', '000000000001', '444455556666'),
    UpdatedAt: pick(
      '2026-04-01T00:00:00.000Z',
      '2026-04-02T10:00:00Z',
      '2026-04-02T12:00:00+02:00',
      '2026-04-03T00:00:00.000Z',
    ),
    Severity: pick<AsffFinding['Severity']>(
      { Label: 'LOW' },
      { Label: 'HIGH', Normalized: 75 },
      { Normalized: 40 },
      { Label: 'ODD' as 'LOW' },
    ),
    Title: word,
    GeneratorId: word,
    ProductName: fc.option(word, { nil: undefined }),
    Types: fc.array(word, { maxLength: 2 }),
    RecordState: pick<'ACTIVE' | 'ARCHIVED'>('ACTIVE', 'ARCHIVED'),
    Compliance: pick<AsffFinding['Compliance']>(
      undefined,
      { Status: 'FAILED', SecurityControlId: 'S3.1' },
      { Status: 'PASSED' },
    ),
    Resources: fc.array(fc.record({ Type: pick('AwsS3Bucket', 'Other'), Id: word }), { maxLength: 3 }),
    Description: word,
  });
  const strings = (...values: string[]) => {
    const value = pick(...values, 'al', 'nothing');
    const filter = (...comparisons: string[]) =>
      fc.array(fc.record({ Value: value, Comparison: pick(...comparisons) }), { minLength: 1, maxLength: 3 });
    return fc.oneof(
      filter('EQUALS', 'PREFIX'),
      filter('NOT_EQUALS', 'PREFIX_NOT_EQUALS'),
      filter('EQUALS', 'NOT_EQUALS'),
      filter('CONTAINS', 'NOT_CONTAINS'),
    );
  };
  const words = strings('alpha', 'alp', 'a_b', '100%', 'Ω');
  const filters = fc.record(
    {
      AwsAccountId: strings('111122223333', '000000000001'),
      UpdatedAt: fc.constant([{ Start: '2026-04-02T00:00:00Z', End: '2026-04-02T23:00:00Z' }]),
      SeverityLabel: strings('LOW', 'HIGH', 'ODD'),
      WorkflowStatus: strings('NEW', 'SUPPRESSED'),
      RecordState: strings('ACTIVE'),
      ComplianceStatus: strings('FAILED', 'PASSED'),
      ComplianceSecurityControlId: strings('S3.1'),
      Title: words,
      GeneratorId: words,
      ProductName: words,
      Type: words,
      ResourceId: words,
      ResourceType: strings('AwsS3Bucket'),
      Description: words,
      Id: fc.constant([{ Value: '3', Comparison: 'EQUALS' }]),
    },
    { requiredKeys: [] },
  );
  const few = filters.map((all) => Object.fromEntries(Object.entries(all).slice(0, 2)) as FindingFilters);
  const field = pick(
    'UpdatedAt',
    'AwsAccountId',
    'SeverityLabel',
    'SeverityNormalized',
    'Title',
    'ResourceId',
    'ProductName',
  );
  const sort = fc.uniqueArray(fc.record({ Field: field, SortOrder: pick<'asc' | 'desc'>('asc', 'desc') }), {
    maxLength: 2,
    selector: ({ Field }) => Field,
  });

  it('are what a plain list answers', async () => {
    const database = await postgres.database();
    const hub = new PostgresFindingHub(database, plainRules);
    await fc.assert(
      fc.asyncProperty(
        fc.array(some, { maxLength: 25 }),
        fc.array(
          fc.record({ filters: few, sort, limit: pick(1, 4, 100), accounts: pick(undefined, ['111122223333']) }),
          { minLength: 6, maxLength: 6 },
        ),
        fc.array(fc.nat(24), { maxLength: 5 }),
        async (made, questions, suppressed) => {
          await database.query(
            'truncate hikeshi.finding, hikeshi.finding_count, hikeshi.finding_event, hikeshi.finding_block',
          );
          const findings = made.map((members, at) => finding(String(at), members as Partial<AsffFinding>));
          await hub.importFindings(findings, { actor, now });
          const names = suppressed.map((at) => ({ Id: String(at), ProductArn: productArn }));
          await hub.changeFindings(names, { Workflow: { Status: 'SUPPRESSED' } }, { actor: person, now });
          const list = findings.map((each, at): AsffFinding => ({
            ...JSON.parse(JSON.stringify(each)),
            ProcessedAt: now.toISOString(),
            Workflow: { Status: suppressed.includes(at) ? 'SUPPRESSED' : 'NEW' },
          }));
          for (const { accounts, ...question } of questions) {
            const query = { ...question, ...(accounts === undefined ? {} : { accounts }) };
            const wanted = list.filter(
              (each) =>
                plainRules.matches(each, query.filters) &&
                (accounts === undefined || accounts.includes(each.AwsAccountId ?? '')),
            );
            const found = await everything(hub, query);
            expect(byId(found)).toEqual(byId(wanted));
            const order = (each: AsffFinding) => query.sort.map(({ Field }) => plainRules.sortValue(each, Field));
            expect(found.map(order)).toEqual(
              sorted(
                wanted.map(order),
                query.sort.map(({ SortOrder }) => SortOrder),
              ),
            );
            for (const attribute of [
              'SeverityLabel',
              'ResourceType',
              'AwsAccountId',
              'ProductName',
              'Type',
              'Description',
              'WorkflowStatus',
            ]) {
              const counts = new Map<string, number>();
              for (const each of wanted)
                for (const value of new Set(plainRules.values(each, attribute)))
                  counts.set(value, (counts.get(value) ?? 0) + 1);
              const counted = await hub.countBy(attribute, { ...query, limit: 100 });
              expect(new Map(counted.map(({ value, count }) => [value, count])), attribute).toEqual(counts);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});

function byId(findings: readonly AsffFinding[]): AsffFinding[] {
  return [...findings].sort((a, b) => ((a.Id ?? '') < (b.Id ?? '') ? -1 : 1));
}

function sorted(values: (string | number | null)[][], orders: readonly string[]): (string | number | null)[][] {
  const rank = (value: string | number | null) => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  return values.sort((a, b) => {
    for (const [at, order] of orders.entries()) {
      const [x, y] = [a[at] ?? null, b[at] ?? null];
      const difference = rank(x) - rank(y) || (x === y ? 0 : (x as string) < (y as string) ? -1 : 1);
      if (difference !== 0) return order === 'desc' ? -difference : difference;
    }
    return 0;
  });
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
