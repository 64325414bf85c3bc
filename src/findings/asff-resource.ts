import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import type { Stored } from '../base/json.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Finding } from './finding.js';

/** ASFF's names for the types that findings are about. Types of the account as a whole are its `AwsAccount`. */
const asffTypes: Readonly<Partial<Record<TypeName, string>>> = {
  'AWS::CloudTrail::Trail': 'AwsCloudTrailTrail',
  'AWS::DynamoDB::Table': 'AwsDynamoDbTable',
  'AWS::EC2::Instance': 'AwsEc2Instance',
  'AWS::EC2::NetworkAcl': 'AwsEc2NetworkAcl',
  'AWS::EC2::NetworkInterface': 'AwsEc2NetworkInterface',
  'AWS::EC2::RouteTable': 'AwsEc2RouteTable',
  'AWS::EC2::SecurityGroup': 'AwsEc2SecurityGroup',
  'AWS::EC2::Subnet': 'AwsEc2Subnet',
  'AWS::EC2::VPC': 'AwsEc2Vpc',
  'AWS::EC2::Volume': 'AwsEc2Volume',
  'AWS::ECR::Repository': 'AwsEcrRepository',
  'AWS::IAM::Group': 'AwsIamGroup',
  'AWS::IAM::ManagedPolicy': 'AwsIamPolicy',
  'AWS::IAM::Role': 'AwsIamRole',
  'AWS::IAM::User': 'AwsIamUser',
  'AWS::KMS::Key': 'AwsKmsKey',
  'AWS::Lambda::Function': 'AwsLambdaFunction',
  'AWS::Lambda::LayerVersion': 'AwsLambdaLayerVersion',
  'AWS::RDS::DBClusterSnapshot': 'AwsRdsDbClusterSnapshot',
  'AWS::RDS::DBSnapshot': 'AwsRdsDbSnapshot',
  'AWS::S3::AccessPoint': 'AwsS3AccessPoint',
  'AWS::S3::Bucket': 'AwsS3Bucket',
  'AWS::SNS::Topic': 'AwsSnsTopic',
  'AWS::SQS::Queue': 'AwsSqsQueue',
  'AWS::SecretsManager::Secret': 'AwsSecretsManagerSecret',
  'AWS::SSM::PatchCompliance': 'AwsSsmPatchCompliance',
};

/** Types that stand for the account (or the account in one region) rather than for a thing in it. */
const accountWide: ReadonlySet<TypeName> = new Set<TypeName>([
  'AWS::::Account',
  'Hikeshi::IAM::AccountPasswordPolicy',
  'Hikeshi::IAM::AwsManagedPolicy',
  'Hikeshi::EC2::RegionalSettings',
  'Hikeshi::S3::AccountPublicAccessBlock',
]);

/** ASFF's name of a type. Types ASFF has no name for are `Other`, as its guide says. */
export function asffTypeOf(type: TypeName): string {
  return accountWide.has(type) ? 'AwsAccount' : (asffTypes[type] ?? 'Other');
}

/** The `Resources` entry of a finding. */
export function asffResource(
  finding: Finding,
  partition: string,
  region: string,
): NonNullable<Stored<AwsSecurityFinding>['Resources']>[number] {
  const Type = asffTypeOf(finding.resourceType);
  return {
    Type,
    Id: Type === 'AwsAccount' ? `AWS::::Account:${finding.accountId}` : finding.resourceArn,
    Partition: partition as 'aws',
    Region: region,
  };
}
