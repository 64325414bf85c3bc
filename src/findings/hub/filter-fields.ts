import type { FindingFilters, AsffFinding } from './finding-hub.js';

type Finding = AsffFinding;
type Resource = NonNullable<Finding['Resources']>[number];
type Values<T> = (finding: Finding) => readonly (T | undefined)[];
type TextMap = Readonly<Record<string, string>>;

/** An attribute findings are filtered, sorted and counted by: how it is compared, and the values a finding has of it. */
export type FilterField =
  | { readonly kind: 'string' | 'date' | 'ip'; readonly values: Values<string> }
  | { readonly kind: 'number'; readonly values: Values<number> }
  | { readonly kind: 'boolean'; readonly values: Values<boolean> }
  | { readonly kind: 'map'; readonly values: Values<TextMap> }
  | { readonly kind: 'keyword' };

const string = (values: Values<string>): FilterField => ({ kind: 'string', values });
const date = (values: Values<string>): FilterField => ({ kind: 'date', values });
const ip = (values: Values<string>): FilterField => ({ kind: 'ip', values });
const number = (values: Values<number>): FilterField => ({ kind: 'number', values });
const map = (values: Values<TextMap>): FilterField => ({ kind: 'map', values });

const resources =
  <T>(value: (resource: Resource) => T | undefined) =>
  (finding: Finding) =>
    (finding.Resources ?? []).map(value);
const details = <T>(value: (details: NonNullable<Resource['Details']>) => T | undefined) =>
  resources(({ Details }) => (Details === undefined ? undefined : value(Details)));
const instances = (finding: Finding) => (finding.Resources ?? []).map(({ Details }) => Details?.AwsEc2Instance);
const parameters = (finding: Finding) => finding.Compliance?.SecurityControlParameters ?? [];
const indicators = (finding: Finding) => finding.ThreatIntelIndicators ?? [];
const malware = (finding: Finding) => finding.Malware ?? [];
const provided = (finding: Finding) => finding.FindingProviderFields;

