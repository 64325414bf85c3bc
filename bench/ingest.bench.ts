import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import type { AsffFinding, FindingFilters } from '../src/findings/hub/finding-hub.js';
import { openDatabase, type Database } from '../src/store/postgres/database.js';
import { startEmbedded } from '../src/store/postgres/launcher.js';
import { migrate } from '../src/store/postgres/migration.js';
import { PostgresFindingHub } from '../src/store/postgres/findings/postgres-finding-hub.js';
import { median, millisecondsOf } from './measure.js';

/** Findings sent, a fifth of them sent before. `HIKESHI_BENCH_FINDINGS` gives another number. */
const SENT = Number(process.env['HIKESHI_BENCH_FINDINGS'] ?? 1_000_000);
const REPEATED = 0.2;
/** Rows to go on to, synthesised in SQL, for the queries alone; e.g. 10000000. */
const LARGE = Number(process.env['HIKESHI_BENCH_LARGE'] ?? 0);
const WANTED_RATIO = 0.8;
const WANTED_MS = 100;
const ROUNDS = 5;
const FINDINGS_OF_RESOURCE = 20;
const CONTROLS = 400;
const ACCOUNTS = 1_000;

/** Ingest by Security Hub's rules against COPY of the same bytes into a table without an index, on the same server; then the console's questions. */
export async function bench(print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-bench-ingest-'));
  await chmod(folder, 0o755);
  const server = await startEmbedded(join(folder, 'postgres'));
  const database = await openDatabase(server.url);
  try {
    await migrate(database);
    const file = join(folder, 'findings.jsonl');
    const bytes = await writeFindings(file);
    print(`${SENT} findings of ${Math.round(bytes / SENT)} bytes, ${REPEATED * 100} % of them sent twice`);
    const hub = new PostgresFindingHub(database);
    await benchIngest({ database, hub, file, print });
    await database.query('drop table public.bench_documents');
    await database.query('vacuum analyze hikeshi.finding, hikeshi.term, hikeshi.finding_count');
    await benchQueries(database, hub, print);
    if (LARGE > 0) {
      await multiply(database, LARGE);
      await benchQueries(database, hub, print);
    }
  } finally {
    await database.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchIngest(on: {
  readonly database: Database;
  readonly hub: PostgresFindingHub;
  readonly file: string;
  readonly print: (line: string) => void;
}): Promise<void> {
  const { database, hub, file, print } = on;
  const read = () => createReadStream(file, { highWaterMark: 1 << 20 });
  const perSecond = (ms: number) => ((SENT / ms) * 1000).toFixed(0);
  await database.query('create table public.bench_documents (document text)');
  const firstMs = await copied(database, read());
  const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'bench' } as const;
  // What is left to write of the one is not the other's to wait for.
  await database.query('checkpoint');
  const cpu = process.cpuUsage();
  let told = '';
  const ownMs = await millisecondsOf(async () => {
    const { created, updated, unchanged, refused } = await hub.importLines(read(), { actor, now: new Date() });
    told = `${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
  });
  const used = process.cpuUsage(cpu);
  await database.query('truncate public.bench_documents');
  await database.query('checkpoint');
  // The first one also makes the files of the log, which all later ones use again.
  const againMs = await copied(database, read());
  print(`COPY of the documents, no index: ${perSecond(firstMs)} findings/s first, ${perSecond(againMs)} again`);
  print(
    `ingest, deduplicated, durable: ${perSecond(ownMs)} findings/s (${told}), ${(used.user / SENT).toFixed(0)} µs of Node each, all threads`,
  );
  const ratio = (firstMs + againMs) / 2 / ownMs;
  const percent = (of: number) => `${(of * 100).toFixed(0)} %`;
  print(
    `${percent(ratio)} of COPY (${percent(firstMs / ownMs)} of the first, ${percent(againMs / ownMs)} of the other; wanted: ${percent(WANTED_RATIO)}): ${ratio >= WANTED_RATIO ? 'met' : 'NOT MET'}`,
  );
  const { rows } = await database.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class where relnamespace = 'hikeshi'::regnamespace and relkind = 'r'`,
  );
  print(
    `on disk: ${Math.round(Number(rows[0]?.bytes) / (SENT * (1 - REPEATED)))} bytes a finding, indexes and documents with it`,
  );
}

/** Milliseconds that COPY takes for a stream. */
async function copied(database: Database, chunks: AsyncIterable<Buffer>): Promise<number> {
  return millisecondsOf(async () => {
    const client = await database.pool.connect();
    const stream = client.query(from('copy public.bench_documents from stdin'));
    for await (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain');
    stream.end();
    await finished(stream);
    client.release();
  });
}

const is = (Value: string, Comparison: 'EQUALS' | 'PREFIX' | 'NOT_EQUALS' = 'EQUALS') => [{ Value, Comparison }];
const open = { RecordState: is('ACTIVE'), WorkflowStatus: [...is('NEW'), ...is('NOTIFIED')] } as FindingFilters;
const resource = 'arn:aws:s3:::bucket-77-data';

/** What a console asks all day. */
const questions: Readonly<Record<string, (hub: PostgresFindingHub) => Promise<unknown>>> = {
  'newest open': (hub) => hub.findings({ filters: open, limit: 100 }),
  'newest critical of a product': (hub) =>
    hub.findings({ filters: { ...open, SeverityLabel: is('CRITICAL'), ProductName: is('Security Hub') }, limit: 100 }),
  'of an account': (hub) => hub.findings({ filters: { ...open, AwsAccountId: is('100000000042') }, limit: 100 }),
  'failed of a control': (hub) =>
    hub.findings({ filters: { ComplianceSecurityControlId: is('S3.17'), ComplianceStatus: is('FAILED') }, limit: 100 }),
  'latest of a resource': (hub) => hub.findings({ filters: { ResourceId: is(resource) }, limit: 100 }),
  'resources by prefix': (hub) =>
    hub.findings({ filters: { ResourceId: is('arn:aws:s3:::bucket-77', 'PREFIX') }, limit: 100 }),
  'text, rare': (hub) => hub.findings({ text: 'bucket-1234-data', limit: 100 }),
  'text, common': (hub) => hub.findings({ text: 'buckets rule', limit: 100 }),
  'count by severity': (hub) => hub.countBy('SeverityLabel', { filters: open, limit: 10 }),
  'count by account': (hub) => hub.countBy('AwsAccountId', { filters: open, limit: 100 }),
  'count by control': (hub) =>
    hub.countBy('ComplianceSecurityControlId', { filters: { ...open, SeverityLabel: is('CRITICAL') }, limit: 100 }),
  'count by resource type': (hub) => hub.countBy('ResourceType', { filters: open, limit: 100 }),
  'count by severity of an account': (hub) =>
    hub.countBy('SeverityLabel', { filters: { ...open, AwsAccountId: is('100000000042') }, limit: 10 }),
  'count by severity of a control': (hub) =>
    hub.countBy('SeverityLabel', { filters: { ...open, ComplianceSecurityControlId: is('S3.17') }, limit: 10 }),
};

async function benchQueries(database: Database, hub: PostgresFindingHub, print: (line: string) => void): Promise<void> {
  const { rows } = await database.query<{ n: number }>('select count(*) as n from hikeshi.finding');
  const slow: string[] = [];
  print(`questions at ${rows[0]?.n} findings, median of ${ROUNDS}:`);
  for (const [name, ask] of Object.entries(questions)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await millisecondsOf(() => ask(hub)));
    const ms = median(times);
    if (ms >= WANTED_MS) slow.push(name);
    print(`  ${name}: ${ms.toFixed(1)} ms`);
  }
  print(`  under ${WANTED_MS} ms: ${slow.length === 0 ? 'all, met' : `NOT MET by ${slow.join(', ')}`}`);
}

/** More rows like those that are there: other keys, other accounts, the same documents. */
async function multiply(database: Database, wanted: number): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'hikeshi' and table_name = 'finding' order by ordinal_position`,
  );
  const names = rows.map(({ name }) => name);
  const made: Record<string, string> = {
    key: 'md5(f.key::text || copy)::uuid',
    account: `f.account + copy * ${ACCOUNTS}`,
    updated_at: 'f.updated_at + copy',
  };
  const copies = Math.ceil(wanted / (SENT * (1 - REPEATED))) - 1;
  await database.query('drop index hikeshi.finding_terms');
  await database.query(
    `insert into hikeshi.finding (${names.join(', ')})
     select ${names.map((name) => made[name] ?? `f.${name}`).join(', ')} from hikeshi.finding f, generate_series(1, ${copies}) copy`,
  );
  await database.query(`create index finding_terms on hikeshi.finding
    using gin ((array[title, resource, generator, control, (-(account % 2147483647))::integer]))`);
  await database.query(
    `insert into hikeshi.finding_count
     select dimension, case when dimension = 1 then value + copy * ${ACCOUNTS} else value end, flagged, severity, workflow, record,
       compliance, findings from hikeshi.finding_count, generate_series(1, ${copies}) copy`,
  );
  await database.query('vacuum analyze hikeshi.finding, hikeshi.finding_count');
}

async function writeFindings(file: string): Promise<number> {
  const out = createWriteStream(file, { highWaterMark: 1 << 22 });
  const different = Math.floor(SENT * (1 - REPEATED));
  let bytes = 0;
  for (let at = 0; at < SENT; at++) {
    const line = `${JSON.stringify(finding(at < different ? at : (at * 7919) % different))}\n`;
    bytes += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return bytes;
}

/** A finding as Security Hub's own controls make them. */
function finding(number: number): AsffFinding {
  const control = `S3.${number % CONTROLS}`;
  const bucket = Math.floor(number / FINDINGS_OF_RESOURCE);
  const account = String(100_000_000_000 + (bucket % ACCOUNTS));
  const arn = `arn:aws:s3:::bucket-${bucket}-data`;
  const at = new Date(Date.UTC(2026, 0, 1) + ((number * 7_919) % 1e10)).toISOString();
  const tail = ((number * 2_654_435_761) % 2 ** 48).toString(16).padStart(12, '0');
  const labels = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
  const Types = ['Software and Configuration Checks/Industry and Regulatory Standards'];
  const Severity = { Label: labels[(number * 7) % 4] as 'LOW' };
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-west-1:${account}:security-control/${control}/finding/00000000-0000-4000-8000-${tail}`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: 'eu-west-1',
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    Types,
    FirstObservedAt: '2026-01-01T00:00:00.000Z',
    LastObservedAt: at,
    CreatedAt: '2026-01-01T00:00:00.000Z',
    UpdatedAt: at,
    Severity,
    Title: `S3 buckets should be as rule ${control} says`,
    Description:
      'This control checks the configuration of a bucket, and fails when it leaves the data readable by others.',
    Remediation: {
      Recommendation: {
        Text: 'What to do is in the documentation.',
        Url: `https://example.com/${control}/remediation`,
      },
    },
    ProductFields: {
      'RelatedAWSResources:0/name': `securityhub-s3-bucket-${control}-${tail.slice(0, 8)}`,
      'RelatedAWSResources:0/type': 'AWS::Config::ConfigRule',
      'aws/securityhub/ProductName': 'Security Hub',
      'Resources:0/Id': arn,
    },
    Resources: [
      { Type: 'AwsS3Bucket', Id: arn, Partition: 'aws', Region: 'eu-west-1', Tags: { owner: `team-${bucket % 50}` } },
    ],
    Compliance: {
      Status: number % 3 === 0 ? 'PASSED' : 'FAILED',
      SecurityControlId: control,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    FindingProviderFields: { Severity, Types },
  };
}
