import { join } from 'node:path';
import type { Command } from 'commander';
import { controls } from '../../controls/catalogue.js';
import { openConnection, type OpenConnection } from '../../engine/connect/open.js';
import { fix } from '../../engine/fix/fix.js';
import { newRunId } from '../../engine/fix/run-id.js';
import { updateFinding } from '../../engine/fix/update-finding.js';
import { EstateCache } from '../../engine/rehearse/rehearse-findings.js';
import { scan, type ScanResult } from '../../engine/scan/scan.js';
import { DEMO_ROLE, startDemoWorld } from '../../engine/hub/demo-world.js';
import type { OpenHub } from '../../engine/hub/open-hub.js';
import { undoRun } from '../../engine/undo/undo-run.js';
import { messageOf, Problem } from '../../base/problem.js';
import { isOpen, shortId, type Finding } from '../../findings/finding.js';
import { describeOutcome } from '../../rehearsal/rehearse.js';
import { Home } from '../../store/home.js';
import { startServer, type StartedServer } from '../../server/start.js';
import { hubAssembly } from '../hub-parts.js';
import { homeOf, terminalOf, type GlobalOptions } from '../options.js';
import { openLedger } from '../ledger.js';
import { auditorText } from './ledger/making-commands.js';
import { reportText } from '../render/ledger.js';
import { verifyFolder } from '../../engine/attest/verify-folder.js';
import type { Ledger } from '../../engine/attest/ledger.js';
import { formatVerifierKey } from '../../ledger/note/verifier-key.js';
import { progressOn } from '../progress.js';
import { controlOf, findingTable, ranked, summary } from '../render/findings.js';
import { proposal } from '../render/rehearsal.js';
import type { Terminal } from '../terminal.js';
import { attackAndRecover, openDemoHub } from './demo-hub.js';
import { environmentText, TWIN_PORT, untilStopped, wholeNumber } from './twin.js';

interface DemoCliOptions extends GlobalOptions {
  readonly once?: boolean;
  readonly accounts: string;
  readonly seed: string;
  readonly port?: string;
}

/** Where the demo's hub answers. */
const HUB_PORT = 4810;

const LISTED_MAX = 12;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('the whole main job on a generated organization in the twin: no AWS account is needed')
    .option('--once', 'end after the demonstration instead of keeping the twin up')
    .option('--accounts <n>', 'how many accounts', '40')
    .option('--seed <n>', 'another organization', '1')
    .option('--port <n>', 'port of the twin on 127.0.0.1')
    .action(async (_given: unknown, command: Command) => runDemo(command.optsWithGlobals<DemoCliOptions>()));
}

async function runDemo(options: DemoCliOptions): Promise<void> {
  const terminal = terminalOf(options);
  const { bold, dim } = terminal.paint;
  const home = new Home(join(homeOf(options).path, 'demo'));
  const [accounts, seed] = [wholeNumber('accounts', options.accounts), wholeNumber('seed', options.seed)];
  if (accounts < 1) throw new Problem('bad-number', '--accounts must be at least 1', { exit: 'badUsage' });
  const port = options.port === undefined ? (options.once === true ? 0 : TWIN_PORT) : wholeNumber('port', options.port);
  terminal.err(`${bold('Hikeshi demo')}: making an organization of ${accounts} accounts (seed ${seed}) …\n`);
  const world = await startDemoWorld({ accounts, seed, port, now: new Date() });
  const { served } = world;
  terminal.err(`its twin answers the AWS API at ${served.door.url}\n\n`);
  const regions = served.estate.header.accounts[0]?.regions ?? [];
  const connection = await openConnection({
    regions,
    ...world.reach,
  });
  let opened: OpenHub | undefined;
  let server: StartedServer | undefined;
  try {
    const result = await scanIt(terminal, home, connection);
    const open = ranked(result.findings.filter(isOpen));
    terminal.out(`${findingTable(terminal, open, LISTED_MAX)}\n${summary(terminal, result)}\n`);
    const first = open.find(({ controlId }) => controlId === 'EC2.53') ?? open[0];
    const ledger = await openLedger(home);
    if (first !== undefined) await fixAndUndo(terminal, home, connection, first, ledger);
    opened = await openDemoHub(terminal, home, world, result);
    if (opened !== undefined) await attackAndRecover(terminal, opened, connection, world);
    await verifyIt(terminal, home, ledger);
    if (options.once === true) return;
    if (opened !== undefined) server = await serveDemoHub(terminal, home, opened);
    terminal.out(
      `\n${bold('The twin stays up.')} In another terminal:\n\n${environmentText(served.door.url, regions[0] ?? 'us-east-1')}`,
    );
    const id = first === undefined ? 'ID' : shortId(first);
    terminal.out(
      [
        `hikeshi --home ${home.path} explain ${id}`,
        `hikeshi --home ${home.path} rehearse --control KMS.4`,
        `hikeshi --home ${home.path} fix ${id}`,
        `hikeshi scan --org-role ${DEMO_ROLE} --ou Prod --export report.md`,
        'aws s3 ls',
        '',
      ].join('\n'),
    );
    terminal.err(dim('(from this folder, `node dist/cli/main.js` is `hikeshi`)\n'));
    await untilStopped(terminal);
  } finally {
    await home.hub.clearAddress(process.pid);
    await server?.close();
    await opened?.close();
    connection.close();
    await served.door.close();
  }
}

