import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../base/problem.js';
import type { AccountInfo } from '../estate/estate.js';
import { ClosedFile } from './closed-file.js';
import { AnalyzersFile } from './analyzers-file.js';
import { CollectJournalFile } from './collect-journal.js';
import { writeWhole } from './durable-file.js';
import { FindingsFile } from './findings-file.js';
import { HubFile } from './hub-file.js';
import type { KeptFindings } from './kept-findings.js';
import { RunFiles } from './run-file.js';

/** How the last scan of an organization (or lone account) was made, so that later commands reach the same place. */
export interface ScanRecord {
  readonly scannedAt: string;
  /** The estate that was judged. */
  readonly snapshot: string;
  readonly accounts: readonly AccountInfo[];
  readonly partition: string;
  /** How to reach the real thing again; absent for a scan of an estate file. Never credentials. */
  readonly reach?: {
    readonly profile?: string;
    readonly orgRole?: string;
    readonly externalId?: string;
    readonly endpoint?: string;
    readonly regions?: readonly string[];
  };
}

/** The folder on this machine that holds findings, snapshots and run records. Only its owner may read it. */
export class Home {
  readonly path: string;
  /** Own findings from scan to scan: a file here, or what was given instead. */
  readonly findings: KeptFindings;

  /** @param path by default `HIKESHI_HOME`, else `.hikeshi` in the user's home folder. */
  constructor(path: string = process.env['HIKESHI_HOME'] ?? join(homedir(), '.hikeshi'), findings?: KeptFindings) {
    this.path = resolve(path);
    this.findings = findings ?? new FindingsFile(join(this.path, 'findings.jsonl'));
  }

  get locks(): string {
    return join(this.path, 'locks');
  }

  /** Zones of trust and archive rules. */
  get analyzers(): AnalyzersFile {
    return new AnalyzersFile(join(this.path, 'analyzers.json'));
  }

  /** What an analyzer proved closed at the last scan, by a version of the engine. */
  closed(analyzer: string, version: string): ClosedFile {
    return new ClosedFile(join(this.path, 'closed', `${analyzer}.txt`), version);
  }

  /** The embedded key store. */
  get keys(): string {
    return join(this.path, 'keys');
  }

  /** The ledger's folder. Beside it are its lock, this machine's copy of its head, and its settings. */
  get ledger(): string {
    return join(this.path, 'ledger');
  }

  /** The proofs of what was attested, a folder for each run. */
  get proofs(): string {
    return join(this.path, 'proofs');
  }

  /** The embedded database's folder. */
  get postgres(): string {
    return join(this.path, 'postgres');
  }

  /** Where a hub that runs on this machine is found: its address, and the file with its first token. */
  get hub(): HubFile {
    return new HubFile(join(this.path, 'hub'));
  }

  runs(now: () => Date): RunFiles {
    return new RunFiles(join(this.path, 'runs'), now);
  }

  /** The folder of what was scanned: an organization or account, through an endpoint. */
  scanFolder(of: { readonly organizationId?: string; readonly accountId: string; readonly endpoint?: string }): string {
    const place =
      of.endpoint === undefined ? '' : `-${createHash('sha256').update(of.endpoint).digest('hex').slice(0, 8)}`;
    return join(this.path, 'scans', `${of.organizationId ?? of.accountId}${place}`);
  }

  /** What is already read of a collection under way. */
  collectJournal(folder: string, key: string): CollectJournalFile {
    return new CollectJournalFile(join(folder, 'collecting.jsonl'), key, Date.now());
  }

  async clearCollectJournal(folder: string): Promise<void> {
    await rm(join(folder, 'collecting.jsonl'), { force: true });
  }

  async writeScan(folder: string, record: ScanRecord): Promise<void> {
    await writeWhole(join(folder, 'scan.json'), [JSON.stringify(record, undefined, 1)]);
  }

  /**
   * The newest scan that contains an account.
   *
   * @throws Problem `not-scanned` when there is none.
   */
  async scanOf(accountId: string, fits: (scan: ScanRecord) => boolean = () => true): Promise<ScanRecord> {
    const scans = (await this.scans()).filter(
      (scan) => fits(scan) && scan.accounts.some((account) => account.accountId === accountId),
    );
    const newest = scans.sort((a, b) => (a.scannedAt < b.scannedAt ? 1 : -1))[0];
    if (newest !== undefined) return newest;
    throw new Problem('not-scanned', `account \`${accountId}\` is in no scan kept in \`${this.path}\``, {
      next: 'run `hikeshi scan` first',
      exit: 'badUsage',
    });
  }

  /** The accounts of every scan that is kept; one that was scanned twice is there twice. */
  async accounts(): Promise<AccountInfo[]> {
    return (await this.scans()).flatMap(({ accounts }) => accounts);
  }

  /** Every scan that is kept. */
  async scans(): Promise<ScanRecord[]> {
    const folder = join(this.path, 'scans');
    const names = await readdir(folder).catch(() => [] as string[]);
    const records: ScanRecord[] = [];
    for (const name of names) {
      const text = await readFile(join(folder, name, 'scan.json'), 'utf8').catch(() => undefined);
      if (text !== undefined) records.push(JSON.parse(text) as ScanRecord);
    }
    return records;
  }
}
