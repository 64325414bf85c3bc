import { parseArn } from '../../base/arn.js';
import type { Estate, Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { is, isMissing, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';
import { trailOf, type TrailSubject } from '../trail-reads.js';

/** The statement's name, by which it is known again. */
const SID = 'HikeshiCloudTrail';

export const playbook: Playbook = {
  id: 'encrypt-trail',
  title: 'Encrypt a trail’s log files with a KMS key',
  description:
    'Makes a trail encrypt with a key of your choice, or with the account’s key `alias/hikeshi-trail` in the trail’s region. If the key policy does not let CloudTrail in, one statement is added to it and nothing else changes. Who reads the logs then needs kms:Decrypt on that key.',
  controls: ['CloudTrail.2'],
  risk: 'M',
  calls: ['cloudtrail:GetTrail', 'cloudtrail:UpdateTrail', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'],
  extraActions: ['kms:DescribeKey', 'kms:GenerateDataKey'],
  parameters: [
    { name: 'key', description: 'ARN of the key; by default an enabled customer key of the account and region' },
  ],
  plan(subject, estate, parameters) {
    const found = trailOf(subject, estate);
    if ('refused' in found) return found;
    if (found.trail.configuration.KmsKeyId !== undefined)
      return refuse('it is encrypted with a key already', 'scan again');
    const key = chooseKey(estate, found, parameters['key']);
    if (key === undefined) {
      return refuse(
        'there is no enabled customer key for it in the trail’s region',
        'create one, or name one with --set key=ARN',
      );
    }
    const { Policy } = key.configuration;
    if (Policy === undefined) return notRead('the key’s policy');
    const statement = policySteps(found, key, Policy, subject.accountId);
    if (statement === undefined) return refuse('the key’s policy is not valid JSON', 'mend it by hand');
    const { trail, target, read } = found;
    const set = (KmsKeyId: string) => apiCall('cloudtrail', 'UpdateTrail', target, { Name: trail.arn, KmsKeyId });
    const encrypt: Step = {
      id: 'encrypt',
      title: `encrypt trail ${trail.configuration.Name} with ${key.arn}`,
      call: set(key.arn),
      before: [isMissing(read, 'Trail.KmsKeyId')],
      after: [is(read, 'Trail.KmsKeyId', key.arn)],
      undo: [set('')],
    };
    return planOf(playbook, subject, [...statement, encrypt], {
      warnings: [{ code: 'readers', text: 'whoever reads these logs needs kms:Decrypt on the key' }],
      outsideModel: ['log files that are there already stay as they are'],
    });
  },
};

type Key = Resource<'AWS::KMS::Key'>;

function chooseKey(estate: Estate, { target }: TrailSubject, wanted: string | undefined): Key | undefined {
  if (wanted !== undefined) return estate.get('AWS::KMS::Key', wanted);
  const usable = [...estate.list('AWS::KMS::Key', target)].filter(
    ({ configuration }) =>
      configuration.KeyManager === 'CUSTOMER' &&
      configuration.KeySpec === 'SYMMETRIC_DEFAULT' &&
      configuration.KeyState === 'Enabled',
  );
  const alias = [...estate.list('AWS::KMS::Alias', target)].find(
    ({ configuration }) => configuration.AliasName === 'alias/hikeshi-trail',
  );
  const named = usable.find(({ configuration }) => configuration.KeyId === alias?.configuration.TargetKeyId);
  return named ?? usable.find(({ configuration }) => letsCloudTrailIn(configuration.Policy)) ?? usable[0];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
}

function statementsOf(policy: string | undefined): Statement[] | undefined {
  try {
    const { Statement: statements } = JSON.parse(policy ?? '') as { Statement?: Statement | Statement[] };
    return [statements ?? []].flat();
  } catch {
    return undefined;
  }
}

function letsCloudTrailIn(policy: string | undefined): boolean {
  return (statementsOf(policy) ?? []).some(({ Effect, Principal, Action }) => {
    const services = [(Principal as { Service?: string | string[] } | null)?.Service ?? []].flat();
    const actions = [Action ?? []].flat();
    return (
      Effect === 'Allow' &&
      services.includes('cloudtrail.amazonaws.com') &&
      actions.some((action) => /^kms:(\*|GenerateDataKey\*?)$/.test(action))
    );
  });
}

/** The step that lets CloudTrail use the key, if it may not yet. Undoing it puts back the very same text. */
function policySteps(
  { trail }: TrailSubject,
  key: Key,
  policy: string,
  accountId: string,
): readonly Step[] | undefined {
  const statements = statementsOf(policy);
  if (statements === undefined) return undefined;
  if (letsCloudTrailIn(policy)) return [];
  const owner = parseArn(key.arn);
  const target = { accountId: owner?.accountId ?? accountId, region: owner?.region ?? key.region };
  const added = {
    Sid: SID,
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceArn': trail.arn } },
  };
  const whole = JSON.parse(policy) as Record<string, unknown>;
  const next = JSON.stringify({ ...whole, Statement: [...statements.filter(({ Sid }) => Sid !== SID), added] });
  const KeyId = key.configuration.KeyId ?? key.arn;
  const read = apiCall('kms', 'GetKeyPolicy', target, { KeyId, PolicyName: 'default' });
  const put = (Policy: string) => apiCall('kms', 'PutKeyPolicy', target, { KeyId, PolicyName: 'default', Policy });
  return [
    {
      id: 'allow-cloudtrail',
      title: `let CloudTrail use key ${key.arn} for this trail`,
      call: put(next),
      before: [is(read, 'Policy', policy)],
      after: [is(read, 'Policy', next)],
      undo: [put(policy)],
    },
  ];
}
