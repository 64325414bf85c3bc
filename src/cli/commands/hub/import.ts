import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { openConnection } from '../../../engine/connect/open.js';
import { securityHubFindings } from '../../../engine/import/security-hub.js';
import type { HubClient } from '../../hub-client.js';
import { exitWith } from '../../exit.js';
import { connectionOptions, withReach, type ReachOptions } from '../../options.js';
import { clientOf, show, withHub, type HubOptions } from './with-hub.js';

/** As many as one call takes. */
const BATCH = 100;
const REFUSED_SHOWN = 20;

interface Outcome {
  readonly kind: string;
  readonly Id?: string;
  readonly field?: string;
  readonly code?: string;
  readonly message?: string;
}

interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly refused: readonly Outcome[];
}

type Batches = AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>;

/** `import FILE` and `import --security-hub`. */
export function importCommand(program: Command): void {
  withReach(
    withHub(
      program
        .command('import')
        .argument('[file]', 'findings as JSON: an array, `{ "Findings": [ … ] }`, or one a line')
        .description('bring findings of other products into the hub'),
    ),
  )
    .option('--format <format>', 'asff or ocsf', 'asff')
    .option('--security-hub', 'from AWS Security Hub: the first --region, which sees all where it aggregates')
    .action(async (file: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & ReachOptions & { format: string; securityHub?: boolean }>();
      if ((file === undefined) === (options.securityHub !== true)) {
        throw new Problem('import-source', 'findings come from one place', {
          next: 'give a file, or --security-hub',
          exit: 'badUsage',
        });
      }
      const client = await clientOf(options);
      const batches = file === undefined ? fromSecurityHub(options) : batchesOf(await findingsIn(file));
      const tally = await send(client, batches, options.format);
      show(options, tally, () => tallyText(tally));
      if (tally.refused.length > 0) exitWith('partial');
    });
}

async function* fromSecurityHub(options: ReachOptions): AsyncGenerator<readonly unknown[]> {
  const wanted = connectionOptions(options);
  const connection = await openConnection(wanted);
  const region = wanted.regions?.[0];
  if (region === undefined) {
    throw new Problem('no-region', 'Security Hub is asked in one region', { next: 'give --region', exit: 'badUsage' });
  }
  try {
    yield* securityHubFindings(connection.send, { accountId: connection.caller.accountId, region });
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

function tallyText({ counts, refused }: Tally): string {
  const all = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const shown = refused
    .slice(0, REFUSED_SHOWN)
    .map(({ Id, field, code, message }) => `  ${Id ?? field ?? ''}: ${code}: ${message}`);
  const more =
    refused.length > REFUSED_SHOWN ? [`  and ${refused.length - REFUSED_SHOWN} more (--json has them all)`] : [];
  return `${[all.length === 0 ? 'no findings' : all.join(', '), ...shown, ...more].join('\n')}\n`;
}
