import { because, failed, type Reason, type Verdict } from '../control.js';
import { asObject } from '../shape.js';
import { unclear, weigh } from '../weigh.js';
import { blockSettings, isBlocked } from './block-public-access.js';

/**
 * The verdict on one Block Public Access configuration: all four settings must be on. One that is not set is off.
 *
 * @param configuration as stored: `null` when there is none, `undefined` when it was not read.
 * @param whose `the account` or `the bucket`.
 */
export function judgeBlockPublicAccess(configuration: unknown, whose: string): Verdict {
  const path = 'PublicAccessBlockConfiguration';
  if (configuration === null) return failed(because(path, null, `${whose} has no Block Public Access settings`));
  const settings = asObject(configuration);
  if (settings === undefined) return weigh([], [unclear(path, configuration)]);
  const wrong: Reason[] = [];
  const unknown: Reason[] = [];
  for (const setting of blockSettings) {
    const on = isBlocked(configuration, setting);
    if (on === undefined) unknown.push(unclear(`${path}.${setting}`, settings[setting]));
    else if (!on) {
      const value = settings[setting] === false ? false : undefined;
      wrong.push(because(`${path}.${setting}`, value, `${setting} is ${value === false ? 'off' : 'not set'}`));
    }
  }
  return weigh(wrong, unknown, { text: `${whose} blocks all public access`, path });
}
