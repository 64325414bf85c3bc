import { iamAction } from './iam-actions.js';
import { notableActions } from './notable-actions.js';
import { services, type ServiceName } from './services.js';

/**
 * Actions that no operation is called as, and that some need besides their own. Not all there are.
 *
 * Source: Service Authorization Reference, the rows marked "permission only", and those of versions of objects.
 */
const besidesOperations: readonly string[] = [
  's3:BypassGovernanceRetention',
  's3:DeleteObjectVersion',
  's3:DeleteObjectVersionTagging',
  's3:GetObjectVersion',
  's3:GetObjectVersionAcl',
  's3:GetObjectVersionAttributes',
  's3:GetObjectVersionForReplication',
  's3:GetObjectVersionTagging',
  's3:GetObjectVersionTorrent',
  's3:InitiateReplication',
  's3:ObjectOwnerOverrideToBucketOwner',
  's3:PutObjectVersionAcl',
  's3:PutObjectVersionTagging',
  's3:ReplicateDelete',
  's3:ReplicateObject',
  's3:ReplicateTags',
  'iam:PassRole',
  'kms:ReEncryptTo',
  'kms:SynchronizeMultiRegionKey',
  'sts:GetServiceBearerToken',
  'sts:SetSourceIdentity',
  'sts:TagSession',
  'lambda:DisableReplication',
  'lambda:EnableReplication',
  'dynamodb:ConditionCheckItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
];

/**
 * The actions of a service that are known here, by its prefix (`s3`): those of its operations and some besides. What is not
 * among them may still be one. Undefined for a service that is not known. Loads the service's client package.
 */
export async function knownActions(prefix: string): Promise<readonly string[] | undefined> {
  const named = (Object.keys(services) as ServiceName[]).filter((name) => services[name].iamPrefix === prefix);
  if (named.length === 0) return undefined;
  const actions = new Set([...besidesOperations, ...notableActions]);
  for (const name of named) {
    for (const exported of Object.keys(await services[name].load())) {
      const operation = /^([A-Z]\w+)Command$/.exec(exported)?.[1];
      if (operation !== undefined) actions.add(iamAction(name, operation));
    }
  }
  return [...actions].filter((action) => action.startsWith(`${prefix}:`)).sort();
}
