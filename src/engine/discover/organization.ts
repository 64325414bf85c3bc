import { GLOBAL, type AccountInfo } from '../../estate/estate.js';
import { ApiError } from '../../reference/api-error.js';
import type { OpenConnection } from '../connect/open.js';
import type { Unit } from './selection.js';

/** What discovery needs of an organization. */
export interface OrganizationInfo {
  readonly id: string;
  readonly managementAccountId: string;
  readonly units: readonly Unit[];
  readonly accounts: readonly Omit<AccountInfo, 'regions'>[];
}

/** How deep organizational units nest, by AWS's quota. */
const DEPTH_MAX = 6;

/**
 * Reads the organization as the caller may see it: whole from its management account or a delegated administrator; or why
 * not, where Organizations is not in use or may not be read.
 */
export async function readOrganization(
  connection: OpenConnection,
): Promise<OrganizationInfo | { readonly unread: ApiError }> {
  const ask = askOf(connection);
  try {
    const described = await ask('DescribeOrganization', {});
    const organization = described['Organization'] as { Id: string; MasterAccountId: string };
    const units: Unit[] = [];
    const accounts: Omit<AccountInfo, 'regions'>[] = [];
    const visit = async (parentId: string, path: readonly string[]): Promise<void> => {
      for (const account of await pages(ask, 'ListAccountsForParent', { ParentId: parentId }, 'Accounts')) {
        if (account['Status'] === 'SUSPENDED') continue;
        accounts.push({ accountId: String(account['Id']), name: String(account['Name'] ?? account['Id']), path });
      }
      if (path.length >= DEPTH_MAX) return;
      for (const unit of await pages(
        ask,
        'ListOrganizationalUnitsForParent',
        { ParentId: parentId },
        'OrganizationalUnits',
      )) {
        const below = [...path, String(unit['Name'])];
        units.push({ id: String(unit['Id']), path: below });
        await visit(String(unit['Id']), below);
      }
    };
    for (const root of await pages(ask, 'ListRoots', {}, 'Roots')) await visit(String(root['Id']), []);
    return { id: organization.Id, managementAccountId: organization.MasterAccountId, units, accounts };
  } catch (error) {
    if (error instanceof ApiError) return { unread: error };
    throw error;
  }
}

type Ask = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

function askOf(connection: OpenConnection): Ask {
  const { accountId } = connection.caller;
  return (operation, input) =>
    connection.send({ service: 'organizations', operation, accountId, region: GLOBAL, input });
}

/** A listing may have this many pages; AWS's own quota on accounts is far below. */
const PAGES_MAX = 10_000;

async function pages(
  ask: Ask,
  operation: string,
  input: Record<string, unknown>,
  member: string,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let token: unknown;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await ask(operation, token === undefined ? input : { ...input, NextToken: token });
    items.push(...((answer[member] ?? []) as Record<string, unknown>[]));
    token = answer['NextToken'];
    if (token === undefined) return items;
  }
  return items;
}
