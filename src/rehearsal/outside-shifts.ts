import { principalText } from '../policy/document/principal-pattern.js';
import {
  namedStrangers,
  StrangerDifference,
  type SharedState,
  type StrangersOptions,
} from '../policy/questions/stranger-difference.js';
import type { Answer } from '../policy/reason/solve.js';
import type { AccessShift, PrincipalShifts } from './principal-shifts.js';

/**
 * What strangers gain and lose on something shared between two states; it is absent in a state where it does not exist.
 * Whoever is not named gains and loses nothing: proved over all requests.
 *
 * Cost: one search each way where both states let strangers do the same; else one more for each entry that names one.
 */
export function outsideShifts(
  before: SharedState | undefined,
  after: SharedState | undefined,
  options: StrangersOptions & { readonly arn: string },
): PrincipalShifts {
  const lost = moreOf(before, after, options);
  const gained = moreOf(after, before, options);
  return { gained: gained.shifts, lost: lost.shifts, open: [...new Set([...gained.open, ...lost.open])] };
}

/** Who may do what by `larger` and not by `smaller`. */
function moreOf(
  larger: SharedState | undefined,
  smaller: SharedState | undefined,
  { arn, ...options }: StrangersOptions & { readonly arn: string },
): { shifts: AccessShift[]; open: string[] } {
  const shifts: AccessShift[] = [];
  const open: string[] = [];
  if (larger === undefined) return { shifts, open };
  const difference = new StrangerDifference(larger, smaller, options);
  if (difference.anyone().kind === 'no') return { shifts, open };
  const add = (principal: string, answer: Answer): void => {
    if (answer.kind === 'yes') shifts.push({ principal, action: answer.witness.action, resource: arn });
    if (answer.kind === 'undetermined') open.push(`${principal} on ${arn}: ${answer.reason}`);
  };
  const named = namedStrangers(larger.side.policies, options.zone);
  for (const entry of named) add(principalText(entry), difference.named(entry));
  add('everyone outside', difference.allBut(named));
  return { shifts, open };
}
