import { mapBounded } from '../../base/concurrency.js';
import { Problem } from '../../base/problem.js';
import type { AccountInfo, Gap } from '../../estate/estate.js';
import { GLOBAL } from '../../estate/estate.js';
import { ApiError } from '../../reference/api-error.js';
import type { OpenConnection } from '../connect/open.js';
import { readOrganization } from './organization.js';
import { selectAccounts, unknownRegion, type Selection } from './selection.js';

/** Accounts asked for their regions at the same time. */
const ACCOUNTS_AT_ONCE = 16;

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
  const meant = selectAccounts(known.includes(own) ? known : [own, ...known], organization?.units ?? [], selection);
  const chosen = enter ? meant : meant.filter((account) => account === own);
  if (!enter && (chosen.length === 0 || (selection.accounts?.length ?? 0) > chosen.length)) throw notEntered(meant);
  const answers = await mapBounded(chosen, ACCOUNTS_AT_ONCE, ({ accountId: asked }) =>
    enabledRegions(connection, asked),
  );
  const accounts = chosen.map((account, index) => {
    const { regions, gap } = wantedRegions(answers[index] ?? [], selection.regions, account.accountId);
    if (gap !== undefined) gaps.push(gap);
    return { ...account, regions };
  });
  checkRegions(selection.regions ?? [], answers);
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

function notEntered(meant: readonly { readonly accountId: string }[]): Problem {
  const ids = meant.map(({ accountId }) => `\`${accountId}\``).join(', ');
  return new Problem('no-org-role', `these credentials alone do not reach ${ids}`, {
    next: 'pass --org-role NAME, a role in each account of the organization that may be entered',
    exit: 'badUsage',
  });
}

/** The regions that an account has enabled, or why they could not be asked for. */
async function enabledRegions(connection: OpenConnection, accountId: string): Promise<readonly string[] | ApiError> {
  const call = { service: 'ec2', operation: 'DescribeRegions', accountId, region: GLOBAL, input: {} } as const;
  try {
    const answer = await connection.send(call);
    return ((answer['Regions'] ?? []) as { RegionName: string }[]).map(({ RegionName }) => RegionName);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** What is read of an account: what is wanted and enabled. A region that is not enabled has nothing in it. */
function wantedRegions(
  answer: readonly string[] | ApiError,
  wanted: readonly string[] | undefined,
  accountId: string,
): { readonly regions: readonly string[]; readonly gap?: Gap } {
  if (!(answer instanceof ApiError)) return { regions: wanted?.filter((name) => answer.includes(name)) ?? answer };
  const { code, message, call } = answer;
  // Where the regions are named and only their list may not be read, nothing is hidden by that.
  if (wanted !== undefined && call.operation !== 'AssumeRole') return { regions: wanted };
  const { service, operation } = call;
  const gap: Gap = { accountId, region: '*', service, operation, types: [], error: { code, message } };
  return { regions: wanted ?? [], gap };
}

/** @throws Problem `unknown-region` for a region that none of the accounts has, where all that were entered tell. */
function checkRegions(wanted: readonly string[], answers: readonly (readonly string[] | ApiError)[]): void {
  const entered = answers.filter((answer) => !(answer instanceof ApiError && answer.call.operation === 'AssumeRole'));
  if (entered.length === 0 || entered.some((answer) => answer instanceof ApiError)) return;
  const enabled = new Set((entered as readonly (readonly string[])[]).flat());
  for (const region of wanted) if (!enabled.has(region)) throw unknownRegion(region, enabled);
}
