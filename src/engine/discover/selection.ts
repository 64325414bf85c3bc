import { didYouMean } from '../../base/nearest.js';
import { Problem } from '../../base/problem.js';
import { GLOBAL, type AccountInfo } from '../../estate/estate.js';

/** What the user wants to see of an organization or an estate. Absent: all. */
export interface Selection {
  readonly accounts?: readonly string[];
  /** Organizational units by name, id or path (`Prod/Web`); their descendants are meant too. */
  readonly organizationalUnits?: readonly string[];
  readonly regions?: readonly string[];
}

/** An organizational unit: its names from the root down, its own last. The id is not known of an estate file. */
export interface Unit {
  readonly id?: string;
  readonly path: readonly string[];
}

/** Where a finding or a gap is. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

type Account = Omit<AccountInfo, 'regions'>;

/**
 * The accounts that a selection means.
 *
 * @throws Problem `unknown-account`, `unknown-organizational-unit`, with the nearest there are; `no-account-selected`.
 */
export function selectAccounts<Some extends Account>(
  all: readonly Some[],
  units: readonly Unit[],
  selection: Selection,
): Some[] {
  for (const wanted of selection.accounts ?? []) {
    if (!all.some(({ accountId }) => accountId === wanted)) throw unknownAccount(wanted, all);
  }
  const paths = selection.organizationalUnits?.flatMap((wanted) => pathsOf(wanted, units));
  const chosen = all.filter(
    ({ accountId, path }) =>
      (selection.accounts?.includes(accountId) ?? true) && (paths?.some((unit) => isUnder(path, unit)) ?? true),
  );
  if (chosen.length > 0) return chosen;
  throw new Problem('no-account-selected', 'no account is in all that was asked for', {
    next: 'the accounts that are named lie under other units, or the units have no accounts',
    exit: 'badUsage',
  });
}

/**
 * The part of what was read that a selection means: accounts, each with those of its regions.
 *
 * @throws Problem as `selectAccounts`, and `unknown-region`.
 */
export function selectRead(accounts: readonly AccountInfo[], selection: Selection): AccountInfo[] {
  const chosen = selectAccounts(accounts, unitsAbove(accounts), selection);
  const { regions: wanted } = selection;
  if (wanted === undefined) return chosen;
  const read = new Set(accounts.flatMap(({ regions }) => regions));
  for (const region of wanted) if (!read.has(region)) throw unknownRegion(region, read);
  return chosen.map((account) => ({ ...account, regions: account.regions.filter((name) => wanted.includes(name)) }));
}

/** Whether a place lies in accounts and their regions: what belongs to an account as a whole does. */
export function isIn(accounts: readonly AccountInfo[]): (place: Place) => boolean {
  const regions = new Map(accounts.map((account) => [account.accountId, new Set([GLOBAL, '*', ...account.regions])]));
  return ({ accountId, region }) => regions.get(accountId)?.has(region) === true;
}

export function unknownRegion(wanted: string, names: Iterable<string>): Problem {
  return unknown('region', wanted, didYouMean(wanted, names));
}

/** Every unit of a name: `Prod` may be one in each of several others. */
function pathsOf(wanted: string, units: readonly Unit[]): (readonly string[])[] {
  const found = units.filter(
    ({ id, path }) => id === wanted || path.at(-1) === wanted || (path.length > 1 && path.join('/') === wanted),
  );
  if (found.length > 0) return found.map(({ path }) => path);
  const names = units.flatMap(({ id, path }) => [...path.slice(-1), path.join('/'), ...(id === undefined ? [] : [id])]);
  throw unknown('organizational unit', wanted, didYouMean(wanted, names));
}

function isUnder(path: readonly string[], unit: readonly string[]): boolean {
  return unit.every((name, depth) => path[depth] === name);
}

/** The units that accounts lie in, as their paths tell. */
function unitsAbove(accounts: readonly Account[]): Unit[] {
  const paths = new Map<string, Unit>();
  for (const { path } of accounts) {
    for (let depth = 1; depth <= path.length; depth++) {
      const unit = path.slice(0, depth);
      paths.set(unit.join('/'), { path: unit });
    }
  }
  return [...paths.values()];
}

/** The nearest ids; or the id of the account whose name was given for it. */
function unknownAccount(wanted: string, accounts: readonly Account[]): Problem {
  const named = accounts.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const ids = accounts.map(({ accountId }) => accountId);
  const next =
    named === undefined ? didYouMean(wanted, ids) : `give its id: \`${named.name}\` is \`${named.accountId}\``;
  return unknown('account', wanted, next);
}

function unknown(kind: string, wanted: string, next = `no ${kind} is known here`): Problem {
  const code = `unknown-${kind.replaceAll(' ', '-')}`;
  return new Problem(code, `there is no ${kind} \`${wanted}\``, { next, exit: 'badUsage' });
}
