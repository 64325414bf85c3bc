import { arnName } from '../../base/arn.js';
import { apiCall } from '../../reference/api-call.js';
import { itemWith } from '../check.js';
import { is, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook } from '../playbook.js';

export const playbook: Playbook = {
  id: 'require-imdsv2',
  title: 'Require session tokens (IMDSv2) on an instance',
  description:
    'Sets HttpTokens to required on one instance; hop limit, endpoint and tags stay as they are. Software that still speaks IMDSv1 on it loses its credentials: look at the MetadataNoToken metric first.',
  controls: ['EC2.8'],
  risk: 'H',
  calls: ['ec2:DescribeInstances', 'ec2:ModifyInstanceMetadataOptions'],
  plan(subject, estate) {
    const instance = estate.get('AWS::EC2::Instance', subject.resourceArn, subject.accountId);
    if (instance === undefined) return notFound(subject);
    const tokens = instance.configuration.MetadataOptions?.HttpTokens;
    if (tokens === undefined) return notRead('its metadata options');
    if (tokens === 'required') return refuse('it requires tokens already', 'scan again');
    const InstanceId = arnName(subject.resourceArn);
    const read = apiCall('ec2', 'DescribeInstances', subject, { InstanceIds: [InstanceId] });
    const path = `Reservations.0.Instances.${itemWith('InstanceId', InstanceId)}.MetadataOptions.HttpTokens`;
    const set = (HttpTokens: 'required' | 'optional') =>
      apiCall('ec2', 'ModifyInstanceMetadataOptions', subject, { InstanceId, HttpTokens });
    const step = {
      id: 'require-tokens',
      title: `require IMDSv2 on ${InstanceId}`,
      call: set('required'),
      before: [is(read, path, tokens)],
      after: [is(read, path, 'required')],
      undo: [set(tokens)],
    };
    return planOf(playbook, subject, [step], {
      warnings: [{ code: 'imdsv1Users', text: 'software on the instance that uses IMDSv1 stops getting credentials' }],
      outsideModel: ['which software on the instance still uses IMDSv1 (CloudWatch metric MetadataNoToken tells)'],
    });
  },
};
