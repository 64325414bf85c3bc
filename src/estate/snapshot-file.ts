import { createHash } from 'node:crypto';
import { access, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import { Problem } from '../base/problem.js';
import type { EstateHeader, Gap, Resource } from './estate.js';
import {
  encodeAccount,
  encodeDirectory,
  encodeGap,
  encodeHeader,
  encodeResource,
  encodeTrailer,
  SHARED_TYPES,
  type AccountBlock,
  type Block,
} from './snapshot-format.js';

const gzip = promisify(gzipWithCallback);

/** What is written of one account. */
export interface AccountPart {
  readonly accountId: string;
  readonly resources: Iterable<Resource>;
  readonly gaps?: readonly Gap[];
}

/** Fast rather than small: level 1 is three times as fast as the default and some 20 % larger. */
const GZIP_LEVEL = 1;
/** A block is closed when it has as many: large enough to compress well, small enough to unpack while the last one is used. */
const BLOCK_CHARACTERS = 1024 * 1024;
const GZIP_CHUNK_BYTES = 256 * 1024;

/**
 * Writes a snapshot, account by account: in the memory of one block, the gaps and what accounts share. It appears under its
 * name only when it is complete and on the disk.
 *
 * @throws Problem `file-exists` unless `force`.
 */
export async function writeSnapshot(
  path: string,
  header: EstateHeader,
  accounts: AsyncIterable<AccountPart> | Iterable<AccountPart>,
  options: { readonly force?: boolean; readonly gaps?: readonly Gap[] } = {},
): Promise<{ readonly resources: number; readonly gaps: number }> {
  if (options.force !== true && (await exists(path))) {
    throw new Problem('file-exists', `\`${path}\` exists already`, {
      next: 'choose another name or pass --force',
      exit: 'badUsage',
    });
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    const counts = await writeParts(new BlockWriter(file), header, accounts, options.gaps ?? []);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return counts;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The header, each account's own resources, what concerns several accounts, and the directory of all blocks. */
async function writeParts(
  writer: BlockWriter,
  header: EstateHeader,
  accounts: AsyncIterable<AccountPart> | Iterable<AccountPart>,
  organizationGaps: readonly Gap[],
): Promise<{ readonly resources: number; readonly gaps: number }> {
  await writer.line(encodeHeader(header));
  await writer.closeBlocks();
  const gaps = [...organizationGaps];
  const shared: string[] = [];
  const blocks: AccountBlock[] = [];
  let resources = 0;
  for await (const part of accounts) {
    const { accountId } = part;
    await writer.line(encodeAccount(accountId));
    shared.push(encodeAccount(accountId));
    for (const resource of part.resources) {
      if (SHARED_TYPES.has(resource.type)) shared.push(encodeResource(resource));
      else await writer.line(encodeResource(resource));
      resources += 1;
    }
    gaps.push(...(part.gaps ?? []));
    for (const block of await writer.closeBlocks()) blocks.push({ accountId, ...block });
  }
  for (const gap of gaps) await writer.line(encodeGap(gap));
  for (const line of shared) await writer.line(line);
  const common = await writer.closeBlocks();
  await writer.end(encodeDirectory({ resources, accounts: blocks, common }));
  return { resources, gaps: gaps.length };
}

/** Writes lines as gzip members, one after the other. */
class BlockWriter {
  private readonly file: FileHandle;
  private readonly hash = createHash('sha256');
  private pending: string[] = [];
  private pendingCharacters = 0;
  private blocks: Block[] = [];
  private offset = 0;

  constructor(file: FileHandle) {
    this.file = file;
  }

  async line(text: string): Promise<void> {
    this.pending.push(text, '\n');
    this.pendingCharacters += text.length + 1;
    if (this.pendingCharacters >= BLOCK_CHARACTERS) await this.closeBlock();
  }

  private async closeBlock(): Promise<void> {
    if (this.pending.length === 0) return;
    const text = this.pending.join('');
    this.pending = [];
    this.pendingCharacters = 0;
    const bytes = await gzip(text, { level: GZIP_LEVEL, chunkSize: GZIP_CHUNK_BYTES });
    this.hash.update(bytes);
    await this.file.writeFile(bytes);
    this.blocks.push({ offset: this.offset, length: bytes.length });
    this.offset += bytes.length;
  }

  /** Ends the block that is begun. Answers what was written since this was last asked. */
  async closeBlocks(): Promise<readonly Block[]> {
    await this.closeBlock();
    const { blocks } = this;
    this.blocks = [];
    return blocks;
  }

  /** Writes the directory, and the trailer over all that came before it. */
  async end(directory: string): Promise<void> {
    const offset = this.offset;
    await this.line(directory);
    await this.closeBlock();
    await this.file.writeFile(encodeTrailer({ directory: offset, sha256: this.hash.digest('hex') }));
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
