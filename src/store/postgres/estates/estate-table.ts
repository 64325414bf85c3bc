import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Problem } from '../../../base/problem.js';
import type { Estate, EstateHeader, Gap, Resource } from '../../../estate/estate.js';
import { LayeredEstate } from '../../../estate/layered-estate.js';
import { MemoryEstate } from '../../../estate/memory-estate.js';
import {
  decodeLine,
  decodeResource,
  encodeAccount,
  encodeResource,
  isResourceLine,
  SHARED_TYPES,
} from '../../../estate/snapshot-format.js';
import type { Database } from '../database.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** Fast rather than small, as for snapshot files. */
const GZIP_LEVEL = 1;
/** The part that has what accounts may need to know of others. */
const SHARED_PART = 'shared';

/** The name under which an estate is kept: its organization's id, or its lone account's. */
export function estateName(header: EstateHeader): string {
  return header.organizationId ?? header.accounts[0]?.accountId ?? 'empty';
}

/** What is written of one account. */
export interface EstatePart {
  readonly accountId: string;
  readonly resources: Iterable<Resource>;
}

/**
 * Keeps an estate in place of the one before it, in one transaction: a reader sees all of the one or all of the other.
 * In the lines of the snapshot format, compressed, an account a part; memory for one account at a time.
 */
export async function writeEstate(
  database: Database,
  header: EstateHeader,
  gaps: readonly Gap[],
  parts: AsyncIterable<EstatePart> | Iterable<EstatePart>,
): Promise<void> {
  const name = estateName(header);
  await database.transaction(async (client) => {
    await client.query(
      `insert into hikeshi.estate as e (name, version, collected_at, header, gaps) values ($1, 1, $2, $3, $4)
       on conflict (name) do update set version = e.version + 1, collected_at = excluded.collected_at,
         header = excluded.header, gaps = excluded.gaps`,
      [name, header.collectedAt, JSON.stringify(header), JSON.stringify(gaps)],
    );
    await client.query('delete from hikeshi.estate_part where estate = $1', [name]);
    const shared: string[] = [];
    const keep = async (part: string, lines: readonly string[]): Promise<void> => {
      const text = Buffer.from(lines.join('\n'));
      const digest = createHash('sha256').update(text).digest();
      await client.query('insert into hikeshi.estate_part (estate, part, sha256, lines) values ($1, $2, $3, $4)', [
        name,
        part,
        digest,
        await pack(text, { level: GZIP_LEVEL }),
      ]);
    };
    for await (const { accountId, resources } of parts) {
      const lines: string[] = [];
      const own: string[] = [];
      for (const resource of resources) {
        const line = encodeResource(resource);
        lines.push(line);
        if (SHARED_TYPES.has(resource.type)) own.push(line);
      }
      if (own.length > 0) shared.push(encodeAccount(accountId), ...own);
      await keep(accountId, lines);
    }
    await keep(SHARED_PART, shared);
  });
}

/** What the estates that are kept say of themselves. */
export async function estateHeaders(database: Database): Promise<EstateHeader[]> {
  const { rows } = await database.query<{ header: EstateHeader }>('select header from hikeshi.estate');
  return rows.map(({ header }) => header);
}

interface KeptHeader {
  readonly name: string;
  readonly version: number;
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
}

/** Accounts whose estates are kept in memory. */
const ACCOUNTS_MAX = 64;

/** Estates as workers read them: an account's own on top of what accounts share. Kept in memory until a new one is written. */
export class EstateTable {
  private readonly database: Database;
  private readonly kept = new Map<string, { readonly key: string; readonly estate: Promise<Estate> }>();
  private readonly shared = new Map<string, { readonly version: number; readonly estate: Promise<MemoryEstate> }>();

  constructor(database: Database) {
    this.database = database;
  }

  /**
   * The newest estate that has an account.
   *
   * @throws Problem `not-scanned` when there is none; `estate-damaged` when what was kept is not what was written.
   */
  async of(accountId: string): Promise<Estate> {
    const { rows } = await this.database.query<{ name: string; version: number }>(
      `select e.name, e.version from hikeshi.estate e join hikeshi.estate_part p on p.estate = e.name
       where p.part = $1 order by e.collected_at desc limit 1`,
      [accountId],
    );
    const found = rows[0];
    if (found === undefined) {
      throw new Problem('not-scanned', `no estate that has account \`${accountId}\` is in the database`, {
        next: 'scan it with a hub that uses this database',
        exit: 'badUsage',
      });
    }
    const key = `${found.name} ${found.version}`;
    const known = this.kept.get(accountId);
    if (known?.key === key) return known.estate;
    const estate = this.read(found.name, accountId);
    estate.catch(() => this.kept.delete(accountId));
    this.kept.set(accountId, { key, estate });
    for (const [oldest] of this.kept) {
      if (this.kept.size <= ACCOUNTS_MAX) break;
      this.kept.delete(oldest);
    }
    return estate;
  }

  private async read(name: string, accountId: string): Promise<Estate> {
    // One statement, one view of the database: header and parts are of one version.
    const { rows } = await this.database.query<KeptHeader & { part: string; sha256: Buffer; lines: Buffer }>(
      `select e.name, e.version, e.header, e.gaps, p.part, p.sha256, p.lines
       from hikeshi.estate e join hikeshi.estate_part p on p.estate = e.name
       where e.name = $1 and p.part in ($2, $3)`,
      [name, accountId, SHARED_PART],
    );
    const own = rows.find(({ part }) => part === accountId);
    const shared = rows.find(({ part }) => part === SHARED_PART);
    if (own === undefined || shared === undefined) throw damaged(name, 'a part of it is missing');
    const lines = await linesOf(own);
    const resources = resourcesOf(lines, accountId);
    const known = this.shared.get(name);
    const estate =
      known?.version === own.version
        ? known.estate
        : linesOf(shared).then((read) => new MemoryEstate(own.header, resourcesOf(read, ''), own.gaps));
    this.shared.set(name, { version: own.version, estate });
    return new LayeredEstate(new MemoryEstate(own.header, resources, own.gaps), await estate);
  }
}

async function linesOf(row: { name: string; part: string; sha256: Buffer; lines: Buffer }): Promise<string[]> {
  const text = await unpack(row.lines).catch(() => undefined);
  const digest = text === undefined ? undefined : createHash('sha256').update(text).digest();
  if (text === undefined || digest?.equals(row.sha256) !== true) {
    throw damaged(row.name, `part \`${row.part}\` does not match its checksum`);
  }
  return text.toString('utf8').split('\n');
}

function* resourcesOf(lines: readonly string[], first: string): Iterable<Resource> {
  let accountId = first;
  for (const line of lines) {
    if (line === '') continue;
    if (isResourceLine(line)) {
      yield decodeResource(line, accountId);
      continue;
    }
    const decoded = decodeLine(line);
    if (decoded.kind === 'account') ({ accountId } = decoded);
  }
}

function damaged(name: string, why: string): Problem {
  return new Problem('estate-damaged', `the estate \`${name}\` in the database is damaged: ${why}`, {
    next: 'scan again; nothing is planned on it',
    exit: 'badConfiguration',
  });
}
