import type { AsffFinding } from './finding-hub.js';

/** A complete finding of account 111111111111, with the members a test cares for. */
export function asffFinding(given: Partial<AsffFinding> = {}): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: 'finding-1',
    ProductArn: 'arn:aws:securityhub:us-east-1:111111111111:product/111111111111/default',
    GeneratorId: 'security-control/EC2.13',
    AwsAccountId: '111111111111',
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    CreatedAt: '2026-01-01T00:00:00.000Z',
    UpdatedAt: '2026-01-01T00:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'SSH is open',
    Description: 'Port 22 is open to the world.',
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: 'arn:aws:ec2:us-east-1:111111111111:security-group/sg-1' }],
    ...given,
  };
}
