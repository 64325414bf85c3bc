import { describe, expect, it } from 'vitest';
import type { Plan } from '../playbook.js';
import { ACCOUNT, estateOf, REGION, rehearsed, resource, subjectOf } from '../testing.fixture.js';
import { playbook } from './playbook.js';

const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
const trail = (given: object = {}) =>
  resource('AWS::CloudTrail::Trail', arn, {
    Name: 'main',
    TrailARN: arn,
    S3BucketName: 'logs',
    HomeRegion: REGION,
    IsMultiRegionTrail: true,
    IsOrganizationTrail: false,
    IncludeGlobalServiceEvents: true,
    LogFileValidationEnabled: false,
    Status: { IsLogging: true },
    EventSelectors: [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
    ...given,
  });

const keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/k-1`;
const own = {
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};
const key = (Policy: string) =>
  resource('AWS::KMS::Key', keyArn, {
    KeyId: 'k-1',
    Arn: keyArn,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyState: 'Enabled',
    Policy,
  });
const closed = key(JSON.stringify({ Version: '2012-10-17', Statement: [own] }));

describe('encrypting a trail', () => {
  it('lets CloudTrail use the key first, by one statement bound to the trail, and the undo puts back the very same policy', async () => {
    const result = await rehearsed(playbook, subjectOf('CloudTrail.2', trail()), {}, estateOf(trail(), closed));
    const { plan, rehearsal } = result as Extract<typeof result, { plan: Plan }>;
    expect(plan.steps.map(({ id }) => id)).toEqual(['allow-cloudtrail', 'encrypt']);
    const { Statement } = JSON.parse(String(plan.steps[0]?.call.input['Policy'])) as { Statement: unknown[] };
    expect(Statement).toMatchObject([own, { Condition: { StringEquals: { 'aws:SourceArn': arn } } }]);
    expect(rehearsal.summary).toMatchObject({ closes: true, undo: { status: 'restores' } });
  });

  it('leaves a policy alone that lets CloudTrail in', async () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
    };
    const estate = estateOf(trail(), key(JSON.stringify({ Version: '2012-10-17', Statement: [own, statement] })));
    const result = await rehearsed(playbook, subjectOf('CloudTrail.2', trail()), {}, estate);
    expect((result as { plan: Plan }).plan.steps.map(({ id }) => id)).toEqual(['encrypt']);
  });

  it.each([
    { name: 'without a key', resources: [trail()] },
    { name: 'with a key whose policy is no JSON', resources: [trail(), key('{')] },
    { name: 'that is encrypted already', resources: [trail({ KmsKeyId: keyArn }), closed] },
  ])('refuses a trail $name', async ({ resources }) => {
    expect(await rehearsed(playbook, subjectOf('CloudTrail.2', trail()), {}, estateOf(...resources))).toHaveProperty(
      'refused',
    );
  });
});
