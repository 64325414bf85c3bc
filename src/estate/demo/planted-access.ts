import type { Resource } from '../estate.js';
import { demoAccounts, type DemoOptions } from './demo-organization.js';
import type { PlantedAccess } from './plot.js';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';

/**
 * Every resource of the demo organization that someone outside it may use, and the planted look-alikes that nobody
 * outside may, each with its reason: what a test of access findings compares with. Of `public` and `external` it is
 * complete for the whole organization; of `confused-deputy` it has what was planted to be one.
 */
export function plantedAccess(options: DemoOptions): readonly PlantedAccess[] {
  const found: PlantedAccess[] = [];
  for (const { resources, planted } of demoAccounts(options).accounts()) {
    const known = new Set(planted.map(({ arn }) => arn));
    found.push(...planted, ...publicByChance(resources).filter(({ arn }) => !known.has(arn)));
  }
  return found;
}

/** Of those, what a finding must be made of. */
export function plantedExternal(options: DemoOptions): readonly PlantedAccess[] {
  return plantedAccess(options).filter(({ verdict }) => verdict === 'public' || verdict === 'external');
}

/** The buckets and snapshots that an account made public because it gets things wrong now and then. */
function publicByChance(resources: readonly Resource[]): PlantedAccess[] {
  const block = resources.find(
    (each): each is Resource<'Hikeshi::S3::AccountPublicAccessBlock'> =>
      each.type === 'Hikeshi::S3::AccountPublicAccessBlock',
  )?.configuration.PublicAccessBlockConfiguration;
  return resources.flatMap((resource) => {
    const reason = publicReason(resource, {
      acls: block?.IgnorePublicAcls === true,
      policies: block?.RestrictPublicBuckets === true,
    });
    if (reason === undefined) return [];
    const { type, arn, accountId, region } = resource;
    return [{ type, arn, accountId, region, verdict: 'public' as const, reason }];
  });
}

function publicReason(
  resource: Resource,
  blocked: { readonly acls: boolean; readonly policies: boolean },
): string | undefined {
  if (resource.type === 'AWS::EC2::Snapshot') {
    const { CreateVolumePermissions = [] } = (resource as Resource<'AWS::EC2::Snapshot'>).configuration;
    return CreateVolumePermissions.some(({ Group }) => Group === 'all')
      ? 'everyone may make a volume of it'
      : undefined;
  }
  if (resource.type !== 'AWS::S3::Bucket') return undefined;
  const { PublicAccessBlockConfiguration: own, ...bucket } = (resource as Resource<'AWS::S3::Bucket'>).configuration;
  if (bucket.PolicyStatus?.IsPublic === true && !blocked.policies && own?.RestrictPublicBuckets !== true) {
    return 'the policy allows everyone and no block is on';
  }
  const grants = bucket.Acl?.Grants ?? [];
  const isOpen = grants.some(({ Grantee }) => Grantee?.URI === ALL_USERS);
  return isOpen && !blocked.acls && own?.IgnorePublicAcls !== true
    ? 'the ACL allows everyone and no block is on'
    : undefined;
}
