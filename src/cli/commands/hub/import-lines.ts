import type { ImportedLines } from '../../../engine/hub/line-import.js';
import { openStandalone } from '../../../engine/hub/standalone-import.js';
import type { ImportTally } from '../../../store/postgres/findings/import-lines.js';
import { attestChange } from '../../ledger.js';
import { homeOf, terminalOf } from '../../options.js';
import type { DatabaseOptions } from '../../database.js';
import { progressOn } from '../../progress.js';
import type { Tally } from './import-tally.js';
import { LineFile } from './line-file.js';
import { clientOf, type HubOptions } from './with-hub.js';

export type LineOptions = HubOptions & DatabaseOptions;

/** Whether findings are read and sent line by line: however many there are, none is kept. */
export function isLines(file: string, format: string): boolean {
  return format === 'asff' && (file === '-' || /\.(ndjson|jsonl)(\.gz)?$/i.test(file));
}

/**
 * Imports a file of lines: by the hub that is named, into the database that is named, by the hub on this machine, and where
 * none runs into its database.
 */
export async function importLines(file: string, options: LineOptions): Promise<Tally> {
  const { hub, databaseUrl } = options;
  const { report, end } = progressOn(terminalOf(options));
  const lines = new LineFile(file, report);
  const isHub = hub !== undefined || (databaseUrl === undefined && (await homeOf(options).hub.address()) !== undefined);
  try {
    const { created, updated, unchanged, refused, refusals } = isHub
      ? await throughHub(lines, options)
      : await intoDatabase(file, lines, options);
    return {
      counts: { created, updated, unchanged, refused },
      refused: refusals.map((refusal) => ({ kind: 'refused', ...refusal })),
    };
  } finally {
    end();
  }
}

async function throughHub(lines: LineFile, options: LineOptions): Promise<ImportTally> {
  const client = await clientOf(options);
  const body = { type: 'application/x-ndjson', chunks: lines.chunks() };
  return client.upload<ImportTally>('/api/v1/findings/import-lines', body);
}

/** Whoever may write to the database may import; the ledger of this machine has who did. */
async function intoDatabase(file: string, lines: LineFile, options: LineOptions): Promise<ImportTally> {
  const home = homeOf(options);
  const { databaseUrl } = options;
  const standalone = await openStandalone(home, databaseUrl);
  try {
    terminalOf(options).err(
      databaseUrl === undefined ? 'no hub runs here: into its database\n' : 'into the database, without a hub\n',
    );
    await attestChange(home, 'call', `import of \`${file}\` begins`, [file], {});
    const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'hikeshi', reason: 'import' } as const;
    const { cut, refusals, ...counts }: ImportedLines = await standalone.importLines(lines.chunks(), { actor });
    const detail = { ...counts, bytes: lines.bytes, sha256: lines.digest() };
    await attestChange(home, 'call', `import of \`${file}\`: ${counts.lines} lines`, [file], detail);
    if (cut !== undefined) throw cut;
    return { ...counts, refusals };
  } finally {
    await standalone.close();
  }
}
