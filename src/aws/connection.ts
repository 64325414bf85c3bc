import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { Pace } from './token-bucket.js';

/** What is known of one call once it has ended. For progress, benches and the run record. */
export interface CallReport {
  readonly service: string;
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  readonly durationMs: number;
  /** The error code, when it failed. */
  readonly failedWith?: string;
}

/** How to reach an AWS: the real one, another endpoint, or a twin in this process. */
export interface Connection {
  /** Credentials of the account `accountId`. Failing is an `ApiError` of `sts:AssumeRole` or a `Problem`. */
  readonly credentialsFor: (accountId: string) => AwsCredentialIdentityProvider | AwsCredentialIdentity;
  /** The region that account-wide services are called in. */
  readonly homeRegion: string;
  /** Another server than AWS: `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string;
  /** Client settings that replace the network: the twin's in-process door. */
  readonly door?: Readonly<Record<string, unknown>>;
  /** `false` for a twin or a local server: no rate limits and no retries. */
  readonly polite: boolean;
  readonly pace: Pace;
  readonly onCall?: (report: CallReport) => void;
}
