import { gunzipSync, gzipSync } from 'node:zlib';
import { Problem } from '../base/problem.js';
import type { EstateHeader, Gap, Resource } from './estate.js';
import type { ResourceTypes, TypeName } from './resource-types.js';

/** The format's name and version, in the first line. The file is described in `snapshot.md`. */
export const SNAPSHOT_FORMAT = 'hikeshi-estate';
export const SNAPSHOT_VERSION = 2;

/**
 * The most characters that a block may unpack to: one line of the longest that any AWS resource could need, and what is
 * gathered before it.
 */
export const BLOCK_CHARACTERS_MAX = 64 * 1024 * 1024;

/**
 * What one account may need to know of others, and which is few. A snapshot keeps them together, so that they are at hand
 * while accounts are read one by one.
 */
export const SHARED_TYPES: ReadonlySet<TypeName> = new Set([
  'AWS::Organizations::Organization',
  'AWS::Organizations::Root',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Account',
  'AWS::Organizations::Policy',
  'AWS::S3::Bucket',
  'Hikeshi::S3::AccountPublicAccessBlock',
  'AWS::CloudTrail::Trail',
  'AWS::KMS::Key',
]);

/** A gzip member of whole lines: where it is in the file, in bytes. */
export interface Block {
  readonly offset: number;
  readonly length: number;
}

/** A block with resources of one account. An account may have many. */
export interface AccountBlock extends Block {
  readonly accountId: string;
}

/** Where everything is. */
export interface Directory {
  /** How many resources there are. */
  readonly resources: number;
  readonly accounts: readonly AccountBlock[];
  /** Gaps and shared resources. */
  readonly common: readonly Block[];
}

/** What the trailer says of all that comes before it. */
export interface Trailer {
  /** Where the directory begins, in bytes; it ends where the trailer begins. */
  readonly directory: number;
  /** Of every byte before the trailer. */
  readonly sha256: string;
}

/** One line of a snapshot, decoded. */
export type SnapshotLine =
  | { readonly kind: 'header'; readonly header: EstateHeader }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'directory'; readonly directory: Directory };

export function encodeHeader(header: EstateHeader): string {
  return JSON.stringify({ format: SNAPSHOT_FORMAT, version: SNAPSHOT_VERSION, header });
}

export function encodeAccount(accountId: string): string {
  return JSON.stringify({ account: accountId });
}

/** A resource is a list, `[type, region, arn, configuration]`: the type comes first so that a reader can pass over it. */
export function encodeResource({ type, region, arn, configuration }: Resource): string {
  return JSON.stringify([type, region, arn, configuration]);
}

export function encodeGap(gap: Gap): string {
  return JSON.stringify({ gap });
}

export function encodeDirectory({ resources, accounts, common }: Directory): string {
  return JSON.stringify({
    directory: {
      resources,
      accounts: accounts.map(({ accountId, offset, length }) => [accountId, offset, length]),
      common: common.map(({ offset, length }) => [offset, length]),
    },
  });
}

/** The characters of a trailer, its line's end among them. */
const TRAILER_CHARACTERS = 160;

/** What gzip adds to a member whose content is stored: its head, one stored block's, checksum and length. Source: RFC 1951, RFC 1952. */
const GZIP_STORED_BYTES = 10 + 5 + 8;

/** How many bytes the trailer takes: always as many, so that it is found from the end of the file. */
export const TRAILER_BYTES = TRAILER_CHARACTERS + GZIP_STORED_BYTES;

/** The trailer as a gzip member that is not compressed. */
export function encodeTrailer(trailer: Trailer): Buffer {
  const text = JSON.stringify({ trailer }).padEnd(TRAILER_CHARACTERS - 1);
  return gzipSync(`${text}\n`, { level: 0 });
}

