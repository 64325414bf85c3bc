import { loadSharedConfigFiles } from '@smithy/core/config';
import { didYouMean } from '../base/nearest.js';
import { Problem } from '../base/problem.js';

/** Sections of `config` that are no profiles; the SDK's loader keeps their kind as a prefix. */
const SSO_SESSION = 'sso-session.';
const OTHER_SECTIONS = [SSO_SESSION, 'services.'];

type Settings = Readonly<Record<string, string | undefined>>;

/** What the files of this machine say, as the SDK reads them: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` count. */
interface SharedFiles {
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly ssoSessions: readonly string[];
}

async function sharedFiles(): Promise<SharedFiles> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const sections = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  const names = sections.filter((name) => !OTHER_SECTIONS.some((prefix) => name.startsWith(prefix)));
  return {
    profiles: new Map(names.map((name) => [name, { ...configFile[name], ...credentialsFile[name] }])),
    ssoSessions: sections.filter((name) => name.startsWith(SSO_SESSION)).map((name) => name.slice(SSO_SESSION.length)),
  };
}

/** A profile and those it takes its credentials from, each once. A name that is no profile ends the chain. */
function* chainOf(name: string, { profiles }: SharedFiles): Iterable<{ name: string; settings: Settings | undefined }> {
  const seen = new Set<string>();
  for (let next: string | undefined = name; next !== undefined && !seen.has(next);) {
    seen.add(next);
    const settings = profiles.get(next);
    yield { name: next, settings };
    next = settings?.['source_profile'];
  }
}

/**
 * Refuses a profile that does not exist, whoever named it: an option, `AWS_PROFILE` or another profile. The SDK itself would
 * go on to other sources of credentials, which may be those of another account.
 *
 * @throws Problem `unknown-profile` or `unknown-sso-session` with the nearest names.
 */
export async function checkProfile(named: string | undefined): Promise<void> {
  const environment = process.env['AWS_PROFILE'] ?? '';
  const profile = named ?? environment;
  if (named === undefined && (profile === '' || profile === 'default')) return;
  const files = await sharedFiles();
  let by = named === undefined ? ', which AWS_PROFILE names' : '';
  for (const { name, settings } of chainOf(profile, files)) {
    if (settings === undefined) throw unknown('AWS profile', name, by, [...files.profiles.keys()]);
    const { sso_session: session } = settings;
    if (session !== undefined && !files.ssoSessions.includes(session)) {
      throw unknown('SSO session', session, `, which profile \`${name}\` signs in with`, files.ssoSessions);
    }
    by = `, from which profile \`${name}\` takes its credentials`;
  }
}

const CODES = { 'AWS profile': 'unknown-profile', 'SSO session': 'unknown-sso-session' } as const;

function unknown(kind: keyof typeof CODES, name: string, by: string, known: readonly string[]): Problem {
  const make =
    kind === 'AWS profile' ? `aws configure${name === '' ? '' : ` --profile ${name}`}` : 'aws configure sso-session';
  const like = didYouMean(name, known) ?? `none is configured on this machine`;
  return new Problem(CODES[kind], `there is no ${kind} \`${name}\`${by}`, {
    next: `${like} (\`${make}\` makes one)`,
    exit: 'badConfiguration',
  });
}

/**
 * The profile that is signed in with SSO for another to work: itself, or the one it takes its credentials from. `aws sso
 * login` knows nothing to do for a profile that only assumes a role.
 */
export async function signingProfile(name: string): Promise<string> {
  for (const { name: each, settings } of chainOf(name, await sharedFiles())) {
    if (settings?.['sso_session'] !== undefined || settings?.['sso_start_url'] !== undefined) return each;
  }
  return name;
}
