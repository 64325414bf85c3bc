import type { Resource } from '../../../estate/estate.js';
import { because, defineControl, type Reason } from '../../control.js';
import { asList, asObject, asText } from '../../shape.js';
import { malformed, unclear, weigh } from '../../weigh.js';

type Identity = Resource<'AWS::IAM::Role' | 'AWS::IAM::User' | 'AWS::IAM::Group'>;

export const control = defineControl<'AWS::IAM::Role'>({
  id: 'IAM.27',
  title: 'IAM identities should not have the AWSCloudShellFullAccess policy attached',
  description:
    'The role, user or group has all of CloudShell, with upload and download of files. It is a way to carry data out of the account that no instance and no firewall stands in.',
  severity: 'MEDIUM',
  resourceType: 'AWS::IAM::Role',
  furtherTypes: ['AWS::IAM::User', 'AWS::IAM::Group'],
  standards: { cis: { '3.0': ['1.22'], '5.0': ['1.21'] } },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-27',
  evaluate: ({ configuration }: Identity, { partition }) => {
    const wanted = `arn:${partition}:iam::aws:policy/AWSCloudShellFullAccess`;
    const value: unknown = configuration.AttachedManagedPolicies;
    const attached = asList(value);
    if (attached === undefined) return weigh([], [unclear('AttachedManagedPolicies', value)]);
    const wrong: Reason[] = [];
    const unknown: Reason[] = [];
    for (const [index, each] of attached.entries()) {
      const path = `AttachedManagedPolicies[${index}].PolicyArn`;
      const arn = asText(asObject(each)?.['PolicyArn']);
      if (arn === undefined) unknown.push(malformed(path, asObject(each)?.['PolicyArn']));
      else if (arn === wanted) wrong.push(because(path, arn, 'AWSCloudShellFullAccess is attached'));
    }
    return weigh(wrong, unknown, { text: 'AWSCloudShellFullAccess is not attached', path: 'AttachedManagedPolicies' });
  },
});