/** The hub answers until the demo is ended. */
async function serveDemoHub(terminal: Terminal, home: Home, { hub }: OpenHub): Promise<StartedServer> {
  const onError = (error: unknown) => terminal.err(`hub: ${messageOf(error)}\n`);
  const { securityHub } = hubAssembly({ onError });
  const start = (port: number) => startServer({ hub, securityHub, host: '127.0.0.1', port, onError });
  const server = await start(HUB_PORT).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'port-in-use') return start(0);
    throw error;
  });
  await home.hub.writeAddress({ url: server.url, pid: process.pid });
  terminal.out(`\n${terminal.paint.bold('The hub answers')} at ${server.url}. In another terminal:\n\n`);
  const commands = ['findings list', 'runs list', 'rules log', 'approvals list'];
  for (const command of commands) terminal.out(`hikeshi --home ${home.path} ${command}\n`);
  return server;
}

async function scanIt(terminal: Terminal, home: Home, connection: OpenConnection): Promise<ScanResult> {
  const { report, end } = progressOn(terminal);
  terminal.err('scanning it over HTTP with the AWS SDK, as it would real AWS …\n');
  const startedMs = performance.now();
  const result = await scan({
    from: { connection, selection: {} },
    controls,
    lean: false,
    home,
    now: new Date(),
    report,
  }).finally(end);
  terminal.err(`scanned in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n\n`);
  return result;
}

/** One finding rehearsed, applied to the twin, verified, and undone. */
async function fixAndUndo(
  terminal: Terminal,
  home: Home,
  connection: OpenConnection,
  finding: Finding,
  ledger: Ledger,
): Promise<void> {
  const { bold, green } = terminal.paint;
  const { report, end } = progressOn(terminal);
  const estates = new EstateCache(home);
  const runId = newRunId(new Date());
  const now = () => new Date();
  terminal.out(`${bold('One of them, fixed before your eyes:')}\n`);
  const result = await fix({
    finding,
    control: controlOf(finding.controlId),
    controls,
    estate: await estates.of(finding.accountId),
    connection,
    home,
    ledger,
    parameters: {},
    runId,
    now,
    report,
    approve: ({ plan, rehearsal }) => {
      end();
      terminal.out(proposal(terminal, finding, plan, rehearsal.summary));
      terminal.out('  approved by the demo; applying to the twin:\n');
      return Promise.resolve('option');
    },
  }).finally(end);
  if (result.kind !== 'applied' || result.outcome.status !== 'complete') {
    const why = result.kind === 'applied' ? describeOutcome(result.outcome) : result.kind;
    throw new Problem('demo-failed', `the demo's fix did not go through: ${why}`, {
      next: 'this is a bug; please report it',
    });
  }
  if (result.verdict?.status !== 'PASSED') {
    throw new Problem('demo-failed', `the demo's fix was applied but is ${result.verdict?.status}`, {
      next: 'this is a bug; please report it',
    });
  }
  await updateFinding(home.findings, finding, result.verdict, now());
  terminal.out(`  ${green('✓')} applied and verified on fresh reads: ${finding.controlId} PASSED (${runId})\n`);
  const undone = await undoRun({
    runId,
    controls,
    estate: (accountId) => estates.of(accountId),
    connection,
    home,
    ledger,
    now,
    report,
  }).finally(end);
  if (undone.outcome.status !== 'complete' || undone.verdict === undefined) {
    throw new Problem('demo-failed', `the demo's undo did not go through: ${describeOutcome(undone.outcome)}`, {
      next: 'this is a bug; please report it',
    });
  }
  await updateFinding(home.findings, finding, undone.verdict, now());
  terminal.out(
    `  ${green('✓')} taken back: ${finding.controlId} ${undone.verdict.status} again, the estate as it was\n`,
  );
}

/** The approval, the fix and its undo are in the ledger: verified, with the line that an auditor would type. */
async function verifyIt(terminal: Terminal, home: Home, ledger: Ledger): Promise<void> {
  const report = await verifyFolder(home, { keys: [], known: [], entries: true });
  terminal.out(`\n${terminal.paint.bold('And all of it is in the signed ledger:')}\n${reportText(terminal, report)}`);
  if (report.faults.length > 0) {
    throw new Problem('demo-failed', 'the ledger of the demo is not intact', {
      next: `move ${home.ledger} away and report what stands above, if nobody changed it`,
    });
  }
  terminal.out(auditorText(home.ledger, ledger.settings.keys.map(formatVerifierKey)));
}
