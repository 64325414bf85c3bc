import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { oneLine } from '../base/one-line.js';
import { messageOf, Problem } from '../base/problem.js';
import { ApiError } from '../reference/api-error.js';
import type { ApiCall } from '../reference/api-call.js';
import { ForeignAnswer, refuseForeignAnswers } from './foreign-answer.js';
import { signingProfile } from './profiles.js';

/** A session is renewed this long before it expires. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/**
 * Remembers credentials until shortly before they expire, so that the clients of one account share one session.
 * Concurrent callers wait for the same request; a failure is not remembered.
 */
export function remembered(
  provider: AwsCredentialIdentityProvider,
  nowMs: () => number,
): AwsCredentialIdentityProvider {
  let latest: Promise<AwsCredentialIdentity> | undefined;
  const renew = async (previous: Promise<AwsCredentialIdentity> | undefined): Promise<AwsCredentialIdentity> => {
    const known = await previous?.catch(() => undefined);
    const expiresMs = known?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return known !== undefined && expiresMs - nowMs() > RENEW_BEFORE_MS ? known : provider();
  };
  return () => {
    latest = renew(latest);
    return latest;
  };
}

/**
 * The user's own credentials: the standard chain of the SDK (environment, profiles, SSO, `credential_process`,
 * container, instance). Nothing is asked for and nothing is stored.
 *
 * @throws Problem `credentials` with the exact next command when there are none; `sso-expired` when a session has expired.
 */
export function ownCredentials(profile: string | undefined, nowMs: () => number): AwsCredentialIdentityProvider {
  return remembered(async () => {
    const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    try {
      // A profile that is named on the command line is meant, whatever the environment has: no warning is due.
      return await fromNodeProviderChain(profile === undefined ? {} : { profile, logger: silent })();
    } catch (error) {
      const message = NO_PROVIDER.test(messageOf(error))
        ? await fromIni(profile === undefined ? {} : { profile })().then(() => messageOf(error), messageOf)
        : messageOf(error);
      throw await credentialsProblem(oneLine(message), profile, error);
    }
  }, nowMs);
}

/** What the chain says when its last link failed too: why the profile gave none is lost in it. */
const NO_PROVIDER = /from any providers/;

const nothing = (): void => undefined;
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The SDK's own words for a session that is not open, and those of the SSO service for a token it no longer takes. */
const SSO_CLOSED = /aws sso login|UnauthorizedException|session token not found or invalid/i;

async function credentialsProblem(message: string, profile: string | undefined, cause: unknown): Promise<Problem> {
  const name = profile ?? process.env['AWS_PROFILE'] ?? 'default';
  if (SSO_CLOSED.test(message)) {
    return new Problem('sso-expired', `the SSO session of profile \`${name}\` has expired or was never opened`, {
      next: `aws sso login${profileOption(await signingProfile(name))}`,
      exit: 'badConfiguration',
      cause,
    });
  }
  return new Problem('credentials', `no AWS credentials could be found: ${message}`, {
    next: nextFor(message, name),
    exit: 'badConfiguration',
    cause,
  });
}

function nextFor(message: string, name: string): string {
  if (/using aws login/.test(message)) return `aws login${profileOption(name)}`;
  if (/multi-factor/.test(message))
    return `open a session first, for example with \`aws-vault exec ${name}\`, and run the same command in it`;
  return 'set AWS_PROFILE or pass --profile NAME, or run `hikeshi demo` to see it work without an account';
}

const profileOption = (name: string): string => (name === 'default' ? '' : ` --profile ${name}`);

/** How a member account is entered. */
export interface RoleEntry {
  readonly roleArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly door?: Readonly<Record<string, unknown>>;
  readonly externalId?: string;
}

/**
 * Sessions of a role in another account.
 *
 * @throws ApiError of `sts:AssumeRole` when the role is missing or does not trust the caller.
 */
export function roleCredentials(
  own: AwsCredentialIdentityProvider,
  entry: RoleEntry,
  nowMs: () => number,
): AwsCredentialIdentityProvider {
  return remembered(async () => {
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
    const client = new STSClient({
      region: entry.region,
      credentials: own,
      ...(entry.endpoint === undefined ? {} : { endpoint: entry.endpoint }),
      ...entry.door,
    });
    refuseForeignAnswers(client);
    const input = {
      RoleArn: entry.roleArn,
      RoleSessionName: 'hikeshi',
      ...(entry.externalId === undefined ? {} : { ExternalId: entry.externalId }),
    };
    try {
      const { Credentials: session } = await client.send(new AssumeRoleCommand(input));
      return {
        accessKeyId: session?.AccessKeyId ?? '',
        secretAccessKey: session?.SecretAccessKey ?? '',
        ...(session?.SessionToken === undefined ? {} : { sessionToken: session.SessionToken }),
        ...(session?.Expiration === undefined ? {} : { expiration: session.Expiration }),
      };
    } catch (error) {
      if (error instanceof Problem) throw error;
      const call: ApiCall = {
        service: 'sts',
        operation: 'AssumeRole',
        accountId: entry.accountId,
        region: entry.region,
        input,
      };
      const fault = error as Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };
      const code = fault instanceof ForeignAnswer ? 'NotAnAwsAnswer' : fault.name;
      throw new ApiError(
        call,
        code,
        oneLine(fault.message),
        fault.$metadata?.httpStatusCode,
        fault.$metadata?.requestId,
      );
    } finally {
      client.destroy();
    }
  }, nowMs);
}
