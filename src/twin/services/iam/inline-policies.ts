import type { PolicyDetail } from '@aws-sdk/client-iam';
import type { Stored } from '../../../base/json.js';

type Inline = Stored<PolicyDetail>;

/** Inline policies with one put among them: in the place of the one of its name, else last. */
export function withInline(policies: readonly Inline[] | undefined, policy: Inline): Inline[] {
  const place = policies?.findIndex(({ PolicyName }) => PolicyName === policy.PolicyName) ?? -1;
  return place < 0 ? [...(policies ?? []), policy] : (policies ?? []).with(place, policy);
}
