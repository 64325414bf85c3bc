import type { Organization } from '../../engine/hub/hub.js';
import type { Grant, Role } from '../../store/access/access-store.js';

/** Who makes a call, and what they may see. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
  /** How they came in: a token's id, `session` or `oidc`. */
  readonly through: string;
  /** Whose findings and runs they may see and change; undefined: all. */
  readonly accounts: readonly string[] | undefined;
}

/** A grant with its units resolved. A unit that nobody knows has no accounts: nothing is seen by mistake. */
export async function principalOf(grant: Grant, through: string, organization: Organization): Promise<Principal> {
  const { name, role, accounts, units } = grant;
  if (accounts === undefined && units === undefined) return { name, role, through, accounts: undefined };
  const below = units === undefined || units.length === 0 ? [] : await organization.accountsIn(units);
  return { name, role, through, accounts: [...new Set([...(accounts ?? []), ...below])].sort() };
}

export function sees({ accounts }: Principal, accountId: string): boolean {
  return accounts === undefined || accounts.includes(accountId);
}
