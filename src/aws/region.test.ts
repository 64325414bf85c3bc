import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { configuredRegion } from './region.js';

afterEach(() => vi.unstubAllEnvs());

it('the environment comes before the profile, and a profile’s own region before the default one’s', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-region-'));
  await writeFile(join(folder, 'config'), '[default]\nregion = eu-west-1\n[profile gov]\nregion = us-gov-west-1\n');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_DEFAULT_REGION', undefined);
  vi.stubEnv('AWS_PROFILE', undefined);
  expect(await configuredRegion('gov')).toBe('us-gov-west-1');
  expect(await configuredRegion(undefined)).toBe('eu-west-1');
  vi.stubEnv('AWS_REGION', 'ap-northeast-1');
  expect(await configuredRegion('gov')).toBe('ap-northeast-1');
});
