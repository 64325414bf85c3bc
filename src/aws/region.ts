import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';

/** The region the user has set: environment, then profile, as the SDK itself looks for it. `undefined`: none. */
export async function configuredRegion(profile: string | undefined): Promise<string | undefined> {
  const other = process.env['AWS_DEFAULT_REGION'];
  const options = { ...NODE_REGION_CONFIG_OPTIONS, default: other };
  const file = { ...NODE_REGION_CONFIG_FILE_OPTIONS, ...(profile === undefined ? {} : { profile }) };
  return loadConfig<string | undefined>(options, file)();
}
