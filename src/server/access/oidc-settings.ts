import { Problem } from '../../base/problem.js';
import { roles, type Grant, type Role } from '../../store/access/access-store.js';

/** Accounts and units that members of a group see. */
export interface GroupScope {
  readonly group: string;
  readonly accounts?: readonly string[];
  readonly units?: readonly string[];
}

/** How people sign in with a provider of OpenID Connect. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client: PKCE alone protects the code. */
  readonly clientSecret?: string;
  /** Who bearer tokens must be made for; the client id unless told. */
  readonly audience?: string;
  /** The claim that lists groups. */
  readonly groupsClaim: string;
  /** Which group has which role; the most of them counts. Nobody has a role by default. */
  readonly groupRoles: readonly { readonly group: string; readonly role: Role }[];
  /** A person in none of these groups sees everything that their role lets them. */
  readonly groupScopes: readonly GroupScope[];
  /** How long a browser session lasts; an hour unless told. */
  readonly sessionMinutes?: number;
}

/**
 * Who the claims of a verified token are of. A person is called by their verified e-mail address, else by their subject:
 * names that they can change themselves would let one be two.
 *
 * @returns why they may not come in, where no group gives them a role.
 */
export function grantOfClaims(claims: Readonly<Record<string, unknown>>, settings: OidcSettings): Grant | string {
  const { sub, email } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return 'the token has no `sub`';
  const isVerified =
    typeof email === 'string' && /^[^\s@]{1,200}@[^\s@]{1,255}$/.test(email) && claims['email_verified'] === true;
  const name = isVerified ? email.toLowerCase() : sub;
  const groups = groupsOf(claims[settings.groupsClaim]);
  const held = settings.groupRoles.filter(({ group }) => groups.has(group)).map(({ role }) => role);
  const role = roles.findLast((each) => held.includes(each));
  if (role === undefined) return `no group in the claim \`${settings.groupsClaim}\` of \`${name}\` has a role here`;
  const scopes = settings.groupScopes.filter(({ group }) => groups.has(group));
  if (scopes.length === 0) return { name, role };
  return {
    name,
    role,
    accounts: scopes.flatMap(({ accounts }) => accounts ?? []),
    units: scopes.flatMap(({ units }) => units ?? []),
  };
}

function groupsOf(claim: unknown): ReadonlySet<string> {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return new Set(values.filter((value): value is string => typeof value === 'string'));
}

/** @throws Problem `oidc-issuer` for one that is not reached over TLS, but on this machine. */
export function issuerUrl(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol === 'https:' || (url !== undefined && isLoopbackUrl(url))) return url;
  throw new Problem('oidc-issuer', `\`${issuer}\` is not the https URL of a provider`, {
    next: 'give the issuer exactly as the provider names it, for example https://login.example.com',
    exit: 'badUsage',
  });
}

export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
