import type { Estate, EstateHeader, Gap, Resource } from './estate.js';
import { LayeredEstate } from './layered-estate.js';
import { MemoryEstate } from './memory-estate.js';
import { damaged, decodeLine, decodeResource, isResourceLine } from './snapshot-format.js';
import { blockLines, verifyFile, type VerifiedFile } from './snapshot-reader.js';

/**
 * A snapshot file, verified: its checksum over every byte was compared, so nothing of a truncated or changed file is ever
 * used.
 */
export class Snapshot {
  readonly gaps: readonly Gap[];
  private readonly file: VerifiedFile;
  /** What accounts share, by its account. */
  private readonly sharedOf: ReadonlyMap<string, readonly Resource[]>;
  private readonly shared: MemoryEstate;

  private constructor(file: VerifiedFile, gaps: readonly Gap[], sharedOf: ReadonlyMap<string, readonly Resource[]>) {
    this.file = file;
    this.gaps = gaps;
    this.sharedOf = sharedOf;
    this.shared = new MemoryEstate(file.header, [...sharedOf.values()].flat(), gaps);
  }

  /**
   * Opens and verifies a file, and reads what concerns several accounts: gaps, and the types in `SHARED_TYPES`.
   *
   * @throws Problem naming what is wrong.
   */
  static async open(path: string): Promise<Snapshot> {
    const file = await verifyFile(path);
    checkAccounts(file);
    const gaps: Gap[] = [];
    const sharedOf = new Map<string, Resource[]>();
    let accountId = '';
    let shared: Resource[] = [];
    for await (const { lines } of blockLines(file, file.directory.common)) {
      for (const line of lines) {
        if (isResourceLine(line)) {
          if (accountId === '') throw damaged('a shared resource belongs to no account');
          shared.push(decodeResource(line, accountId));
          continue;
        }
        const decoded = decodeLine(line);
        if (decoded.kind === 'gap') gaps.push(decoded.gap);
        else if (decoded.kind === 'account') {
          ({ accountId } = decoded);
          shared = [];
          sharedOf.set(accountId, shared);
        } else throw damaged(`a ${decoded.kind} is where it does not belong`);
      }
    }
    return new Snapshot(file, gaps, sharedOf);
  }

  get path(): string {
    return this.file.path;
  }

  get header(): EstateHeader {
    return this.file.header;
  }

  get resources(): number {
    return this.file.directory.resources;
  }

  /** One estate an account, in the file's order: memory for one at a time. Accounts that could not be read are empty. */
  async *accounts(): AsyncIterable<{ readonly accountId: string; readonly estate: Estate }> {
    for await (const { accountId, resources } of this.parts()) {
      const own = new MemoryEstate(this.header, resources, this.gaps);
      yield { accountId, estate: new LayeredEstate(own, this.shared) };
    }
  }

  /** Everything in one estate: for organizations that fit in memory. */
  async whole(): Promise<MemoryEstate> {
    const all: Resource[] = [];
    for await (const { resources } of this.parts()) for (const resource of resources) all.push(resource);
    return new MemoryEstate(this.header, all, this.gaps);
  }

  /** The resources of each account, account by account. */
  async *parts(): AsyncIterable<{ readonly accountId: string; readonly resources: readonly Resource[] }> {
    let accountId: string | undefined;
    let resources: Resource[] = [];
    for await (const { block, lines } of blockLines(this.file, this.file.directory.accounts)) {
      if (block.accountId !== accountId) {
        if (accountId !== undefined) yield { accountId, resources };
        ({ accountId } = block);
        resources = [...(this.sharedOf.get(accountId) ?? [])];
      }
      for (const line of lines) if (isResourceLine(line)) resources.push(decodeResource(line, accountId));
    }
    if (accountId !== undefined) yield { accountId, resources };
  }
}

/** Each account of the header must be in the directory once: its blocks follow each other. */
function checkAccounts({ header, directory }: VerifiedFile): void {
  const awaited = new Set(header.accounts.map(({ accountId }) => accountId));
  let last: string | undefined;
  for (const { accountId } of directory.accounts) {
    if (accountId === last) continue;
    if (!awaited.delete(accountId)) throw damaged(`account ${accountId} is not in its header, or comes twice`);
    last = accountId;
  }
  const [missing] = awaited;
  if (missing !== undefined) throw damaged(`account ${missing} is in its header and nowhere else`);
}
