import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkProfile, signingProfile } from './profiles.js';

const config = `
[default]
region = us-east-1
[profile work]
sso_session = corp
[profile deploy]
role_arn = arn:aws:iam::111122223333:role/Deploy
source_profile = work
[profile chained]
role_arn = arn:aws:iam::111122223333:role/Chained
source_profile = deploy
[profile old]
sso_start_url = https://corp.awsapps.com/start
[profile lost]
source_profile = nowhere
[profile circle]
source_profile = circle
[profile half]
sso_session = crop
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
[services local]
sts =
  endpoint_url = http://127.0.0.1:1
`;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hikeshi-profiles-'));
  await writeFile(join(folder, 'config'), config);
  await writeFile(join(folder, 'credentials'), '[keys]\naws_access_key_id = A\naws_secret_access_key = s\n');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe('a profile that does not exist is refused', () => {
  const cases: readonly { name: string; profile?: string; environment?: string; says: RegExp; next: RegExp }[] = [
    { name: 'as an option', profile: 'wrok', says: /no AWS profile `wrok`$/, next: /did you mean `work`/ },
    { name: 'in AWS_PROFILE', environment: 'wrok', says: /`wrok`, which AWS_PROFILE names$/, next: /`work`/ },
    { name: 'one of the credentials file is near', profile: 'kyes', says: /`kyes`/, next: /did you mean `keys`/ },
    {
      name: 'nothing near',
      profile: 'x9876543',
      says: /`x9876543`/,
      next: /one of `chained`, `circle`, `default`,.*aws configure --profile x9876543/,
    },
    {
      name: 'an SSO session is no profile',
      profile: 'sso-session.corp',
      says: /`sso-session.corp`/,
      next: /^(?!.*sso-session\.corp`, )/,
    },
    {
      name: 'the source of another',
      profile: 'lost',
      says: /`nowhere`, from which profile `lost` takes/,
      next: /one of/,
    },
    {
      name: 'an SSO session that is not there',
      profile: 'half',
      says: /SSO session `crop`, which profile `half`/,
      next: /did you mean `corp`/,
    },
  ];
  it.each(cases)('$name', async ({ profile, environment, says, next }) => {
    vi.stubEnv('AWS_PROFILE', environment);
    await expect(checkProfile(profile)).rejects.toMatchObject({
      message: expect.stringMatching(says) as string,
      next: expect.stringMatching(next) as string,
      exit: 'badConfiguration',
    });
  });
});

it('on a machine without profiles, it is told how to make one', async () => {
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  await expect(checkProfile('work')).rejects.toMatchObject({
    next: 'none is configured on this machine (`aws configure --profile work` makes one)',
  });
});

it.each([undefined, 'default', 'work', 'keys', 'chained', 'old', 'circle'])('`%s` is taken', async (profile) => {
  await expect(checkProfile(profile)).resolves.toBeUndefined();
});

it.each([
  { profile: 'work', signs: 'work' },
  { profile: 'old', signs: 'old' },
  { profile: 'deploy', signs: 'work' },
  { profile: 'chained', signs: 'work' },
  { profile: 'circle', signs: 'circle' },
  { profile: 'nobody', signs: 'nobody' },
])('for profile $profile, $signs signs in', async ({ profile, signs }) => {
  expect(await signingProfile(profile)).toBe(signs);
});
