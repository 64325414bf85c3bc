import { publicGrants } from '../policy/questions/public-grants.js';
import type { Verdict } from './control.js';
import { openingsOf, STATEMENTS_MAX, type PolicyText } from './public-policy.js';
import { asObject } from './shape.js';
import { weigh } from './weigh.js';

/**
 * The verdict on a policy that must let no stranger do anything to what it protects.
 *
 * @param resources the ARNs, with wildcards, that it protects.
 */
export function judgePublicPolicy(document: PolicyText, resources: readonly string[]): Verdict {
  const { path, name, text } = document;
  const { open, unknown } = openingsOf(document, `public ${resources.join()}`, (policy) =>
    publicGrants(policy, { actions: [], resources, most: STATEMENTS_MAX }),
  );
  const right = text === null ? `there is no ${name}` : `the ${name} lets no stranger in`;
  return weigh(open, unknown, { text: right, path });
}

/**
 * The policy among attributes that one call answers together: `null` when others were read and it is not among them.
 *
 * @param own the attribute that is known without the call, which tells nothing of it.
 */
export function policyAttribute(attributes: unknown, own: string): unknown {
  const known = asObject(attributes);
  if (known === undefined) return undefined;
  const { Policy: policy } = known;
  if (policy !== undefined && policy !== '') return policy;
  return Object.keys(known).some((name) => name !== own) ? null : undefined;
}
