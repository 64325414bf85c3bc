import type { AnyControl, Severity, Status } from '../controls/control.js';
import { judgedTypes } from '../controls/control.js';
import { GLOBAL } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Asff } from './asff.js';
import { asffTypeOf } from './asff-resource.js';
import type { Finding, Workflow } from './finding.js';
import { findingId } from './identity.js';

/**
 * The finding of a control that an ASFF document tells of, whoever made it: Hikeshi, or Security Hub itself. A text says
 * why it cannot be one: then no playbook of ours answers it, and nothing is guessed.
 */
export function findingFromAsff(asff: Asff, controls: readonly AnyControl[]): Finding | string {
  const controlId = controlIdOf(asff);
  if (controlId === undefined) return 'it names no control: `Compliance.SecurityControlId` and `GeneratorId` say none';
  const control = controls.find(({ id }) => id === controlId);
  if (control === undefined) return `Hikeshi has no control \`${controlId}\``;
  const { AwsAccountId: accountId, Id: id, Region } = asff;
  if (accountId === undefined || id === undefined) return 'it has no `AwsAccountId` or no `Id`';
  const place = placeOf(asff, control, accountId);
  if (typeof place === 'string') return place;
  const at = asff.UpdatedAt ?? asff.CreatedAt ?? '';
  const told = [asff.Description, ...(asff.Compliance?.StatusReasons ?? []).map(({ Description }) => Description)];
  return {
    id,
    controlId,
    severity: (asff.Severity?.Label ?? control.severity) as Severity,
    accountId,
    ...place,
    region: place.region ?? Region ?? GLOBAL,
    status: statusOf(asff),
    reasons: told.flatMap((text) => (text === undefined || text === '' ? [] : [{ text }])),
    workflow: (asff.Workflow?.Status ?? 'NEW') as Workflow,
    recordState: asff.RecordState === 'ARCHIVED' ? 'ARCHIVED' : 'ACTIVE',
    createdAt: asff.CreatedAt ?? at,
    updatedAt: at,
    firstObservedAt: asff.FirstObservedAt ?? asff.CreatedAt ?? at,
    lastObservedAt: asff.LastObservedAt ?? at,
  };
}

/** Consolidated findings name it; older ones have it at the end of their generator. */
function controlIdOf({ Compliance, GeneratorId }: Asff): string | undefined {
  if (Compliance?.SecurityControlId !== undefined) return Compliance.SecurityControlId;
  const named = /(?:^security-control|\/v\/1\.0\.0)\/([A-Z][A-Za-z0-9]*\.\d+)$/.exec(GeneratorId ?? '');
  return named?.[1];
}

function statusOf({ Compliance }: Asff): Status {
  const status = Compliance?.Status;
  return status === 'PASSED' || status === 'FAILED' ? status : 'NOT_AVAILABLE';
}

type Place = Pick<Finding, 'resourceArn' | 'resourceType'> & { readonly region?: string };

function placeOf(asff: Asff, control: AnyControl, accountId: string): Place | string {
  const own = ownPlace(asff, control, accountId);
  if (own !== undefined) return own;
  const [resource] = asff.Resources ?? [];
  if (resource?.Id === undefined || resource.Type === undefined) return 'it names no resource';
  const partition = resource.Partition ?? asff.ProductArn?.split(':')[1] ?? 'aws';
  const region = resource.Region ?? asff.Region ?? '';
  const type = judgedTypes(control).find((each) => asffTypeOf(each) === resource.Type);
  if (type === undefined) return `\`${control.id}\` is not about resources of type \`${resource.Type}\``;
  const wide = accountWide[type]?.(partition, accountId, region);
  if (wide !== undefined) return { resourceType: type, ...wide };
  // IAM's findings come from one region and are about what belongs to the account.
  const globally = type.startsWith('AWS::IAM::') ? { region: GLOBAL } : {};
  return { resourceType: type, resourceArn: resource.Id, ...globally };
}

/** Hikeshi's own say exactly what they are about; the region is the one that their Id was made of. */
function ownPlace(
  { ProductFields, Id, Region, ProductArn }: Asff,
  control: AnyControl,
  accountId: string,
): Place | undefined {
  const resourceArn = ProductFields?.['hikeshi/ResourceArn'];
  const resourceType = ProductFields?.['hikeshi/ResourceType'] as TypeName | undefined;
  if (resourceArn === undefined || resourceType === undefined) return undefined;
  const partition = ProductArn?.split(':')[1] ?? 'aws';
  const region = [Region ?? '', GLOBAL, '*'].find(
    (each) => findingId({ partition, controlId: control.id, accountId, region: each, resourceArn }) === Id,
  );
  return region === undefined ? undefined : { resourceArn, resourceType, region };
}

/** What stands for the account as a whole, or for a region of it, as collectors name it. */
const accountWide: Readonly<
  Partial<Record<TypeName, (partition: string, accountId: string, region: string) => Omit<Place, 'resourceType'>>>
> = {
  'AWS::::Account': (_partition, accountId) => ({ resourceArn: `AWS::::Account:${accountId}`, region: GLOBAL }),
  'Hikeshi::IAM::AccountPasswordPolicy': (partition, accountId) => ({
    resourceArn: `arn:${partition}:iam::${accountId}:account-password-policy`,
    region: GLOBAL,
  }),
  'Hikeshi::S3::AccountPublicAccessBlock': (partition, accountId) => ({
    resourceArn: `arn:${partition}:s3::${accountId}:account-public-access-block`,
    region: GLOBAL,
  }),
  'Hikeshi::EC2::RegionalSettings': (partition, accountId, region) => ({
    resourceArn: `arn:${partition}:ec2:${region}:${accountId}:regional-settings`,
    region,
  }),
};
