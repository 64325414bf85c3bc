import { Option, type Command } from 'commander';
import { Problem } from '../base/problem.js';
import type { KeyService } from '../engine/keys/key-service.js';
import { openEmbeddedKeys, openKmsKeys } from '../engine/keys/open-keys.js';
import { homeOf, type GlobalOptions } from './options.js';

/** Options of commands that use keys. */
export interface KeyOptions extends GlobalOptions {
  readonly kms?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
}

/** Where the keys are: `--kms` for AWS KMS, the embedded store otherwise. */
export function withKeys(command: Command): Command {
  return command
    .option('--kms <region|arn>', 'keys of AWS KMS, in this region, or this key (default: the embedded key store)')
    .option('--profile <name>', 'AWS profile, as for the AWS CLI')
    .addOption(new Option('--endpoint-url <url>', 'another server than AWS').env('AWS_ENDPOINT_URL'))
    .option('--json', 'as JSON');
}

/**
 * The key that is meant: by its id or alias, or by `--kms` where that is the ARN of a key.
 *
 * @throws Problem `no-key`.
 */
export function keyName(name: string | undefined, { kms }: KeyOptions): string {
  if (name !== undefined) return name;
  if (kms?.startsWith('arn:') === true) return kms;
  const next = 'give its id or alias, or --kms with the ARN of a key';
  throw new Problem('no-key', 'no key is named', { next, exit: 'badUsage' });
}

/** Runs `work` with the keys that the options name. */
export async function withOpenKeys<T>(options: KeyOptions, work: (keys: KeyService) => Promise<T>): Promise<T> {
  const { kms, profile, endpointUrl } = options;
  const keys =
    kms === undefined
      ? await openEmbeddedKeys(homeOf(options), () => new Date())
      : await openKmsKeys(kms, {
          ...(profile === undefined ? {} : { profile }),
          ...(endpointUrl === undefined || endpointUrl === '' ? {} : { endpoint: endpointUrl }),
        });
  try {
    return await work(keys);
  } finally {
    keys.close();
  }
}
