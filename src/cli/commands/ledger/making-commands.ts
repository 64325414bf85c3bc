import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { attestPending } from '../../../engine/attest/attest-run.js';
import { Ledger, readCheckpoint } from '../../../engine/attest/ledger.js';
import { kmsKey, ledgerKey } from '../../../engine/attest/signing-key.js';
import type { LedgerSettings } from '../../../store/ledger-settings.js';
import { exportLedger, requireExportable } from '../../../engine/attest/export-ledger.js';
import { readKeys } from '../../../engine/attest/verify-folder.js';
import { witnessLedger } from '../../../engine/attest/witness-ledger.js';
import { writeEvidence } from '../../../engine/attest/write-evidence.js';
import { formatVerifierKey, verifierKey } from '../../../ledger/note/verifier-key.js';
import { writeWhole } from '../../../store/durable-file.js';
import { snapshotOf } from '../../../store/ledger-snapshot.js';
import { openLedger, witnessKey } from '../../ledger.js';
import { collectName, homeOf, terminalOf, type GlobalOptions } from '../../options.js';

/** The commands that make something of a ledger, or add to it. */
export function makingCommands(ledger: Command): void {
  ledger
    .command('init')
    .description("begin this machine's ledger, or change the key that signs it")
    .option('--origin <name>', 'the name of a new ledger, better a URL without its scheme')
    .option('--kms <arn>', 'a key of AWS KMS that signs it: ECC_NIST_P256 or ECC_NIST_EDWARDS25519')
    .option('--profile <name>', 'AWS profile, as for the AWS CLI')
    .addOption(new Option('--endpoint-url <url>', 'another server than AWS').env('AWS_ENDPOINT_URL'))
    .action(async (_given: unknown, command: Command) =>
      initLedger(command.optsWithGlobals<GlobalOptions & InitOptions>()),
    );
  ledger
    .command('prove')
    .argument('<what>', 'the number of an entry, or a run')
    .description('write what makes an entry believable without the ledger: the entry, its record, its proof, the key')
    .option('--out <folder>', 'where to', '.')
    .option('--json', 'as JSON')
    .action(async (what: string, _given: unknown, command: Command) =>
      proveEntries(what, command.optsWithGlobals<GlobalOptions & { out: string; json?: boolean }>()),
    );
  ledger
    .command('export')
    .argument('<folder>', 'an empty folder, or one that was exported to before')
    .description('copy the ledger to a folder that a file server or a bucket can host')
    .action(async (path: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const terminal = terminalOf(options);
      const own = await openLedger(homeOf(options));
      const files = await attestedExport(own, path).finally(() => own.close());
      terminal.out(
        `${terminal.paint.green('✓')} ${files} new files in ${path}\n${auditorText(path, own.settings.keys.map(formatVerifierKey))}`,
      );
    });
  witnessCommand(ledger);
  ledger
    .command('attest')
    .description('attest what earlier runs left unattested')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const terminal = terminalOf(options);
      const home = homeOf(options);
      const own = await openLedger(home);
      const runs = home.runs(() => new Date());
      await attestPending(home, runs, own, Infinity).finally(() => own.close());
      terminal.out(`${terminal.paint.green('✓')} everything is attested\n`);
    });
}

/** Exports a ledger with the record that says so in it. An export that is refused is none, and is not recorded. */
async function attestedExport(own: Ledger, path: string): Promise<number> {
  await requireExportable(own, path);
  await own.append({
    kind: 'export',
    at: new Date().toISOString(),
    by: userInfo().username,
    subjects: [own.settings.origin],
    title: 'export of the ledger',
    detail: { to: resolve(path) },
  });
  return exportLedger(own, path);
}

