import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { openConnection, realPace } from '../../../engine/connect/open.js';
import { securityHubFindings } from '../../../engine/import/security-hub.js';
import type { HubClient } from '../../hub-client.js';
import { exitWith } from '../../exit.js';
import { connectionOptions, withReach, type ReachOptions } from '../../options.js';
import { importLines, isLines, type LineOptions } from './import-lines.js';
import { tallyText, type Outcome, type Tally } from './import-tally.js';
import { clientOf, show, withHub } from './with-hub.js';

/** As many as one call takes. */
const BATCH = 100;

interface ImportOptions extends LineOptions, ReachOptions {
  readonly format: string;
  readonly securityHub?: boolean;
  readonly since?: string;
}

type Batches = AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>;

/** `import FILE` and `import --security-hub`. */
export function importCommand(program: Command): void {
  withReach(
    withHub(
      program
        .command('import')
        .argument(
          '[file]',
          'findings as JSON: an array, `{ "Findings": [ … ] }`, or one a line; - for lines of standard input',
        )
        .description('bring findings of other products into the hub'),
    ),
  )
    .addOption(
      new Option('--database-url <url>', 'lines go straight into this PostgreSQL, where no --hub is named').env(
        'HIKESHI_DATABASE_URL',
      ),
    )
    .option('--format <format>', 'asff or ocsf', 'asff')
    .option('--security-hub', 'from AWS Security Hub: the first --region, which sees all where it aggregates')
    .option('--since <time>', 'of Security Hub only what was updated since, archived findings too')
    .action(async (file: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ImportOptions>();
      if (options.since !== undefined) checkSince(options.since, options.securityHub === true);
      if ((file === undefined) === (options.securityHub !== true)) {
        throw new Problem('import-source', 'findings come from one place', {
          next: 'give a file, or --security-hub',
          exit: 'badUsage',
        });
      }
      if (file !== undefined && isLines(file, options.format)) {
        tell(options, await importLines(file, options));
        return;
      }
      const client = await clientOf(options);
      let next: string | undefined;
      const onNext = (since: string) => (next = since);
      const batches = file === undefined ? fromSecurityHub(options, onNext) : batchesOf(await findingsIn(file));
      const tally = await send(client, batches, options.format);
      tell(options, tally, next);
    });
}

/** @param next where Security Hub is asked from the next time. */
function tell(options: ImportOptions, tally: Tally, next?: string): void {
  const answer = { ...tally, ...(next === undefined ? {} : { since: next }) };
  const onward = next === undefined ? '' : `what changes from now on: hikeshi import --security-hub --since ${next}\n`;
  show(options, answer, () => `${tallyText(tally)}${onward}`);
  if (tally.refused.length > 0) exitWith('partial');
}

/** @throws Problem `import-since`. */
function checkSince(since: string, isSecurityHub: boolean): void {
  if (isSecurityHub && !Number.isNaN(Date.parse(since))) return;
  throw new Problem('import-since', `--since \`${since}\` says no time of Security Hub's findings`, {
    next: 'give it with --security-hub, for example --since 2027-01-31T00:00:00Z',
    exit: 'badUsage',
  });
}

async function* fromSecurityHub(
  options: ImportOptions,
  onNext: (since: string) => void,
): AsyncGenerator<readonly unknown[]> {
  const wanted = connectionOptions(options);
  const connection = await openConnection(wanted);
  const region = wanted.regions?.[0];
  if (region === undefined) {
    throw new Problem('no-region', 'Security Hub is asked in one region', { next: 'give --region', exit: 'badUsage' });
  }
  try {
    const place = { accountId: connection.caller.accountId, region };
    const since = options.since === undefined ? {} : { since: new Date(options.since).toISOString() };
    const cursor = { ...since, until: new Date().toISOString() };
    yield* securityHubFindings(cursor, { send: connection.send, place, pace: realPace, onNext });
  } finally {
    connection.close();
  }
}

async function findingsIn(file: string): Promise<readonly unknown[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('bad-file', `\`${file}\` cannot be read`, {
      next: 'give the path of a file',
      exit: 'badUsage',
      cause,
    });
  });
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole as unknown[];
  const inside = (whole as { Findings?: unknown } | undefined)?.Findings;
  if (Array.isArray(inside)) return inside as unknown[];
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const finding = parsed(line);
    if (typeof finding === 'object' && finding !== null) return [finding];
    const next = 'give a JSON array, `{ "Findings": [ … ] }`, or one finding a line';
    throw new Problem('bad-file', `line ${index + 1} of \`${file}\` is no finding in JSON`, { next, exit: 'badUsage' });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function* batchesOf(findings: readonly unknown[]): Generator<readonly unknown[]> {
  for (let from = 0; from < findings.length; from += BATCH) yield findings.slice(from, from + BATCH);
}

async function send(client: HubClient, batches: Batches, format: string): Promise<Tally> {
  const counts: Record<string, number> = {};
  const refused: Outcome[] = [];
  for await (const findings of batches) {
    if (findings.length === 0) continue;
    const body = { format, findings };
    const { outcomes } = await client.post<{ outcomes: Outcome[] }>('/api/v1/findings/import', body);
    for (const outcome of outcomes) {
      counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
      if (outcome.kind === 'refused') refused.push(outcome);
    }
  }
  return { counts, refused };
}