/** @throws Problem `snapshot-damaged` when the bytes are no trailer. */
export function decodeTrailer(bytes: Buffer): Trailer {
  let trailer: unknown;
  try {
    const text = gunzipSync(bytes, { maxOutputLength: TRAILER_CHARACTERS }).toString();
    trailer = (JSON.parse(text) as Record<string, unknown>)['trailer'];
  } catch {
    throw damaged('it ends before its trailer');
  }
  if (!isRecord(trailer) || !isOffset(trailer['directory']) || typeof trailer['sha256'] !== 'string') {
    throw damaged('its trailer is incomplete');
  }
  return { directory: trailer['directory'], sha256: trailer['sha256'] };
}

/**
 * One line that is no resource, checked.
 *
 * @throws Problem `snapshot-damaged`, or `snapshot-version` for another version.
 */
export function decodeLine(line: string): SnapshotLine {
  const record = parse(line);
  if (!isRecord(record)) throw damaged('a line is neither a resource nor a record');
  if ('format' in record) return { kind: 'header', header: headerOf(record) };
  if (typeof record['account'] === 'string') return { kind: 'account', accountId: record['account'] };
  if (isRecord(record['gap'])) return { kind: 'gap', gap: record['gap'] as unknown as Gap };
  if (isRecord(record['directory'])) return { kind: 'directory', directory: directoryOf(record['directory']) };
  throw damaged('a line is of no known kind');
}

/** Whether a line is a resource. */
export function isResourceLine(line: string): boolean {
  return line.charCodeAt(0) === OPENING_BRACKET;
}
const OPENING_BRACKET = 0x5b;

/**
 * A resource's line, checked.
 *
 * @throws Problem `snapshot-damaged`.
 */
export function decodeResource(line: string, accountId: string): Resource {
  const value = parse(line) as readonly unknown[];
  const [type, region, arn, configuration] = value;
  if (typeof type !== 'string' || typeof region !== 'string' || typeof arn !== 'string' || !isRecord(configuration)) {
    throw damaged(`a line of account ${accountId} is not a resource`);
  }
  return {
    arn,
    type: type as TypeName,
    accountId,
    region,
    configuration: configuration as unknown as ResourceTypes[TypeName],
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw damaged('a line is not JSON');
  }
}

function directoryOf({ resources, accounts, common }: Record<string, unknown>): Directory {
  if (!isOffset(resources) || !Array.isArray(accounts) || !Array.isArray(common)) {
    throw damaged('its directory is incomplete');
  }
  return {
    resources,
    accounts: accounts.map((entry: unknown) => {
      const [accountId, ...place] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (typeof accountId !== 'string') throw damaged('its directory is incomplete');
      return { accountId, ...blockOf(place) };
    }),
    common: common.map(blockOf),
  };
}

function blockOf(place: unknown): Block {
  const [offset, length] = Array.isArray(place) ? (place as unknown[]) : [];
  if (!isOffset(offset) || !isOffset(length)) throw damaged('its directory is incomplete');
  return { offset, length };
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function headerOf(record: Record<string, unknown>): EstateHeader {
  if (record['format'] !== SNAPSHOT_FORMAT) throw notASnapshot();
  if (record['version'] !== SNAPSHOT_VERSION) {
    throw new Problem(
      'snapshot-version',
      `the snapshot is of version \`${String(record['version'])}\`; this Hikeshi reads version ${SNAPSHOT_VERSION}`,
      { next: 'update Hikeshi, or take the snapshot again', exit: 'badConfiguration' },
    );
  }
  const header = record['header'];
  const whole =
    isRecord(header) &&
    typeof header['partition'] === 'string' &&
    typeof header['collectedAt'] === 'string' &&
    Array.isArray(header['accounts']) &&
    Array.isArray(header['types']);
  if (!whole) throw damaged('its header is incomplete');
  return header as unknown as EstateHeader;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function notASnapshot(): Problem {
  return new Problem('snapshot-format', 'the file is not a Hikeshi snapshot', {
    next: 'take one with `hikeshi snapshot --out FILE`',
    exit: 'badUsage',
  });
}

/** What any damage is told as. Nothing of a damaged snapshot is used. */
export function damaged(why: string): Problem {
  return new Problem('snapshot-damaged', `the snapshot is damaged or was changed: ${why}`, {
    next: 'take it again with `hikeshi snapshot --out FILE`',
    exit: 'badConfiguration',
  });
}
