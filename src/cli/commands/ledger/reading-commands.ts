import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { listEntries } from '../../../engine/attest/list-entries.js';
import { readCheckpoint } from '../../../engine/attest/ledger.js';
import { verifyFolder } from '../../../engine/attest/verify-folder.js';
import type { SignedCheckpoint } from '../../../ledger/note/checkpoint.js';
import { readEntry } from '../../../ledger/prove.js';
import { digestOf, recordPath } from '../../../ledger/record/statement.js';
import { checkEntry } from '../../../ledger/verify/verify-entries.js';
import type { TileReader } from '../../../ledger/tiles/tile-tree.js';
import { LedgerFolder } from '../../../store/ledger-folder.js';
import { snapshotOf } from '../../../store/ledger-snapshot.js';
import { exitWith } from '../../exit.js';
import { collectName, homeOf, terminalOf, type GlobalOptions } from '../../options.js';
import { entryTable, recordText, reportText } from '../../render/ledger.js';

interface FolderOption extends GlobalOptions {
  readonly folder?: string;
  readonly json?: boolean;
}

/** The commands that only read a ledger. */
export function readingCommands(ledger: Command): void {
  ledger
    .command('show')
    .argument('[entry]', 'the number of an entry, to see all of it')
    .description('what is in the ledger, newest first')
    .option('--folder <folder>', "another ledger than this machine's own")
    .option('--limit <n>', 'how many entries', '20')
    .option('--json', 'as JSON')
    .action(async (entry: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<FolderOption & { limit: string }>();
      await (entry === undefined ? showList(options) : showEntry(options, entry));
    });
  ledger
    .command('verify')
    .argument('[folder]', "the ledger's folder (default: this machine's own)")
    .description('verify a whole ledger, offline, from its files and the public keys')
    .option('--key <vkey>', 'a trusted key, or a file of them (any number of times)', collectName, [])
    .option(
      '--known <file>',
      'an earlier checkpoint: the ledger must have only grown (any number of times)',
      collectName,
      [],
    )
    .option(
      '--tsa-ca <file>',
      'certificates that those of time stamps must lead to (any number of times)',
      collectName,
      [],
    )
    .option('--no-entry-signatures', "do not check each entry's own signature; the checkpoint's covers them all")
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<
        GlobalOptions & { key: string[]; known: string[]; tsaCa: string[]; entrySignatures: boolean; json?: boolean }
      >();
      const terminal = terminalOf(options);
      const report = await verifyFolder(homeOf(options), {
        ...(folder === undefined ? {} : { path: folder }),
        keys: options.key,
        known: options.known,
        timestampCa: options.tsaCa,
        entries: options.entrySignatures,
        onProgress: (entries, size) => {
          if (entries % 25_600 === 0) terminal.err(`  ${entries} of ${size} entries\n`);
        },
      });
      const { faults, checkpoint, witnesses, timestamps, path } = report;
      const head =
        checkpoint === undefined
          ? {}
          : { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root.toString('hex') };
      terminal.out(
        options.json === true
          ? `${JSON.stringify({ intact: faults.length === 0, path, ...head, witnesses, timestamps, entrySignatures: report.entriesChecked, faults }, undefined, 1)}\n`
          : reportText(terminal, report),
      );
      if (faults.length > 0) exitWith('findings');
    });
}

async function openFolder(options: FolderOption): Promise<{ reader: TileReader; checkpoint: SignedCheckpoint }> {
  const folder = new LedgerFolder(options.folder ?? homeOf(options).ledger);
  const { reader } = await snapshotOf(folder);
  const checkpoint = await readCheckpoint(reader);
  if (checkpoint !== undefined) return { reader, checkpoint };
  const next =
    options.folder === undefined ? '`hikeshi fix` begins one' : 'name the folder that holds the file `checkpoint`';
  throw new Problem('ledger-none', `there is no ledger in \`${folder.path}\``, { next, exit: 'badUsage' });
}

async function showList(options: FolderOption & { limit: string }): Promise<void> {
  const terminal = terminalOf(options);
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Problem('bad-number', `--limit \`${options.limit}\` is not a whole number above 0`, { exit: 'badUsage' });
  }
  const { reader, checkpoint } = await openFolder(options);
  const entries = [];
  for await (const entry of listEntries(reader, checkpoint)) {
    if (entries.length === limit) break;
    entries.push(entry);
  }
  if (options.json === true) {
    for (const { index, statement } of entries) terminal.out(`${JSON.stringify({ index, ...statement })}\n`);
    return;
  }
  terminal.out(entryTable(terminal, checkpoint, entries));
}

async function showEntry(options: FolderOption, text: string): Promise<void> {
  const terminal = terminalOf(options);
  const { reader, checkpoint } = await openFolder(options);
  if (!/^\d+$/.test(text)) {
    const next = `its entries are 0 to ${checkpoint.size - 1}`;
    throw new Problem('ledger-no-entry', `the ledger has no entry \`${text}\``, { next, exit: 'badUsage' });
  }
  const index = Number(text);
  const entry = await readEntry(reader, checkpoint.size, index);
  const check = checkEntry(entry);
  if (check.kind === 'bad') {
    throw new Problem('ledger-entry', `entry \`${index}\` cannot be read: ${check.text}`, {
      next: '`hikeshi ledger verify` lists all that is wrong',
    });
  }
  const { statement } = check;
  const stored = statement.record === undefined ? await reader.read(recordPath(statement.digest)) : undefined;
  if (stored !== undefined && digestOf(stored) !== statement.digest) {
    throw new Problem('ledger-entry', `the record of entry \`${index}\` was changed`, {
      next: '`hikeshi ledger verify` lists all that is wrong',
    });
  }
  const record: unknown = statement.record ?? (stored === undefined ? undefined : JSON.parse(stored.toString('utf8')));
  terminal.out(
    options.json === true
      ? `${JSON.stringify({ index, ...statement, record }, undefined, 1)}\n`
      : recordText(terminal, index, statement, record),
  );
}
