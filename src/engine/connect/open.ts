import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { Problem } from '../../base/problem.js';
import { checkProfile } from '../../aws/profiles.js';
import { configuredRegion } from '../../aws/region.js';
import type { CallReport, Connection } from '../../aws/connection.js';
import { ownCredentials, roleCredentials } from '../../aws/credentials.js';
import { connect } from '../../aws/send.js';
import type { Pace } from '../../aws/token-bucket.js';
import type { Send } from '../../reference/api-call.js';
import { answeringRegion, homeRegion, partitionOf } from '../../reference/partitions.js';

/** How the user said to reach AWS. */
export interface ConnectionOptions {
  readonly profile?: string;
  /** The regions to read; the first is also where the caller's own identity is asked for. */
  readonly regions?: readonly string[];
  /** The role to assume in member accounts of the organization. */
  readonly orgRole?: string;
  readonly externalId?: string;
  /** Another server than AWS. */
  readonly endpoint?: string;
  /** Credentials given by the program itself (the demo's twin), in place of the SDK's chain. */
  readonly credentials?: AwsCredentialIdentityProvider;
  /** Client settings that replace the network: the twin's in-process door. */
  readonly door?: Readonly<Record<string, unknown>>;
  readonly onCall?: (report: CallReport) => void;
  readonly signal?: AbortSignal;
}

/** An open way to AWS, and who the caller is. */
export interface OpenConnection {
  readonly send: Send;
  readonly close: () => void;
  readonly caller: { readonly accountId: string; readonly arn: string; readonly partition: string };
  readonly options: ConnectionOptions;
}

/** Time as it passes. */
export const realPace: Pace = {
  nowMs: () => performance.now(),
  sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

/** The account of the caller, before it is known. */
const SELF = 'your account';

/**
 * Opens the way to AWS and asks who the caller is (one `sts:GetCallerIdentity`).
 *
 * @throws Problem when the profile does not exist or there are no usable credentials; ApiError when AWS refuses them.
 */
export async function openConnection(options: ConnectionOptions): Promise<OpenConnection> {
  if (options.credentials === undefined) await checkProfile(options.profile);
  const region = answeringRegion(options.regions?.[0] ?? (await configuredRegion(options.profile)) ?? 'us-east-1');
  const own = options.credentials ?? ownCredentials(options.profile, Date.now);
  const first = connect({ ...settings(options, region), credentialsFor: () => own });
  const identity = await first
    .send({ service: 'sts', operation: 'GetCallerIdentity', accountId: SELF, region, input: {} })
    .finally(first.close);
  const accountId = String(identity['Account']);
  const arn = String(identity['Arn']);
  if (!/^\d{12}$/.test(accountId)) throw noAccount(options.endpoint);
  const partition = arn.split(':')[1] ?? partitionOf(region);
  const sessions = new Map<string, AwsCredentialIdentityProvider>();
  const credentialsFor = (wanted: string): AwsCredentialIdentityProvider => {
    if (wanted === accountId || options.orgRole === undefined) return own;
    const entry = {
      roleArn: `arn:${partition}:iam::${wanted}:role/${options.orgRole}`,
      accountId: wanted,
      region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...(options.door === undefined ? {} : { door: options.door }),
      ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
    };
    const session = sessions.get(wanted) ?? roleCredentials(own, entry, Date.now);
    sessions.set(wanted, session);
    return session;
  };
  const opened = connect({ ...settings(options, homeRegion(partition)), credentialsFor }, options.signal);
  return { ...opened, caller: { accountId, arn, partition }, options };
}

function noAccount(endpoint: string | undefined): Problem {
  const who = endpoint === undefined ? 'AWS' : `\`${endpoint}\``;
  return new Problem('no-caller', `${who} answered sts:GetCallerIdentity, but with no account`, {
    next: 'look at the endpoint URL: it may be the address of another server',
    exit: 'serviceError',
  });
}

function settings(options: ConnectionOptions, region: string): Omit<Connection, 'credentialsFor'> {
  const local = options.door !== undefined || isLocal(options.endpoint);
  return {
    homeRegion: region,
    polite: !local,
    pace: realPace,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.door === undefined ? {} : { door: options.door }),
    ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
  };
}

/** A server on this machine needs no rate limits. */
function isLocal(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return false;
  const host = new URL(endpoint).hostname;
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
