import { didYouMean, nearest, quoted } from '../../base/nearest.js';
import { Problem } from '../../base/problem.js';
import { GLOBAL, type AccountInfo } from '../../estate/estate.js';
import { isOpen, shortId, type Finding } from '../../findings/finding.js';
import { isIn, selectRead, type Selection } from '../discover/selection.js';

/** Which findings are meant: named ones, all open ones of some controls, or all open ones; of these, those of some places. */
export interface FindingChoice {
  readonly ids: readonly string[];
  readonly controls: readonly string[];
  readonly all: boolean;
  /** Absent: everywhere. */
  readonly selection?: Selection;
}

/**
 * The findings a user names: by id, by its first characters as lists show them, or by control.
 *
 * @param scanned the accounts of the scans that are kept.
 * @throws Problem `unknown-finding` with the nearest ids, `ambiguous-finding`, or `no-finding-named`; those of `selectRead`.
 */
export function chooseFindings(
  findings: readonly Finding[],
  choice: FindingChoice,
  scanned: readonly AccountInfo[],
): Finding[] {
  if (choice.ids.length === 0 && choice.controls.length === 0 && !choice.all) {
    throw new Problem('no-finding-named', 'name a finding, a control with --control, or --all', {
      next: '`hikeshi scan` lists findings with their ids',
      exit: 'badUsage',
    });
  }
  const named = choice.ids.map((id) => findOne(findings, id));
  const open = findings.filter(isOpen);
  const byControl = open.filter(({ controlId }) => choice.all || choice.controls.includes(controlId));
  const chosen = [...new Set([...named, ...byControl])];
  const { selection = {} } = choice;
  if (Object.keys(selection).length === 0) return chosen;
  return chosen.filter(isIn(selectRead(accountsOf(scanned, findings), selection)));
}

/** The accounts that were scanned here or have findings: those of a shared database may have been scanned elsewhere. */
function accountsOf(scanned: readonly AccountInfo[], findings: readonly Finding[]): AccountInfo[] {
  const accounts = new Map<string, AccountInfo>();
  const add = (account: AccountInfo) => {
    const regions = [...new Set([...(accounts.get(account.accountId)?.regions ?? []), ...account.regions])];
    accounts.set(account.accountId, { ...account, ...accounts.get(account.accountId), regions });
  };
  for (const account of scanned) add(account);
  for (const { accountId, region } of findings) {
    const regions = region === GLOBAL || region === '*' ? [] : [region];
    add({ accountId, name: accountId, path: [], regions });
  }
  return [...accounts.values()];
}

/** @param others names of other things that could be meant. */
export function findOne(findings: readonly Finding[], id: string, others: readonly string[] = []): Finding {
  const wanted = id.toLowerCase();
  const hits = findings.filter(
    (finding) => finding.id === id || (wanted.length >= 4 && uuidOf(finding).startsWith(wanted)),
  );
  const [first, second] = hits;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const names = hits
      .slice(0, 5)
      .map((finding) => uuidOf(finding))
      .join(', ');
    throw new Problem('ambiguous-finding', `\`${id}\` names ${hits.length} findings`, {
      next: `write more of it: ${names}`,
      exit: 'badUsage',
    });
  }
  throw new Problem('unknown-finding', `there is no finding \`${id}\``, {
    next: insteadOf(id, findings, others) ?? 'run `hikeshi scan` first',
    exit: 'badUsage',
  });
}

/** What may be meant by an id that is none. `undefined`: there are no findings at all. */
function insteadOf(id: string, findings: readonly Finding[], others: readonly string[]): string | undefined {
  const control = findings.find(({ controlId }) => controlId.toLowerCase() === id.toLowerCase())?.controlId;
  if (control !== undefined) return `\`--control ${control}\` means all its open findings`;
  const open = findings.filter(isOpen);
  const like = nearest(id, others);
  if (like.length > 0) return `did you mean ${quoted(like)}?`;
  return didYouMean(id, (open.length > 0 ? open : findings).map(shortId));
}

function uuidOf({ id }: Finding): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
