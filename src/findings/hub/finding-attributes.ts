import type { AwsSecurityFindingFilters } from '@aws-sdk/client-securityhub';
import type { AsffFinding } from './finding-hub.js';

/** How values of an attribute are compared. */
export type AttributeKind = 'text' | 'number' | 'date' | 'map' | 'address' | 'keyword' | 'boolean';

export interface Attribute {
  readonly kind: AttributeKind;
  /** Where it is in a finding: `Resources[].Id`. */
  readonly path: string;
}

export type AttributeName = Exclude<keyof AwsSecurityFindingFilters, undefined>;

const text = (path: string): Attribute => ({ kind: 'text', path });
const number = (path: string): Attribute => ({ kind: 'number', path });
const date = (path: string): Attribute => ({ kind: 'date', path });
const map = (path: string): Attribute => ({ kind: 'map', path });
const address = (path: string): Attribute => ({ kind: 'address', path });

const ec2 = 'Resources[].Details.AwsEc2Instance';
const key = 'Resources[].Details.AwsIamAccessKey';
const provider = 'FindingProviderFields';

/**
 * Every attribute that findings are filtered, grouped and sorted by, under the name of its filter. The compiler refuses a
 * table that lacks one. Source: Security Hub API reference, AwsSecurityFindingFilters and AwsSecurityFinding.
 */
export const attributes: { readonly [Name in AttributeName]-?: Attribute } = {
  ProductArn: text('ProductArn'),
  AwsAccountId: text('AwsAccountId'),
  AwsAccountName: text('AwsAccountName'),
  Id: text('Id'),
  GeneratorId: text('GeneratorId'),
  Region: text('Region'),
  Type: text('Types[]'),
  FirstObservedAt: date('FirstObservedAt'),
  LastObservedAt: date('LastObservedAt'),
  CreatedAt: date('CreatedAt'),
  UpdatedAt: date('UpdatedAt'),
  SeverityProduct: number('Severity.Product'),
  SeverityNormalized: number('Severity.Normalized'),
  SeverityLabel: text('Severity.Label'),
  Confidence: number('Confidence'),
  Criticality: number('Criticality'),
  Title: text('Title'),
  Description: text('Description'),
  RecommendationText: text('Remediation.Recommendation.Text'),
  SourceUrl: text('SourceUrl'),
  ProductFields: map('ProductFields'),
  ProductName: text('ProductName'),
  CompanyName: text('CompanyName'),
  UserDefinedFields: map('UserDefinedFields'),
  MalwareName: text('Malware[].Name'),
  MalwareType: text('Malware[].Type'),
  MalwarePath: text('Malware[].Path'),
  MalwareState: text('Malware[].State'),
  NetworkDirection: text('Network.Direction'),
  NetworkProtocol: text('Network.Protocol'),
  NetworkSourceIpV4: address('Network.SourceIpV4'),
  NetworkSourceIpV6: address('Network.SourceIpV6'),
  NetworkSourcePort: number('Network.SourcePort'),
  NetworkSourceDomain: text('Network.SourceDomain'),
  NetworkSourceMac: text('Network.SourceMac'),
  NetworkDestinationIpV4: address('Network.DestinationIpV4'),
  NetworkDestinationIpV6: address('Network.DestinationIpV6'),
  NetworkDestinationPort: number('Network.DestinationPort'),
  NetworkDestinationDomain: text('Network.DestinationDomain'),
  ProcessName: text('Process.Name'),
  ProcessPath: text('Process.Path'),
  ProcessPid: number('Process.Pid'),
  ProcessParentPid: number('Process.ParentPid'),
  ProcessLaunchedAt: date('Process.LaunchedAt'),
  ProcessTerminatedAt: date('Process.TerminatedAt'),
  ThreatIntelIndicatorType: text('ThreatIntelIndicators[].Type'),
  ThreatIntelIndicatorValue: text('ThreatIntelIndicators[].Value'),
  ThreatIntelIndicatorCategory: text('ThreatIntelIndicators[].Category'),
  ThreatIntelIndicatorLastObservedAt: date('ThreatIntelIndicators[].LastObservedAt'),
  ThreatIntelIndicatorSource: text('ThreatIntelIndicators[].Source'),
  ThreatIntelIndicatorSourceUrl: text('ThreatIntelIndicators[].SourceUrl'),
  ResourceType: text('Resources[].Type'),
  ResourceId: text('Resources[].Id'),
  ResourcePartition: text('Resources[].Partition'),
  ResourceRegion: text('Resources[].Region'),
  ResourceTags: map('Resources[].Tags'),
  ResourceAwsEc2InstanceType: text(`${ec2}.Type`),
  ResourceAwsEc2InstanceImageId: text(`${ec2}.ImageId`),
  ResourceAwsEc2InstanceIpV4Addresses: address(`${ec2}.IpV4Addresses[]`),
  ResourceAwsEc2InstanceIpV6Addresses: address(`${ec2}.IpV6Addresses[]`),
  ResourceAwsEc2InstanceKeyName: text(`${ec2}.KeyName`),
  ResourceAwsEc2InstanceIamInstanceProfileArn: text(`${ec2}.IamInstanceProfileArn`),
  ResourceAwsEc2InstanceVpcId: text(`${ec2}.VpcId`),
  ResourceAwsEc2InstanceSubnetId: text(`${ec2}.SubnetId`),
  ResourceAwsEc2InstanceLaunchedAt: date(`${ec2}.LaunchedAt`),
  ResourceAwsS3BucketOwnerId: text('Resources[].Details.AwsS3Bucket.OwnerId'),
  ResourceAwsS3BucketOwnerName: text('Resources[].Details.AwsS3Bucket.OwnerName'),
  ResourceAwsIamAccessKeyUserName: text(`${key}.UserName`),
  ResourceAwsIamAccessKeyPrincipalName: text(`${key}.PrincipalName`),
  ResourceAwsIamAccessKeyStatus: text(`${key}.Status`),
  ResourceAwsIamAccessKeyCreatedAt: date(`${key}.CreatedAt`),
  ResourceAwsIamUserUserName: text('Resources[].Details.AwsIamUser.UserName'),
  ResourceContainerName: text('Resources[].Details.Container.Name'),
  ResourceContainerImageId: text('Resources[].Details.Container.ImageId'),
  ResourceContainerImageName: text('Resources[].Details.Container.ImageName'),
  ResourceContainerLaunchedAt: date('Resources[].Details.Container.LaunchedAt'),
  ResourceDetailsOther: map('Resources[].Details.Other'),
  ResourceApplicationName: text('Resources[].ApplicationName'),
  ResourceApplicationArn: text('Resources[].ApplicationArn'),
  // Members of OCSF's resources, which ASFF has none of: no finding in ASFF has a value.
  ResourceOwnerAccountId: text('Resources[].OwnerAccountId'),
  ResourceOwnerOrgId: text('Resources[].OwnerOrgId'),
  ResourceProvider: text('Resources[].Provider'),
  ComplianceStatus: text('Compliance.Status'),
  ComplianceSecurityControlId: text('Compliance.SecurityControlId'),
  ComplianceAssociatedStandardsId: text('Compliance.AssociatedStandards[].StandardsId'),
  ComplianceSecurityControlParametersName: text('Compliance.SecurityControlParameters[].Name'),
  ComplianceSecurityControlParametersValue: text('Compliance.SecurityControlParameters[].Value[]'),
  VerificationState: text('VerificationState'),
  WorkflowState: text('WorkflowState'),
  WorkflowStatus: text('Workflow.Status'),
  RecordState: text('RecordState'),
  RelatedFindingsProductArn: text('RelatedFindings[].ProductArn'),
  RelatedFindingsId: text('RelatedFindings[].Id'),
  NoteText: text('Note.Text'),
  NoteUpdatedAt: date('Note.UpdatedAt'),
  NoteUpdatedBy: text('Note.UpdatedBy'),
  Keyword: { kind: 'keyword', path: '' },
  FindingProviderFieldsConfidence: number(`${provider}.Confidence`),
  FindingProviderFieldsCriticality: number(`${provider}.Criticality`),
  FindingProviderFieldsRelatedFindingsId: text(`${provider}.RelatedFindings[].Id`),
  FindingProviderFieldsRelatedFindingsProductArn: text(`${provider}.RelatedFindings[].ProductArn`),
  FindingProviderFieldsSeverityLabel: text(`${provider}.Severity.Label`),
  FindingProviderFieldsSeverityOriginal: text(`${provider}.Severity.Original`),
  FindingProviderFieldsTypes: text(`${provider}.Types[]`),
  Sample: { kind: 'boolean', path: 'Sample' },
  VulnerabilitiesExploitAvailable: text('Vulnerabilities[].ExploitAvailable'),
  VulnerabilitiesFixAvailable: text('Vulnerabilities[].FixAvailable'),
};

