import { formatVerifierKey, type VerifierKey } from '../note/verifier-key.js';
import { bundleLeaves } from '../tiles/entry-bundle.js';
import { HASH_BYTES } from '../merkle/hashing.js';
import { parseTilePath, TILE_WIDTH, tilePath, widthIn, type Tile } from '../tiles/tile-path.js';
import type { TileReader } from '../tiles/tile-tree.js';
import type { Fault } from './fault.js';

/** Files beside the tree: the head, the records, what witnesses and time stamping authorities gave, public keys. */
const OTHER =
  /^(?:checkpoint|records\/[0-9a-f]{64}\.json|witness\/[^/]+|timestamps\/[^/]+\.(?:ts[rq]|checkpoint)|keys\/[^/]+\.(?:pem|vkey))$/;
const RECORD = /^records\//;

/**
 * The files that do not belong to a ledger of this size: foreign ones, tiles that reach beyond the checkpoint, and
 * earlier forms of tiles that do not say what the present ones do.
 *
 * @param given.records the record files that entries name; undefined when not all entries were read.
 * @param given.wrong tiles that are known to be wrong: with them nothing is compared.
 */
export async function foreignFiles(
  reader: TileReader,
  paths: readonly string[],
  given: {
    readonly size: number;
    readonly records: readonly string[] | undefined;
    readonly wrong: ReadonlySet<string>;
  },
): Promise<Fault[]> {
  const { size, records, wrong } = given;
  const faults: Fault[] = [];
  const named = new Set(records);
  for (const path of paths) {
    const tile = parseTilePath(path);
    if (tile === undefined) {
      if (!OTHER.test(path)) faults.push({ code: 'foreign-file', path, text: 'it does not belong to the ledger' });
      else if (records !== undefined && RECORD.test(path) && !named.has(path)) {
        faults.push({ code: 'foreign-file', path, text: 'no entry names this record' });
      }
      continue;
    }
    const width = widthIn(size, tile.kind, tile.kind === 'entries' ? 0 : tile.level, tile.index);
    if (tile.width > width) {
      const text = `it reaches beyond the ${size} entries of the checkpoint: an append was interrupted, or an old checkpoint was put back`;
      faults.push({ code: 'beyond-checkpoint', path, text });
    } else if (
      tile.width < width &&
      !wrong.has(tilePath({ ...tile, width })) &&
      !(await isEarlierForm(reader, tile, width))
    ) {
      const code = tile.kind === 'entries' ? 'entry-bundle' : 'tile';
      faults.push({ code, path, text: 'this earlier form of the tile is not the beginning of the present one' });
    }
  }
  return faults;
}

async function isEarlierForm(reader: TileReader, tile: Tile, width: number): Promise<boolean> {
  const earlier = await reader.read(tilePath(tile));
  const present = (await reader.read(tilePath({ ...tile, width }))) ?? Buffer.alloc(0);
  if (earlier === undefined || !present.subarray(0, earlier.length).equals(earlier)) return false;
  if (tile.kind === 'hashes') return earlier.length === tile.width * HASH_BYTES;
  return tile.width < TILE_WIDTH && bundleLeaves(Buffer.from(earlier), tile.width) !== undefined;
}

/** Public keys beside a ledger are a convenience; one that is not among those trusted would mislead who takes it. */
export async function keyFileFaults(
  reader: TileReader,
  paths: readonly string[],
  keys: readonly VerifierKey[],
): Promise<Fault[]> {
  const trusted = new Set(
    keys.flatMap((key) => [
      `${formatVerifierKey(key)}\n`,
      String(key.publicKey.export({ format: 'pem', type: 'spki' })),
    ]),
  );
  const faults: Fault[] = [];
  for (const path of paths.filter((each) => each.startsWith('keys/'))) {
    const text = (await reader.read(path))?.toString('latin1') ?? '';
    if (!trusted.has(text)) faults.push({ code: 'key-file', path, text: 'it is not one of the keys that are trusted' });
  }
  return faults;
}
