import { parseCheckpoint } from '../note/checkpoint.js';
import { checkTimestamp } from '../timestamp/token.js';
import type { TileReader } from '../tiles/tile-tree.js';
import type { Fault } from './fault.js';

/** An authority's word that a checkpoint existed at a time. */
export interface Timestamp {
  /** How many entries the checkpoint has. */
  readonly size: number;
  /** By the authority's clock, ISO 8601. */
  readonly time: string;
  /** The subject of the certificate that signed. */
  readonly by: string;
  /** Whether that certificate leads to a trusted one. */
  readonly trusted: boolean;
  readonly path: string;
}

/** Time stamps, and with each the checkpoint that was stamped. */
const STAMP = /^timestamps\/.+\.tsr$/;
const STAMPED = /^timestamps\/.+\.checkpoint$/;
const checkpointOf = (stamp: string) => stamp.replace(/tsr$/, 'checkpoint');

/**
 * Checks every time stamp against the checkpoint beside it, and every such checkpoint against the ledger: it is an earlier
 * head, which the ledger must continue.
 *
 * @param authorities certificates in DER that those of the signers must lead to; with none, these are not checked.
 * @param history what is wrong with an earlier checkpoint.
 */
export async function verifyTimestamps(
  reader: TileReader,
  files: readonly string[],
  authorities: readonly Buffer[],
  history: (path: string, bytes: Uint8Array) => Promise<Fault[]>,
): Promise<{ faults: Fault[]; timestamps: Timestamp[] }> {
  const faults: Fault[] = [];
  const timestamps: Timestamp[] = [];
  const wrong = new Map<string, Fault[]>();
  for (const path of files.filter((file) => STAMPED.test(file))) {
    wrong.set(path, await history(path, (await reader.read(path)) ?? Buffer.alloc(0)));
  }
  for (const path of files.filter((file) => STAMP.test(file))) {
    const answer = await reader.read(path);
    const stamped = await reader.read(checkpointOf(path));
    if (answer === undefined || stamped === undefined) {
      faults.push({ code: 'timestamp', path, text: 'the checkpoint that it stamps, beside it, is missing' });
      continue;
    }
    const check = checkTimestamp(answer, stamped, { trusted: authorities });
    const size = parseCheckpoint(stamped)?.size;
    const stampedPath = checkpointOf(path);
    if (check.kind === 'bad') {
      faults.push({ code: 'timestamp', path, text: check.text });
      // What was changed beside it is told once.
      wrong.set(stampedPath, wrong.get(stampedPath)?.filter((fault) => fault.path !== stampedPath) ?? []);
    } else if (size !== undefined && wrong.get(stampedPath)?.length === 0) {
      timestamps.push({ size, time: check.time.toISOString(), by: check.by, trusted: check.trusted, path });
    }
  }
  faults.push(...[...wrong.values()].flat());
  timestamps.sort((one, other) => one.size - other.size || one.time.localeCompare(other.time));
  return { faults, timestamps };
}
