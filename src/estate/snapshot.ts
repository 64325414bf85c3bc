import { createHash } from 'node:crypto';
import type { Estate, EstateHeader, Gap, Resource } from './estate.js';
import { LayeredEstate } from './layered-estate.js';
import { MemoryEstate } from './memory-estate.js';
import type { TypeName } from './resource-types.js';
import { snapshotLines } from './snapshot-file.js';
import { damaged, decodeLine, notASnapshot } from './snapshot-format.js';

/** What one account may need to know of others, and which is few: kept whole while accounts are read one by one. */
export const SHARED_TYPES: readonly TypeName[] = [
  'AWS::Organizations::Organization',
  'AWS::Organizations::Root',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Account',
  'AWS::Organizations::Policy',
  'AWS::S3::Bucket',
  'Hikeshi::S3::AccountPublicAccessBlock',
  'AWS::CloudTrail::Trail',
  'AWS::KMS::Key',
];
const SHARED_PREFIXES = SHARED_TYPES.map((type) => `["${type}",`);

/**
 * A snapshot file, verified: its trailer was compared with a hash of everything before it, so nothing of a truncated or
 * changed file is ever used.
 */
export class Snapshot {
  readonly path: string;
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  readonly resources: number;
  private readonly shared: MemoryEstate;

  private constructor(
    path: string,
    header: EstateHeader,
    gaps: readonly Gap[],
    resources: number,
    shared: MemoryEstate,
  ) {
    this.path = path;
    this.header = header;
    this.gaps = gaps;
    this.resources = resources;
    this.shared = shared;
  }

  /**
   * Opens and verifies a file: one pass that decompresses and hashes, and parses only the few lines that are shared
   * between accounts.
   *
   * @throws Problem naming what is wrong.
   */
  static async open(path: string): Promise<Snapshot> {
    const hash = createHash('sha256');
    const gaps: Gap[] = [];
    const shared: Resource[] = [];
    const awaited = new Set<string>();
    let header: EstateHeader | undefined;
    let accountId = '';
    let resources = 0;
    let number = 0;
    let ended = false;
    for await (const { lines, bytes } of snapshotLines(path)) {
      if (ended) throw damaged('something follows its trailer');
      const last = lines.at(-1) ?? '';
      const isTrailer = last.startsWith('{"trailer"');
      hash.update(isTrailer ? bytes.subarray(0, bytes.length - Buffer.byteLength(last) - 1) : bytes);
      for (const line of lines) {
        number += 1;
        if (line.startsWith('[')) {
          if (accountId === '') throw damaged(`line ${number} belongs to no account`);
          resources += 1;
          if (!SHARED_PREFIXES.some((prefix) => line.startsWith(prefix))) continue;
        }
        const decoded = decodeLine(line, number);
        if ((number === 1) !== (decoded.kind === 'header'))
          throw number === 1 ? notASnapshot() : damaged('it has two headers');
        if (decoded.kind === 'header') {
          header = decoded.header;
          for (const account of header.accounts) awaited.add(account.accountId);
        } else if (decoded.kind === 'account') {
          accountId = decoded.accountId;
          if (!awaited.delete(accountId)) throw damaged(`account ${accountId} is not in its header, or comes twice`);
        } else if (decoded.kind === 'gap') gaps.push(decoded.gap);
        else if (decoded.kind === 'resource') shared.push({ ...decoded.resource, accountId });
        else {
          if (decoded.sha256 !== hash.copy().digest('hex')) throw damaged('its content does not match its checksum');
          if (decoded.resources !== resources)
            throw damaged(`it should have ${decoded.resources} resources and has ${resources}`);
          ended = true;
        }
      }
    }
    if (header === undefined) throw notASnapshot();
    if (!ended) throw damaged('it ends before its trailer');
    const [missing] = awaited;
    if (missing !== undefined) throw damaged(`account ${missing} is in its header and nowhere else`);
    return new Snapshot(path, header, gaps, resources, new MemoryEstate(header, shared, gaps));
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

  private async *parts(): AsyncIterable<{ readonly accountId: string; readonly resources: readonly Resource[] }> {
    let accountId: string | undefined;
    let resources: Resource[] = [];
    let number = 0;
    for await (const { lines } of snapshotLines(this.path)) {
      for (const line of lines) {
        number += 1;
        const decoded = decodeLine(line, number);
        if (decoded.kind === 'resource') resources.push({ ...decoded.resource, accountId: accountId ?? '' });
        else if (decoded.kind === 'account') {
          if (accountId !== undefined) yield { accountId, resources };
          accountId = decoded.accountId;
          resources = [];
        }
      }
    }
    if (accountId !== undefined) yield { accountId, resources };
  }
}