/** Every member of AWS's AwsSecurityFindingFilters: a new one in the SDK does not compile until it is told here. */
export const filterFields: Readonly<Record<keyof FindingFilters, FilterField>> = {
  ProductArn: string((finding) => [finding.ProductArn]),
  AwsAccountId: string((finding) => [finding.AwsAccountId]),
  Id: string((finding) => [finding.Id]),
  GeneratorId: string((finding) => [finding.GeneratorId]),
  Region: string((finding) => [finding.Region]),
  Type: string((finding) => finding.Types ?? []),
  FirstObservedAt: date((finding) => [finding.FirstObservedAt]),
  LastObservedAt: date((finding) => [finding.LastObservedAt]),
  CreatedAt: date((finding) => [finding.CreatedAt]),
  UpdatedAt: date((finding) => [finding.UpdatedAt]),
  SeverityProduct: number((finding) => [finding.Severity?.Product]),
  SeverityNormalized: number((finding) => [finding.Severity?.Normalized]),
  SeverityLabel: string((finding) => [finding.Severity?.Label]),
  Confidence: number((finding) => [finding.Confidence]),
  Criticality: number((finding) => [finding.Criticality]),
  Title: string((finding) => [finding.Title]),
  Description: string((finding) => [finding.Description]),
  RecommendationText: string((finding) => [finding.Remediation?.Recommendation?.Text]),
  SourceUrl: string((finding) => [finding.SourceUrl]),
  ProductFields: map((finding) => [finding.ProductFields]),
  ProductName: string((finding) => [finding.ProductName]),
  CompanyName: string((finding) => [finding.CompanyName]),
  UserDefinedFields: map((finding) => [finding.UserDefinedFields]),
  MalwareName: string((finding) => malware(finding).map(({ Name }) => Name)),
  MalwareType: string((finding) => malware(finding).map(({ Type }) => Type)),
  MalwarePath: string((finding) => malware(finding).map(({ Path }) => Path)),
  MalwareState: string((finding) => malware(finding).map(({ State }) => State)),
  NetworkDirection: string((finding) => [finding.Network?.Direction]),
  NetworkProtocol: string((finding) => [finding.Network?.Protocol]),
  NetworkSourceIpV4: ip((finding) => [finding.Network?.SourceIpV4]),
  NetworkSourceIpV6: ip((finding) => [finding.Network?.SourceIpV6]),
  NetworkSourcePort: number((finding) => [finding.Network?.SourcePort]),
  NetworkSourceDomain: string((finding) => [finding.Network?.SourceDomain]),
  NetworkSourceMac: string((finding) => [finding.Network?.SourceMac]),
  NetworkDestinationIpV4: ip((finding) => [finding.Network?.DestinationIpV4]),
  NetworkDestinationIpV6: ip((finding) => [finding.Network?.DestinationIpV6]),
  NetworkDestinationPort: number((finding) => [finding.Network?.DestinationPort]),
  NetworkDestinationDomain: string((finding) => [finding.Network?.DestinationDomain]),
  ProcessName: string((finding) => [finding.Process?.Name]),
  ProcessPath: string((finding) => [finding.Process?.Path]),
  ProcessPid: number((finding) => [finding.Process?.Pid]),
  ProcessParentPid: number((finding) => [finding.Process?.ParentPid]),
  ProcessLaunchedAt: date((finding) => [finding.Process?.LaunchedAt]),
  ProcessTerminatedAt: date((finding) => [finding.Process?.TerminatedAt]),
  ThreatIntelIndicatorType: string((finding) => indicators(finding).map(({ Type }) => Type)),
  ThreatIntelIndicatorValue: string((finding) => indicators(finding).map(({ Value }) => Value)),
  ThreatIntelIndicatorCategory: string((finding) => indicators(finding).map(({ Category }) => Category)),
  ThreatIntelIndicatorLastObservedAt: date((finding) =>
    indicators(finding).map(({ LastObservedAt }) => LastObservedAt),
  ),
  ThreatIntelIndicatorSource: string((finding) => indicators(finding).map(({ Source }) => Source)),
  ThreatIntelIndicatorSourceUrl: string((finding) => indicators(finding).map(({ SourceUrl }) => SourceUrl)),
  ResourceType: string(resources(({ Type }) => Type)),
  ResourceId: string(resources(({ Id }) => Id)),
  ResourcePartition: string(resources(({ Partition }) => Partition)),
  ResourceRegion: string(resources(({ Region }) => Region)),
  ResourceTags: map(resources(({ Tags }) => Tags)),
  ResourceAwsEc2InstanceType: string((finding) => instances(finding).map((instance) => instance?.Type)),
  ResourceAwsEc2InstanceImageId: string((finding) => instances(finding).map((instance) => instance?.ImageId)),
  ResourceAwsEc2InstanceIpV4Addresses: ip((finding) =>
    instances(finding).flatMap((instance) => instance?.IpV4Addresses ?? []),
  ),
  ResourceAwsEc2InstanceIpV6Addresses: ip((finding) =>
    instances(finding).flatMap((instance) => instance?.IpV6Addresses ?? []),
  ),
  ResourceAwsEc2InstanceKeyName: string((finding) => instances(finding).map((instance) => instance?.KeyName)),
  ResourceAwsEc2InstanceIamInstanceProfileArn: string((finding) =>
    instances(finding).map((instance) => instance?.IamInstanceProfileArn),
  ),
  ResourceAwsEc2InstanceVpcId: string((finding) => instances(finding).map((instance) => instance?.VpcId)),
  ResourceAwsEc2InstanceSubnetId: string((finding) => instances(finding).map((instance) => instance?.SubnetId)),
  ResourceAwsEc2InstanceLaunchedAt: date((finding) => instances(finding).map((instance) => instance?.LaunchedAt)),
  ResourceAwsS3BucketOwnerId: string(details(({ AwsS3Bucket }) => AwsS3Bucket?.OwnerId)),
  ResourceAwsS3BucketOwnerName: string(details(({ AwsS3Bucket }) => AwsS3Bucket?.OwnerName)),
  ResourceAwsIamAccessKeyUserName: string(details(({ AwsIamAccessKey }) => AwsIamAccessKey?.UserName)),
  ResourceAwsIamAccessKeyPrincipalName: string(details(({ AwsIamAccessKey }) => AwsIamAccessKey?.PrincipalName)),
  ResourceAwsIamAccessKeyStatus: string(details(({ AwsIamAccessKey }) => AwsIamAccessKey?.Status)),
  ResourceAwsIamAccessKeyCreatedAt: date(details(({ AwsIamAccessKey }) => AwsIamAccessKey?.CreatedAt)),
  ResourceAwsIamUserUserName: string(details(({ AwsIamUser }) => AwsIamUser?.UserName)),
  ResourceContainerName: string(details(({ Container }) => Container?.Name)),
  ResourceContainerImageId: string(details(({ Container }) => Container?.ImageId)),
  ResourceContainerImageName: string(details(({ Container }) => Container?.ImageName)),
  ResourceContainerLaunchedAt: date(details(({ Container }) => Container?.LaunchedAt)),
  ResourceDetailsOther: map(details(({ Other }) => Other)),
  ComplianceStatus: string((finding) => [finding.Compliance?.Status]),
  VerificationState: string((finding) => [finding.VerificationState]),
  WorkflowState: string((finding) => [finding.WorkflowState]),
  WorkflowStatus: string((finding) => [finding.Workflow?.Status]),
  RecordState: string((finding) => [finding.RecordState]),
  RelatedFindingsProductArn: string((finding) => (finding.RelatedFindings ?? []).map(({ ProductArn }) => ProductArn)),
  RelatedFindingsId: string((finding) => (finding.RelatedFindings ?? []).map(({ Id }) => Id)),
  NoteText: string((finding) => [finding.Note?.Text]),
  NoteUpdatedAt: date((finding) => [finding.Note?.UpdatedAt]),
  NoteUpdatedBy: string((finding) => [finding.Note?.UpdatedBy]),
  FindingProviderFieldsConfidence: number((finding) => [provided(finding)?.Confidence]),
  FindingProviderFieldsCriticality: number((finding) => [provided(finding)?.Criticality]),
  FindingProviderFieldsRelatedFindingsId: string((finding) =>
    (provided(finding)?.RelatedFindings ?? []).map(({ Id }) => Id),
  ),
  FindingProviderFieldsRelatedFindingsProductArn: string((finding) =>
    (provided(finding)?.RelatedFindings ?? []).map(({ ProductArn }) => ProductArn),
  ),
  FindingProviderFieldsSeverityLabel: string((finding) => [provided(finding)?.Severity?.Label]),
  FindingProviderFieldsSeverityOriginal: string((finding) => [provided(finding)?.Severity?.Original]),
  FindingProviderFieldsTypes: string((finding) => provided(finding)?.Types ?? []),
  ComplianceSecurityControlId: string((finding) => [finding.Compliance?.SecurityControlId]),
  ComplianceAssociatedStandardsId: string((finding) =>
    (finding.Compliance?.AssociatedStandards ?? []).map(({ StandardsId }) => StandardsId),
  ),
  VulnerabilitiesExploitAvailable: string((finding) =>
    (finding.Vulnerabilities ?? []).map(({ ExploitAvailable }) => ExploitAvailable),
  ),
  VulnerabilitiesFixAvailable: string((finding) =>
    (finding.Vulnerabilities ?? []).map(({ FixAvailable }) => FixAvailable),
  ),
  ComplianceSecurityControlParametersName: string((finding) => parameters(finding).map(({ Name }) => Name)),
  ComplianceSecurityControlParametersValue: string((finding) =>
    parameters(finding).flatMap(({ Value }) => Value ?? []),
  ),
  AwsAccountName: string((finding) => [finding.AwsAccountName]),
  ResourceApplicationName: string(resources(({ ApplicationName }) => ApplicationName)),
  ResourceApplicationArn: string(resources(({ ApplicationArn }) => ApplicationArn)),
  ResourceOwnerAccountId: string((finding) => [finding.AwsAccountId]),
  // ASFF has no member for these two: no finding has a value, as no finding of AWS's own format can.
  ResourceOwnerOrgId: string(() => []),
  ResourceProvider: string(() => []),
  Sample: { kind: 'boolean', values: ({ Sample }) => [Sample] },
  Keyword: { kind: 'keyword' },
};