/** A person, account or machine that signs what it has seen of another's ledger. */
function witnessCommand(ledger: Command): void {
  ledger
    .command('witness')
    .argument('<folder>', 'the ledger, or a copy of it')
    .description("sign another's ledger as its witness: never two checkpoints that contradict each other")
    .requiredOption('--as <name>', 'the name of the witness, for example `audit.example.com`')
    .requiredOption('--key <vkey>', 'a key of the ledger, or a file of them (any number of times)', collectName, [])
    .option('--out <file>', "where the signed checkpoint goes (default: the ledger's folder, `witness/NAME`)")
    .action(async (path: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { as: string; key: string[]; out?: string }>();
      const terminal = terminalOf(options);
      const home = homeOf(options);
      const signer = await witnessKey(home);
      const name = options.as;
      const own = verifierKey(name, signer.publicKey, 'witness');
      const logKeys = await readKeys(options.key);
      const { note, size } = await witnessLedger(home, { path, logKeys, name, signer, now: new Date() });
      const out = options.out ?? join(path, 'witness', name.replace(/[^A-Za-z0-9.-]/g, '_'));
      await writeWhole(out, [note.replace(/\n$/, '')]);
      terminal.out(
        `${terminal.paint.green('✓')} ${size} entries witnessed: ${out}\n  who verifies needs your key: --key '${formatVerifierKey(own)}'\n`,
      );
    });
}

interface InitOptions {
  readonly origin?: string;
  readonly kms?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

async function initLedger(options: GlobalOptions & InitOptions): Promise<void> {
  const { kms, profile, endpointUrl } = options;
  const terminal = terminalOf(options);
  const home = homeOf(options);
  const reach = {
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined || endpointUrl === '' ? {} : { endpoint: endpointUrl }),
  };
  const keyOf = (before: LedgerSettings | undefined) =>
    kms === undefined ? ledgerKey(home, before) : kmsKey(kms, reach);
  const own = await Ledger.open(home, keyOf, options.origin);
  const { origin, keys, signingKey } = own.settings;
  if (options.origin !== undefined && options.origin !== origin) {
    own.close();
    throw new Problem('ledger-origin', `this machine's ledger is \`${origin}\` already`, {
      next: `its name is in every checkpoint; to begin another one, move \`${home.ledger}\`* away`,
      exit: 'badUsage',
    });
  }
  terminal.out(
    `${terminal.paint.green('✓')} ledger ${origin}, signed by ${signingKey}\n${keys.map((key) => `  ${formatVerifierKey(key)}\n`).join('')}`,
  );
  own.close();
}

async function proveEntries(what: string, options: GlobalOptions & { out: string; json?: boolean }): Promise<void> {
  const terminal = terminalOf(options);
  const home = homeOf(options);
  const own = await openLedger(home);
  own.close();
  const { reader } = await snapshotOf(own.folder);
  const checkpoint = await readCheckpoint(reader);
  if (checkpoint === undefined) {
    throw new Problem('ledger-none', 'nothing was recorded yet', {
      next: '`hikeshi fix` begins a ledger',
      exit: 'badUsage',
    });
  }
  const indexes = what.startsWith('run-') ? await entriesOf(home, what) : [Number(what)];
  const keys = own.settings.keys.map(({ publicKey }) => publicKey);
  for (const index of indexes) {
    const evidence = await writeEvidence(reader, checkpoint, index, keys, options.out);
    if (options.json === true) {
      terminal.out(`${JSON.stringify(evidence)}\n`);
      continue;
    }
    const files = [evidence.envelope, evidence.record, evidence.proof, evidence.bundle, evidence.key];
    terminal.out(
      `${terminal.paint.green('✓')} entry ${index}:\n${files
        .filter((file) => file !== undefined)
        .map((file) => `  ${file}\n`)
        .join('')}`,
    );
  }
  if (options.json !== true) {
    terminal.out('docs/ledger.md shows how an auditor verifies them with openssl and sha256sum alone\n');
  }
}

async function entriesOf(home: ReturnType<typeof homeOf>, runId: string): Promise<number[]> {
  const { entries } = await home.runs(() => new Date()).read(runId);
  const indexes = entries.flatMap((entry) => (entry.kind === 'attested' ? [entry.index] : []));
  if (indexes.length > 0) return indexes;
  throw new Problem('ledger-no-entry', `nothing of run \`${runId}\` is in the ledger`, { exit: 'badUsage' });
}

/** The one line an auditor needs. */
export function auditorText(path: string, keys: readonly string[]): string {
  return `  an auditor verifies it with:\n  hikeshi ledger verify ${path} ${keys.map((key) => `--key '${key}'`).join(' ')}\n`;
}
