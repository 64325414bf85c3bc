import { mapBounded } from '../../base/concurrency.js';
import { Problem } from '../../base/problem.js';
import { nearest } from '../../base/nearest.js';
import type { AccountInfo, Gap } from '../../estate/estate.js';
import { GLOBAL } from '../../estate/estate.js';
import { ApiError } from '../../reference/api-error.js';
import type { OpenConnection } from '../connect/open.js';
import { readOrganization, type OrganizationInfo } from './organization.js';

/** Accounts asked for their regions at the same time. */
const ACCOUNTS_AT_ONCE = 16;

/** What the user wants to see of it. */
export interface Selection {
  readonly accounts?: readonly string[];
  /** Names or ids of organizational units; their descendants are meant too. */
  readonly organizationalUnits?: readonly string[];
  readonly regions?: readonly string[];
}

/** The accounts and regions that will be read. */
export interface Discovery {
  readonly partition: string;
  readonly organizationId?: string;
  readonly managementAccountId?: string;
  readonly accounts: readonly AccountInfo[];
  readonly gaps: readonly Gap[];
  /** What the user should know about the choice (`only this account: pass --org-role`). */
  readonly notes: readonly string[];
}

/**
 * Finds the accounts and regions to read: those of the organization when a role to enter them is given, else the
 * caller's own account.
 *
 * @throws Problem when a named account, organizational unit or region does not exist, with the nearest valid names.
 */
export async function discover(connection: OpenConnection, selection: Selection): Promise<Discovery> {
  const { accountId, partition } = connection.caller;
  const read = await readOrganization(connection);
  const organization = 'unread' in read ? undefined : read;
  const notes: string[] = [];
  const gaps: Gap[] = [];
  if ('unread' in read && connection.options.orgRole !== undefined) {
    // The user asked for an organization: that it was not read must not look like a small one.
    const { code, message, call } = read.unread;
    const { service, operation } = call;
    gaps.push({
      accountId,
      region: GLOBAL,
      service,
      operation,
      types: ['AWS::Organizations::Account'],
      error: { code, message },
    });
    notes.push(`the organization could not be read (${code}): only account ${accountId} is scanned`);
  }
  const known = organization?.accounts ?? [];
  const enter = connection.options.orgRole !== undefined && known.length > 0;
  if (!enter && known.length > 1) {
    notes.push(
      `only account ${accountId} is read; pass --org-role NAME to read all ${known.length} accounts of the organization`,
    );
  }
  const own = known.find((account) => account.accountId === accountId) ?? { accountId, name: accountId, path: [] };
  const all = enter ? known : [own];
  const chosen = choose(all, organization, selection);
  const accounts = await mapBounded(chosen, ACCOUNTS_AT_ONCE, async (account) => ({
    ...account,
    regions: await regionsOf(connection, account.accountId, selection.regions, gaps),
  }));
  return {
    partition,
    ...(organization === undefined
      ? {}
      : { organizationId: organization.id, managementAccountId: organization.managementAccountId }),
    accounts,
    gaps,
    notes,
  };
}

type Account = Omit<AccountInfo, 'regions'>;

function choose(all: readonly Account[], organization: OrganizationInfo | undefined, selection: Selection): Account[] {
  const ids = new Set(all.map(({ accountId }) => accountId));
  for (const wanted of selection.accounts ?? []) {
    if (!ids.has(wanted)) throw unknownName('account', wanted, ids);
  }
  const units = organization?.units ?? [];
  const wantedUnits = new Set<string>();
  for (const wanted of selection.organizationalUnits ?? []) {
    const unit = units.find(({ id, name }) => id === wanted || name === wanted);
    if (unit === undefined)
      throw unknownName(
        'organizational unit',
        wanted,
        units.map(({ name }) => name),
      );
    wantedUnits.add(unit.name);
  }
  return all.filter(
    ({ accountId, path }) =>
      (selection.accounts === undefined || selection.accounts.includes(accountId)) &&
      (wantedUnits.size === 0 || path.some((name) => wantedUnits.has(name))),
  );
}

function unknownName(kind: string, wanted: string, names: Iterable<string>): Problem {
  const like = nearest(wanted, names);
  return new Problem(`unknown-${kind.replaceAll(' ', '-')}`, `there is no ${kind} \`${wanted}\``, {
    ...(like.length === 0 ? {} : { next: `did you mean ${like.map((name) => `\`${name}\``).join(', ')}?` }),
    exit: 'badUsage',
  });
}

async function regionsOf(
  connection: OpenConnection,
  accountId: string,
  wanted: readonly string[] | undefined,
  gaps: Gap[],
): Promise<readonly string[]> {
  const region = GLOBAL;
  try {
    const answer = await connection.send({
      service: 'ec2',
      operation: 'DescribeRegions',
      accountId,
      region,
      input: {},
    });
    const enabled = ((answer['Regions'] ?? []) as { RegionName: string }[]).map(({ RegionName }) => RegionName);
    for (const name of wanted ?? []) if (!enabled.includes(name)) throw unknownName('region', name, enabled);
    return wanted ?? enabled;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Where the regions are named and only their list may not be read, nothing is hidden by that.
    const entered = error.call.operation !== 'AssumeRole';
    if (wanted === undefined || !entered) {
      const { service, operation } = error.call;
      gaps.push({
        accountId,
        region: '*',
        service,
        operation,
        types: [],
        error: { code: error.code, message: error.message },
      });
    }
    return wanted ?? [];
  }
}
