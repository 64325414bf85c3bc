import { describe, expect, it } from 'vitest';
import { controls } from '../controls/catalogue.js';
import { evaluateAccount } from '../controls/evaluate.js';
import { demoOrganization } from '../estate/demo/demo-organization.js';
import { toAsff, type Asff } from './asff.js';
import { findingFromAsff } from './from-asff.js';
import { reconcile } from './reconcile.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const demo = demoOrganization({ accounts: 6, now: NOW, scale: 0.1, regions: ['us-east-1', 'eu-west-1'] });

it('every finding of the demo organization is itself again', () => {
  let seen = 0;
  for (const { accountId } of demo.header.accounts) {
    const results = [...evaluateAccount(demo, accountId, controls, NOW)];
    for (const finding of reconcile([], { partition: 'aws', now: NOW, controls, results, covers: () => true })) {
      const control = controls.find(({ id }) => id === finding.controlId)!;
      const back = findingFromAsff(toAsff(finding, control, { partition: 'aws' }), controls);
      const { reasons: _, ...same } = finding;
      expect(back).toMatchObject(same);
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(500);
});

describe('a finding of Security Hub itself', () => {
  const base: Asff = {
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.13/finding/1',
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    GeneratorId: 'security-control/EC2.13',
    AwsAccountId: '111122223333',
    Region: 'eu-west-1',
    CreatedAt: '2026-03-01T00:00:00.000Z',
    UpdatedAt: '2026-03-02T00:00:00.000Z',
    Title: 'Security groups',
    Description: 'Open to the world',
    Severity: { Label: 'HIGH' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' },
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1' }],
  };
  it.each<{ name: string; given: Partial<Asff>; expect: object | string }>([
    {
      name: 'of a resource',
      given: {},
      expect: {
        controlId: 'EC2.13',
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceArn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
        region: 'eu-west-1',
        status: 'FAILED',
        workflow: 'NEW',
      },
    },
    {
      name: 'of a user: IAM is of the whole account',
      given: {
        Compliance: { Status: 'FAILED', SecurityControlId: 'IAM.3' },
        Resources: [{ Type: 'AwsIamUser', Id: 'arn:aws:iam::111122223333:user/a' }],
      },
      expect: { resourceType: 'AWS::IAM::User', region: 'global' },
    },
    {
      name: 'of the account’s password policy',
      given: {
        Compliance: { Status: 'FAILED', SecurityControlId: 'IAM.7' },
        Resources: [{ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' }],
      },
      expect: { resourceArn: 'arn:aws:iam::111122223333:account-password-policy', region: 'global' },
    },
    {
      name: 'of a region’s settings',
      given: {
        Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.7' },
        Resources: [{ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333', Region: 'eu-west-1' }],
      },
      expect: { resourceArn: 'arn:aws:ec2:eu-west-1:111122223333:regional-settings', region: 'eu-west-1' },
    },
    {
      name: 'of the old form, which names its control in the generator',
      given: {
        Compliance: { Status: 'FAILED' },
        GeneratorId: 'aws-foundational-security-best-practices/v/1.0.0/EC2.2',
      },
      expect: { controlId: 'EC2.2' },
    },
    {
      name: 'of a control we do not have',
      given: { Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.999' } },
      expect: 'Hikeshi has no control `EC2.999`',
    },
    {
      name: 'of another type than its control',
      given: { Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::b' }] },
      expect: '`EC2.13` is not about resources of type `AwsS3Bucket`',
    },
    { name: 'that names no resource', given: { Resources: [] }, expect: 'it names no resource' },
    {
      name: 'of a product that evaluates no controls',
      given: { Compliance: {}, GeneratorId: 'guardduty' } as Partial<Asff>,
      expect: 'it names no control: `Compliance.SecurityControlId` and `GeneratorId` say none',
    },
  ])('$name', ({ given, expect: wanted }) => {
    const found = findingFromAsff({ ...base, ...given }, controls);
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else expect(found).toMatchObject(wanted);
  });
});