export function isAttribute(name: string): name is AttributeName {
  return Object.hasOwn(attributes, name);
}

const steps = new Map<string, readonly string[]>();

/** The values a finding has at a path: none, one or several. */
export function valuesAt(finding: AsffFinding, path: string): unknown[] {
  let parts = steps.get(path);
  if (parts === undefined) {
    parts = path.split('.');
    steps.set(path, parts);
  }
  let values: unknown[] = [finding];
  for (const part of parts) {
    const isList = part.endsWith('[]');
    const name = isList ? part.slice(0, -2) : part;
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
      const next = (value as Readonly<Record<string, unknown>>)[name];
      if (next === undefined || next === null) return [];
      return isList ? (Array.isArray(next) ? (next as unknown[]) : []) : [next];
    });
  }
  return values;
}

/** The texts by which findings are grouped; numbers as texts. What is no plain value groups nothing. */
export function textsOf(finding: AsffFinding, attribute: string): string[] {
  if (!isAttribute(attribute)) return [];
  const values = valuesAt(finding, attributes[attribute].path);
  return [...new Set(values.filter((value) => ['string', 'number', 'boolean'].includes(typeof value)).map(String))];
}

/** Where severities are in their order. */
const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** What a finding is sorted by: dates as milliseconds, severities by their weight; null where it has none. */
export function sortValueOf(finding: AsffFinding, field: string): string | number | null {
  if (!isAttribute(field)) return null;
  const { kind, path } = attributes[field];
  const [value] = valuesAt(finding, path);
  if (field === 'SeverityLabel') return SEVERITIES.indexOf(String(value));
  if (kind === 'date') return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : null;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
