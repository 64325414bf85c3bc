import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import type { AsffFinding, HistoryRecord } from '../../../findings/hub/finding-hub.js';
import type { HubClient, Query } from '../../hub-client.js';
import { exitWith } from '../../exit.js';
import { findingTable, findingText } from '../../render/hub.js';
import { namedFinding } from './named-finding.js';
import { pushCommand } from './push.js';
import { clientOf, list, moreText, show, withHub, type HubOptions } from './with-hub.js';

interface ListOptions extends HubOptions {
  readonly severity?: string;
  readonly workflow?: string;
  readonly account?: string;
  readonly region?: string;
  readonly control?: string;
  readonly resource?: string;
  readonly product?: string;
  readonly status?: string;
  readonly all?: boolean;
  readonly sort?: string;
  readonly limit: string;
  readonly after?: string;
}

interface Page {
  readonly findings: readonly AsffFinding[];
  readonly keys: readonly string[];
  readonly next?: string;
}

interface Outcomes {
  readonly outcomes: readonly {
    readonly kind: string;
    readonly Id?: string;
    readonly field?: string;
    readonly code?: string;
    readonly message?: string;
  }[];
}

function withFilters(command: Command): Command {
  return command
    .option('--severity <labels>', 'of these severities, separated by commas')
    .option('--workflow <statuses>', 'of these workflow statuses')
    .option('--status <statuses>', 'of these compliance statuses')
    .option('--account <ids>', 'of these accounts')
    .option('--region <regions>', 'of these regions')
    .option('--control <ids>', 'of these controls')
    .option('--resource <arns>', 'about these resources')
    .option('--product <names>', 'of these products')
    .option('--all', 'those that are over too: archived; in a list also resolved and suppressed');
}

function queryOf(options: ListOptions): Query {
  return {
    severity: list(options.severity),
    workflow: list(options.workflow),
    compliance: list(options.status),
    account: list(options.account),
    region: list(options.region),
    control: list(options.control),
    resource: list(options.resource),
    product: list(options.product),
    recordState: options.all === true ? undefined : ['ACTIVE'],
  };
}

async function identifiersOf(client: HubClient, ids: readonly string[]) {
  const found = await Promise.all(ids.map((id) => namedFinding(client, id)));
  return found.map(({ finding: { Id, ProductArn } }) => ({ Id, ProductArn }));
}

/** Says what became of each; refused ones make it a partial success. */
export function tellOutcomes(options: HubOptions, answer: Outcomes): void {
  const refused = answer.outcomes.filter(({ kind }) => kind === 'refused');
  show(options, answer, () => {
    const counts = new Map<string, number>();
    for (const { kind } of answer.outcomes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const lines = refused.map(({ Id, field, code, message }) => `  ${Id ?? field ?? ''}: ${code}: ${message}`);
    return `${[[...counts].map(([kind, count]) => `${count} ${kind}`).join(', '), ...lines].join('\n')}\n`;
  });
  if (refused.length > 0) exitWith('partial');
}

function readingCommands(findings: Command): void {
  withHub(withFilters(findings.command('list').description('open findings, worst first')))
    .option('--sort <field:order>', 'for example UpdatedAt:desc', 'SeverityNormalized:desc')
    .option('--limit <n>', 'how many, up to 100', '50')
    .option('--after <place>', 'go on from here')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const client = await clientOf(options);
      const { sort, limit, after } = options;
      // What is done with, or was decided about, is shown when it is asked for.
      const open = options.all === true || options.workflow !== undefined ? {} : { workflow: ['NEW', 'NOTIFIED'] };
      const query = { ...queryOf(options), ...open, sort, limit, after };
      const page = await client.get<Page>('/api/v1/findings', query);
      show(options, page, (terminal, { findings, next }) => `${findingTable(terminal, findings)}${moreText(next)}`);
    });
  withHub(findings.command('show').argument('<id>', 'its whole id').description('a finding and its history')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const client = await clientOf(options);
      const { finding, key } = await namedFinding(client, id);
      const { records } = await client.get<{ records: HistoryRecord[] }>(`/api/v1/findings/${key}/history`);
      show(options, { finding, history: records }, (terminal) => findingText(terminal, finding, records));
    },
  );
  withHub(withFilters(findings.command('export').argument('<file>', 'where to; its ending says the format')))
    .description('a report: .asff.json, .ocsf.json, .json, .jsonl, .csv, .md, .sarif or .junit.xml')
    .action(async (file: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const client = await clientOf(options);
      const format = formatOf(file);
      const chunks = await client.stream('/api/v1/findings/export', { format, filters: filtersOf(options) });
      await writeFile(file, chunks, { mode: 0o600 });
      show(options, { file, format }, () => `wrote ${file}\n`);
    });
}

