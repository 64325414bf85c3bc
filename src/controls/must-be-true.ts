import { because, type Verdict } from './control.js';
import { unclear, weigh } from './weigh.js';

/**
 * The verdict on one yes-or-no member: PASSED for `true`, FAILED for `false`, NOT_AVAILABLE when it was not read or is
 * anything else.
 *
 * @param said what it means when it is true and when it is false.
 */
export function mustBeTrue(path: string, value: unknown, said: { readonly yes: string; readonly no: string }): Verdict {
  if (value === false) return weigh([because(path, false, said.no)], []);
  return weigh([], value === true ? [] : [unclear(path, value)], because(path, true, said.yes));
}
