import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { Problem } from '../../../base/problem.js';
import type { HubRetention } from '../../../engine/hub/retention-chores.js';
import { issuerUrl, type GroupScope, type OidcSettings } from '../../../server/access/oidc-settings.js';
import { roles, type Role } from '../../../store/access/access-store.js';
import type { ReachOptions } from '../../options.js';

export interface ServeOptions extends ReachOptions {
  readonly queue?: string;
  readonly port: string;
  readonly host: string;
  readonly databaseUrl?: string;
  readonly awsPort?: string;
  readonly publicUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy: readonly string[];
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcAudience?: string;
  readonly oidcGroupsClaim: string;
  readonly oidcRole: readonly string[];
  readonly oidcScope: readonly string[];
  readonly sessionMinutes: string;
  readonly demo?: boolean;
  readonly importMb: string;
  readonly keepFindings: string;
  readonly keepEvents: string;
  readonly keepHistory: string;
}

const wrong = (code: string, message: string, next: string) => new Problem(code, message, { next, exit: 'badUsage' });

export function portOf(name: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw wrong('bad-port', `--${name} \`${text}\` is not a port`, 'give a number from 0 to 65535; 0 takes any free one');
}

/** The most bytes of one import of lines. */
export function importBytesOf({ importMb }: Pick<ServeOptions, 'importMb'>): number {
  if (/^[1-9]\d{0,8}$/.test(importMb)) return Number(importMb) * 1024 * 1024;
  throw wrong(
    'bad-import-limit',
    `--import-mb \`${importMb}\` is no number of megabytes`,
    'give a whole number from 1',
  );
}

const DAYS_MAX = 36_500;

export function retentionOf({ keepFindings, keepEvents, keepHistory }: ServeOptions): HubRetention {
  return {
    closedDays: daysOf('keep-findings', keepFindings),
    eventDays: daysOf('keep-events', keepEvents),
    historyDays: daysOf('keep-history', keepHistory),
  };
}

function daysOf(name: string, text: string): number {
  const days = Number(text);
  if (/^[1-9]\d{0,4}$/.test(text) && days <= DAYS_MAX) return days;
  throw wrong('bad-retention', `--${name} \`${text}\` is no number of days`, `give whole days from 1 to ${DAYS_MAX}`);
}

export function tlsOf({ tlsCert, tlsKey }: ServeOptions): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw wrong('tls-files', 'a certificate needs its key', 'give both --tls-cert and --tls-key');
  }
  const pair = { cert: readTls('tls-cert', tlsCert), key: readTls('tls-key', tlsKey) };
  try {
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    const next = 'give the certificate chain and the key that belongs to its first certificate, without a passphrase';
    throw new Problem('tls-files', `\`${tlsCert}\` and \`${tlsKey}\` are no pair`, { next, exit: 'badUsage', cause });
  }
}

/** SHA-256 of the first certificate of a chain, in hexadecimal. */
export function fingerprintOf(cert: Buffer): string {
  return createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
}

function readTls(name: string, path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    if (/-----BEGIN [A-Z ]+-----/.test(bytes.toString('latin1'))) return bytes;
  } catch {
    // Told below, with what is not PEM.
  }
  throw wrong('tls-files', `--${name} \`${path}\` cannot be read as PEM`, 'give a file that this user may read');
}

export function proxiesOf({ trustProxy }: ServeOptions): readonly string[] {
  const ranges = trustProxy.flatMap((text) => text.split(',')).map((text) => text.trim());
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    const isRange =
      isIP(address) !== 0 &&
      (bits === '' || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128)));
    // Trusting everybody is trusting whatever a client writes.
    if (!isRange || bits === '0') {
      throw wrong('bad-proxy', `--trust-proxy \`${range}\` is not the address of a proxy`, 'for example 10.0.0.0/24');
    }
  }
  return ranges;
}

export function publicUrlOf({ publicUrl }: ServeOptions): URL | undefined {
  if (publicUrl === undefined) return undefined;
  if (URL.canParse(publicUrl) && /^https?:/.test(publicUrl)) return new URL(publicUrl);
  throw wrong('bad-url', `--public-url \`${publicUrl}\` is not a URL`, 'for example https://hikeshi.example.com');
}

/** The client secret comes from the environment: what is on a command line is seen by everybody on the machine. */
export function oidcOf(
  options: ServeOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): OidcSettings | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcAudience: audience } = options;
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) {
    throw wrong('oidc', 'a provider needs its issuer and a client', 'give both --oidc-issuer and --oidc-client-id');
  }
  issuerUrl(issuer);
  const groupRoles = options.oidcRole.map(groupRole);
  if (groupRoles.length === 0) {
    throw wrong('oidc', 'no group has a role, so nobody could come in', 'give --oidc-role ROLE=GROUP, once or more');
  }
  const clientSecret = environment['HIKESHI_OIDC_CLIENT_SECRET'] ?? '';
  return {
    issuer,
    clientId,
    ...(clientSecret === '' ? {} : { clientSecret }),
    ...(audience === undefined ? {} : { audience }),
    groupsClaim: options.oidcGroupsClaim,
    groupRoles,
    groupScopes: options.oidcScope.map(groupScope),
    sessionMinutes: sessionMinutesOf(options),
  };
}

const SESSION_MINUTES_MAX = 24 * 60;

function sessionMinutesOf({ sessionMinutes }: ServeOptions): number {
  const minutes = Number(sessionMinutes);
  if (/^[1-9]\d{0,3}$/.test(sessionMinutes) && minutes <= SESSION_MINUTES_MAX) return minutes;
  const next = `give whole minutes from 1 to ${SESSION_MINUTES_MAX}`;
  throw wrong('bad-session', `--session-minutes \`${sessionMinutes}\` is no number of minutes`, next);
}

function groupRole(text: string): { readonly group: string; readonly role: Role } {
  const [, role, group] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  const known = roles.find((each) => each === role);
  if (known !== undefined && group !== undefined) return { group, role: known };
  throw wrong('oidc-role', `--oidc-role \`${text}\` is not ROLE=GROUP`, `the roles are ${roles.join(', ')}`);
}

function groupScope(text: string): GroupScope {
  const [, group, list] = /^(.+?)=(.+)$/.exec(text) ?? [];
  const parts = list?.split(',').map((part) => /^(account|unit):(.+)$/.exec(part));
  if (group === undefined || parts === undefined || parts.some((part) => part === null)) {
    const next = 'for example sandbox-team=unit:Sandbox,account:111122223333';
    throw wrong('oidc-scope', `--oidc-scope \`${text}\` is not GROUP=account:ID,unit:NAME`, next);
  }
  const named = (kind: string) => parts.flatMap((part) => (part?.[1] === kind ? [part[2] ?? ''] : []));
  return { group, accounts: named('account'), units: named('unit') };
}
