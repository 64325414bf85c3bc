import { Problem } from '../base/problem.js';
import type { EstateHeader, Gap, Resource } from './estate.js';
import type { ResourceTypes, TypeName } from './resource-types.js';

/** The format's name and version, in the first line. The file is described in `snapshot.md`. */
export const SNAPSHOT_FORMAT = 'hikeshi-estate';
export const SNAPSHOT_VERSION = 1;

/** A line longer than this is refused: no AWS resource comes near it. */
export const LINE_CHARACTERS_MAX = 64 * 1024 * 1024;

/** One line of a snapshot, decoded. */
export type SnapshotLine =
  | { readonly kind: 'header'; readonly header: EstateHeader }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'resource'; readonly resource: Omit<Resource, 'accountId'> }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'trailer'; readonly resources: number; readonly sha256: string };

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

export function encodeTrailer(resources: number, sha256: string): string {
  return JSON.stringify({ trailer: { resources, sha256 } });
}

/**
 * One line, checked.
 *
 * @param number its position in the file, for the error.
 * @throws Problem `snapshot-damaged` naming the line, or `snapshot-version` for a newer version.
 */
export function decodeLine(line: string, number: number): SnapshotLine {
  const value = parse(line, number);
  if (Array.isArray(value)) return { kind: 'resource', resource: resourceOf(value, number) };
  if (value === null || typeof value !== 'object') throw damaged(`line ${number} is neither a resource nor a record`);
  const record = value as Record<string, unknown>;
  if ('format' in record) return { kind: 'header', header: headerOf(record) };
  if (typeof record['account'] === 'string') return { kind: 'account', accountId: record['account'] };
  if (isRecord(record['gap'])) return { kind: 'gap', gap: record['gap'] as unknown as Gap };
  const { trailer } = record;
  if (isRecord(trailer) && typeof trailer['resources'] === 'number' && typeof trailer['sha256'] === 'string') {
    return { kind: 'trailer', resources: trailer['resources'], sha256: trailer['sha256'] };
  }
  throw damaged(`line ${number} is of no known kind`);
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw damaged(`line ${number} is not JSON`);
  }
}

function resourceOf(value: readonly unknown[], number: number): Omit<Resource, 'accountId'> {
  const [type, region, arn, configuration] = value;
  if (typeof type !== 'string' || typeof region !== 'string' || typeof arn !== 'string' || !isRecord(configuration)) {
    throw damaged(`line ${number} is not a resource`);
  }
  return { type: type as TypeName, region, arn, configuration: configuration as unknown as ResourceTypes[TypeName] };
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
