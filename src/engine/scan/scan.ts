import { join } from 'node:path';
import { collectors } from '../../collectors/catalogue.js';
import { collectorsFor } from '../../collectors/operations.js';
import { typesRead, type AnyControl } from '../../controls/control.js';
import type { EstateHeader, Gap } from '../../estate/estate.js';
import { Snapshot } from '../../estate/snapshot.js';
import type { Finding } from '../../findings/finding.js';
import type { Home, ScanRecord } from '../../store/home.js';
import type { OpenConnection } from '../connect/open.js';
import type { Discovery } from '../discover/discover.js';
import { isIn, selectRead, type Selection } from '../discover/selection.js';
import type { Report } from '../event.js';
import { judge } from './judge.js';
import { readEstate } from './read-estate.js';

/** What a scan needs: a way to AWS, or a snapshot taken earlier. */
export interface ScanOptions {
  readonly from:
    | { readonly connection: OpenConnection; readonly selection: Selection }
    | { readonly estateFile: string; readonly selection: Selection };
  readonly controls: readonly AnyControl[];
  /** Read only what the controls need, not everything a rehearsal may want. */
  readonly lean: boolean;
  readonly home: Home;
  readonly now: Date;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** What a scan found. */
export interface ScanResult {
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  readonly resources: number;
  readonly findings: readonly Finding[];
  readonly snapshot: string;
}

/**
 * Reads (or opens) an estate, judges it, and keeps findings and snapshot in the home folder, so that `rehearse` and
 * `fix` know what to start from. Never writes to AWS.
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const { home, now, report, controls } = options;
  const path = 'estateFile' in options.from ? options.from.estateFile : await read(options, options.from);
  const snapshot = await Snapshot.open(path);
  const { header, gaps } = snapshot;
  const judging = { snapshot, controls, findings: home.findings, now, report };
  if (!('estateFile' in options.from)) {
    return { header, gaps, ...(await judge(judging)), snapshot: path };
  }
  const { selection } = options.from;
  const accounts = selectRead(header.accounts, selection);
  const selected = isIn(accounts);
  await home.writeScan(folderOf(home, header, undefined), recordOf(header, path, now, undefined));
  const judged = await judge({ ...judging, ...(Object.keys(selection).length === 0 ? {} : { selected }) });
  return { header: { ...header, accounts }, gaps: gaps.filter(selected), ...judged, snapshot: path };
}

/** Reads AWS into the home folder. Answers where the snapshot is. */
async function read(options: ScanOptions, from: { connection: OpenConnection; selection: Selection }): Promise<string> {
  const { home, now, report, controls, signal } = options;
  const { connection, selection } = from;
  const needed = new Set(controls.flatMap(typesRead));
  const chosen = options.lean ? collectorsFor(needed, collectors) : collectors;
  const folder = (discovery: Discovery) =>
    home.scanFolder({
      ...(discovery.organizationId === undefined ? {} : { organizationId: discovery.organizationId }),
      accountId: connection.caller.accountId,
      ...(connection.options.endpoint === undefined ? {} : { endpoint: connection.options.endpoint }),
    });
  const estate = await readEstate({
    connection,
    selection,
    collectors: chosen,
    pathOf: (discovery) => join(folder(discovery), 'estate.hikeshi'),
    force: true,
    now,
    report,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(signal === undefined
      ? {}
      : { journal: (discovery) => home.collectJournal(folder(discovery), estateKey(discovery, selection)) }),
  });
  await home.clearCollectJournal(folder(estate.discovery));
  await home.writeScan(folder(estate.discovery), recordOf(estate.header, estate.path, now, connection));
  return estate.path;
}

/** What an interrupted collection must have in common with the one that goes on with it. */
function estateKey(discovery: Discovery, selection: Selection): string {
  const accounts = discovery.accounts.map(({ accountId, regions }) => [accountId, regions]);
  return JSON.stringify({ organizationId: discovery.organizationId, selection, accounts });
}

function folderOf(home: Home, header: EstateHeader, endpoint: string | undefined): string {
  return home.scanFolder({
    ...(header.organizationId === undefined ? {} : { organizationId: header.organizationId }),
    accountId: header.accounts[0]?.accountId ?? 'unknown',
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

function recordOf(
  header: EstateHeader,
  snapshot: string,
  now: Date,
  connection: OpenConnection | undefined,
): ScanRecord {
  const { accounts, partition } = header;
  const base = { scannedAt: now.toISOString(), snapshot, accounts, partition };
  if (connection === undefined) return base;
  const { profile, orgRole, externalId, endpoint, regions } = connection.options;
  return {
    ...base,
    reach: {
      ...(profile === undefined ? {} : { profile }),
      ...(orgRole === undefined ? {} : { orgRole }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(regions === undefined ? {} : { regions }),
    },
  };
}