const endings = [
  ['.asff.json', 'asff'],
  ['.ocsf.json', 'ocsf'],
  ['.sarif.json', 'sarif'],
  ['.sarif', 'sarif'],
  ['.xml', 'junit'],
  ['.jsonl', 'jsonl'],
  ['.json', 'json'],
  ['.csv', 'csv'],
  ['.md', 'md'],
] as const;

function formatOf(file: string): string {
  const found = endings.find(([ending]) => file.toLowerCase().endsWith(ending));
  if (found !== undefined) return found[1];
  throw new Problem('export-format', `the name \`${file}\` does not say which format is wanted`, {
    next: `end it with one of ${endings.map(([ending]) => ending).join(', ')}`,
    exit: 'badUsage',
  });
}

const filterNames: Readonly<Record<string, string>> = {
  severity: 'SeverityLabel',
  workflow: 'WorkflowStatus',
  compliance: 'ComplianceStatus',
  account: 'AwsAccountId',
  region: 'Region',
  control: 'ComplianceSecurityControlId',
  resource: 'ResourceId',
  product: 'ProductName',
  recordState: 'RecordState',
};

function filtersOf(options: ListOptions): object {
  return Object.fromEntries(
    Object.entries(queryOf(options)).flatMap(([name, values]) => {
      const filter = filterNames[name];
      if (values === undefined || filter === undefined) return [];
      return [[filter, [values].flat().map((Value) => ({ Comparison: 'EQUALS', Value }))]];
    }),
  );
}

interface UpdateOptions extends HubOptions {
  readonly workflow?: string;
  readonly severity?: string;
  readonly note?: string;
  readonly verification?: string;
  readonly reason?: string;
}

function changingCommands(findings: Command): void {
  withHub(findings.command('update').argument('<ids...>', 'whole ids').description('change findings'))
    .option('--workflow <status>', 'NEW, NOTIFIED, RESOLVED or SUPPRESSED')
    .option('--severity <label>', 'another severity than the product gave')
    .option('--verification <state>', 'TRUE_POSITIVE, FALSE_POSITIVE, BENIGN_POSITIVE or UNKNOWN')
    .option('--note <text>', 'a note')
    .option('--reason <text>', 'why, for the history')
    .action(async (ids: string[], _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<UpdateOptions>();
      const client = await clientOf(options);
      const { workflow, severity, note, verification, reason } = options;
      const change = {
        ...(workflow === undefined ? {} : { Workflow: { Status: workflow } }),
        ...(severity === undefined ? {} : { Severity: { Label: severity } }),
        ...(verification === undefined ? {} : { VerificationState: verification }),
        ...(note === undefined ? {} : { Note: note }),
      };
      const identifiers = await identifiersOf(client, ids);
      const body = { identifiers, change, ...(reason === undefined ? {} : { reason }) };
      tellOutcomes(options, await client.post<Outcomes>('/api/v1/findings/update', body));
    });
  withHub(findings.command('suppress').argument('<ids...>', 'whole ids').description('suppress findings for a reason'))
    .requiredOption('--reason <text>', 'why')
    .option('--until <time>', 'until then, for example 2027-01-31T00:00:00Z (default: for ever)')
    .action(async (ids: string[], _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { reason: string; until?: string }>();
      const client = await clientOf(options);
      const { reason, until } = options;
      const identifiers = await identifiersOf(client, ids);
      const body = { identifiers, reason, ...(until === undefined ? {} : { until }) };
      tellOutcomes(options, await client.post<Outcomes>('/api/v1/findings/suppress', body));
    });
}

export function findingsCommand(program: Command): void {
  const findings = program.command('findings').description('findings of the hub');
  readingCommands(findings);
  changingCommands(findings);
  pushCommand(findings);
}
