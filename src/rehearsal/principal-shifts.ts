import type { ResourceSide } from '../policy/evaluate/access-path.js';
import type { AccessRequest } from '../policy/evaluate/access-request.js';
import { decide } from '../policy/evaluate/decide.js';
import { principalName, type Principal } from '../policy/evaluate/principal.js';
import { AccessMatrix, type MatrixPrincipal, type MatrixTarget } from '../policy/reason/access-matrix.js';

/** Somebody who gains or loses access, with a request that shows it. */
export interface AccessShift {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A principal as it was and as it is; absent where it does not exist. */
export interface ComparedPrincipal {
  readonly principal: Principal;
  readonly before: MatrixPrincipal | undefined;
  readonly after: MatrixPrincipal | undefined;
}

/** What is asked about, with what its side said and says. */
export interface ComparedTarget {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly before: ResourceSide;
  readonly after: ResourceSide;
  /** The resource that is told; that of the witness when absent. */
  readonly told?: string;
}

export interface PrincipalShifts {
  readonly gained: readonly AccessShift[];
  readonly lost: readonly AccessShift[];
  /** What could not be decided, and for whom. */
  readonly open: readonly string[];
}

type State = 0 | 1;
const BEFORE: State = 0;
const AFTER: State = 1;

/**
 * Who gains and who loses what between two states, proved over all requests: who is not named gains and loses nothing.
 * Somebody who does is told with the notable actions among what changes, or with one action where it is none of those.
 *
 * Cost: one matrix of two states of each principal; then a search for each, and for those that differ one for each
 * notable action.
 */
export function principalShifts(
  compared: readonly ComparedPrincipal[],
  target: ComparedTarget,
  notable: readonly string[],
  partition: string,
): PrincipalShifts {
  const principals = compared.flatMap(({ principal, before, after }) =>
    [before, after].map((one): MatrixPrincipal => one ?? { principal, facts: new Map() }),
  );
  const targets = [target.actions, ...notable.map((action) => [action])].flatMap((actions) =>
    [target.before, target.after].map((side): MatrixTarget => ({ actions, resources: target.resources, side })),
  );
  const matrix = new AccessMatrix(principals, targets, { partition });
  const open: string[] = [];
  const toldOf = (place: number, has: State): AccessShift[] => {
    const ask = (action: number) => {
      const allowed = { principal: 2 * place + has, target: 2 * action + has };
      const denied = { principal: 2 * place + 1 - has, target: 2 * action + 1 - has };
      const answer = matrix.askDifference(allowed, denied);
      if (answer.kind === 'no') return 'no';
      if (answer.kind === 'undetermined') return 'open';
      const witness = matrix.witness(allowed.principal, answer.box);
      // Whatever the search says, the evaluator has the last word on its example.
      const isShown = allows(principals, targets, allowed, witness) && !allows(principals, targets, denied, witness);
      return isShown ? witness : 'open';
    };
    const whole = ask(0);
    if (whole === 'no') return [];
    const name = principalName(compared[place]?.principal as Principal);
    const shift = (action: string, { resource }: AccessRequest): AccessShift => ({
      principal: name,
      action,
      resource: target.told ?? resource,
    });
    const each = notable.flatMap((action, index) => {
      const answer = ask(index + 1);
      return typeof answer === 'string' ? [] : [shift(action, answer)];
    });
    if (each.length > 0) return each;
    if (whole !== 'open') return [shift(whole.action, whole)];
    open.push(`${name}: a policy variable, a key that AWS leaves open, or more than the search may take decides`);
    return [];
  };
  const lost = compared.flatMap((_, place) => toldOf(place, BEFORE));
  const gained = compared.flatMap((_, place) => toldOf(place, AFTER));
  return { gained, lost, open: [...new Set(open)] };
}

function allows(
  principals: readonly MatrixPrincipal[],
  targets: readonly MatrixTarget[],
  at: { readonly principal: number; readonly target: number },
  request: AccessRequest,
): boolean {
  const identity = principals[at.principal]?.side;
  const resource = targets[at.target]?.side;
  if (resource === undefined) return false;
  return decide(request, { ...(identity === undefined ? {} : { identity }), resource }).outcome === 'allow';
}
