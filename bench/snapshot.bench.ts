import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controls } from '../src/controls/catalogue.js';
import { evaluateAccount } from '../src/controls/evaluate.js';
import { demoAccounts } from '../src/estate/demo/demo-organization.js';
import { writeSnapshot } from '../src/estate/snapshot-file.js';
import { blockLines, verifyFile } from '../src/estate/snapshot-reader.js';
import { Snapshot } from '../src/estate/snapshot.js';
import { millisecondsOf } from './measure.js';

const now = new Date('2026-03-01T00:00:00.000Z');
const RATIO_WANTED = 3;
const PEAK_MIB_WANTED = 2048;
/** The limits apply from here. */
const RESOURCES_LIMITED = 900_000;
const MIB = 1024 * 1024;

/** Accounts that make about 10 thousand, 100 thousand and a million resources. */
const ACCOUNTS = [20, 205, 2050] as const;

/**
 * Scanning a snapshot with all controls, against only reading and parsing the same file; at three sizes, to see that
 * the cost is linear. The compiler is warmed up on a small file first. The limits are for a million resources; smaller
 * files are told, not judged. The peak is the whole process's, so it contains what making the file took.
 *
 * @throws Error when a scan takes more than three times as long, or the process 2 GB.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-bench-'));
  try {
    await benchSize(join(folder, 'warm-up.hikeshi'), ACCOUNTS[0], () => undefined);
    for (const accounts of ACCOUNTS) {
      const measured = await benchSize(join(folder, `${accounts}.hikeshi`), accounts, report);
      if (measured.resources >= RESOURCES_LIMITED) check(measured);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly resources: number;
  readonly ratio: number;
  readonly peakMib: number;
}

async function benchSize(path: string, accounts: number, report: (line: string) => void): Promise<Measured> {
  const demo = demoAccounts({ accounts, seed: 1, now });
  let resources = 0;
  const writing = await millisecondsOf(async () => {
    ({ resources } = await writeSnapshot(path, demo.header, demo.accounts()));
  });
  const { size } = await stat(path);
  const parsing = await millisecondsOf(() => readAndParse(path));
  let results = 0;
  const scanning = await millisecondsOf(async () => {
    results = await scan(path);
  });
  const ratio = scanning / parsing;
  const peakMib = (process.resourceUsage().maxRSS * 1024) / MIB;
  const speed = (ms: number) => `${Math.round((resources / ms) * 1000).toLocaleString('en')}/s`;
  report(`${resources.toLocaleString('en')} resources in ${accounts} accounts, ${(size / MIB).toFixed(1)} MiB`);
  report(`  made and written  ${(writing / 1000).toFixed(2)} s (${speed(writing)})`);
  report(`  read and parsed   ${(parsing / 1000).toFixed(2)} s (${speed(parsing)})`);
  report(
    `  scanned           ${(scanning / 1000).toFixed(2)} s (${speed(scanning)}), ${results.toLocaleString('en')} results`,
  );
  report(
    `  scan ÷ parse ${ratio.toFixed(2)}; ${((scanning / resources) * 1000).toFixed(1)} µs a resource; peak ${Math.round(peakMib)} MiB`,
  );
  return { resources, ratio, peakMib };
}

function check({ ratio, peakMib }: Measured): void {
  if (ratio > RATIO_WANTED)
    throw new Error(`scanning takes ${ratio.toFixed(2)} times as long as parsing, not ${RATIO_WANTED}`);
  if (peakMib > PEAK_MIB_WANTED) throw new Error(`the process took ${Math.round(peakMib)} MiB, not ${PEAK_MIB_WANTED}`);
}

/** The least any reader must do: verify, decompress and parse every line, keeping nothing. */
async function readAndParse(path: string): Promise<void> {
  const file = await verifyFile(path);
  const blocks = [...file.directory.accounts, ...file.directory.common];
  for await (const { lines } of blockLines(file, blocks)) for (const line of lines) JSON.parse(line);
}

/** As a scan does it: verify, then account by account through all controls. Answers how many results there are. */
async function scan(path: string): Promise<number> {
  const snapshot = await Snapshot.open(path);
  let results = 0;
  for await (const { accountId, estate } of snapshot.accounts()) {
    for (const _ of evaluateAccount(estate, accountId, controls, now)) results += 1;
  }
  return results;
}
