import type { Resource } from '../../../estate/estate.js';
import { defineControl, failed, passed, type Reason } from '../../control.js';
import { asList, asObject } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

/** What AWS's rule counts: the policy may be attached to any of them. */
const HOLDERS = ['AWS::IAM::Role', 'AWS::IAM::Group', 'AWS::IAM::User'] as const;

export const control = defineControl({
  id: 'IAM.18',
  title: 'Ensure a support role has been created to manage incidents with AWS Support',
  description:
    'Nobody in the account was given AWS Support. In an incident, cases are then opened by whoever is an administrator, or not at all.',
  severity: 'LOW',
  resourceType: 'AWS::::Account',
  needs: HOLDERS,
  standards: {
    cis: { '1.2': ['1.20'], '1.4': ['1.17'], '3.0': ['1.17'], '5.0': ['1.16'] },
    pci: { '4.0.1': ['12.10.3'] },
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-18',
  evaluate: (_account, surroundings) => {
    const arn = `arn:${surroundings.partition}:iam::aws:policy/AWSSupportAccess`;
    const unknown: Reason[] = [];
    for (const type of HOLDERS) {
      for (const holder of surroundings.list(type)) {
        const has = isAttached(holder, arn);
        if (has === true) return passed({ text: `AWSSupportAccess is attached to ${holder.arn}` });
        if (has !== false) unknown.push(has);
      }
      const unread = surroundings.unread(type);
      if (unread !== undefined) unknown.push({ text: unread });
    }
    // What was not read may hold it: nothing is wrong for certain until all is read.
    if (unknown.length > 0) return weigh([], unknown);
    return failed({ text: 'AWSSupportAccess is attached to no role, group or user' });
  },
});

/** Whether a policy is attached, or why that is not known. */
function isAttached({ arn, configuration }: Resource<(typeof HOLDERS)[number]>, policyArn: string): boolean | Reason {
  const value: unknown = configuration.AttachedManagedPolicies;
  const attached = asList(value);
  if (attached === undefined) return { text: `${arn}: ${unclear('AttachedManagedPolicies', value).text}` };
  return attached.some((each) => asObject(each)?.['PolicyArn'] === policyArn);
}
