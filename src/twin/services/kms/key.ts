import type { Resource } from '../../../estate/estate.js';
import { parseArn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { keyOperationOf, stateRefusal } from './key-states.js';
import { settle } from './settle.js';

export type KeyResource = Resource<'AWS::KMS::Key'>;
export type Configuration = KeyResource['configuration'];

/** Condition keys that a request gives, beside those of the key. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * Finds the key that a call is about, asks the authorizer, and checks the key's state: what every operation with a key
 * begins with.
 *
 * @param id a key id or ARN; for cryptography also an alias or its ARN.
 * @param options.action where it is not the operation's own.
 * @throws AwsError NotFoundException, InvalidArnException, AccessDeniedException, DisabledException,
 * KMSInvalidStateException, with KMS's own texts.
 */
export function keyFor(context: Context, id: string, options: { facts?: Facts; action?: string } = {}): KeyResource {
  const operation = keyOperationOf(context.operation);
  const accountId = parseArn(id)?.accountId ?? context.accountId;
  const found = find(context, id);
  context.authorize(found?.arn ?? (id.startsWith('arn:') ? id : context.arn(`key/${id}`)), {
    resourceAccountId: accountId,
    context: { ...(found === undefined ? {} : factsOf(context, found)), ...options.facts },
    ...(options.action === undefined ? {} : { action: options.action }),
  });
  checkName(context, id, operation.reach === 'any');
  if (found === undefined) throw missing(context, id);
  if (operation.reach === 'own' && accountId !== context.accountId) throw foreign(context, found.arn);
  const refusal = stateRefusal(context.operation, found.arn, found.configuration.KeyState ?? 'Enabled');
  if (refusal !== undefined) throw refusal;
  return found;
}

/** The key of an id, ARN, alias name or alias ARN, as it is now; asks nobody. */
export function find(context: Context, id: string): KeyResource | undefined {
  const arn = parseArn(id);
  const scope = { accountId: arn?.accountId ?? context.accountId, region: arn?.region ?? context.region };
  const resource = arn?.resource ?? id;
  const keys = context.table('AWS::KMS::Key', scope);
  const keyArn = (name: string) => context.arn(name.startsWith('key/') ? name : `key/${name}`, scope);
  if (!resource.startsWith('alias/')) return settle(context, keys.get(keyArn(resource)));
  const alias = context.table('AWS::KMS::Alias', scope).get(context.arn(resource, scope));
  const target = alias?.configuration.TargetKeyId;
  return target === undefined ? undefined : settle(context, keys.get(keyArn(target)));
}

/** Changes a key. */
export function edit(
  context: Context,
  found: KeyResource,
  change: (configuration: Configuration) => void,
): KeyResource {
  return context.table('AWS::KMS::Key', found).edit(found.arn, change);
}

/** Condition keys that describe the key. Source: KMS developer guide, "AWS KMS condition keys". */
function factsOf(context: Context, { configuration }: KeyResource): Facts {
  return {
    'kms:CallerAccount': context.accountId,
    'kms:KeySpec': configuration.KeySpec,
    'kms:KeyUsage': configuration.KeyUsage,
    'kms:KeyOrigin': configuration.Origin,
    'kms:MultiRegion': configuration.MultiRegion ?? false,
  };
}

const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

function checkName(context: Context, id: string, aliases: boolean): void {
  const arn = parseArn(id);
  if (arn !== undefined && arn.region !== context.region) {
    throw new AwsError('NotFoundException', `Invalid arn ${arn.region}`);
  }
  const resource = arn?.resource ?? id;
  if (resource.startsWith('alias/')) {
    if (aliases) return;
    if (arn !== undefined) throw new AwsError('InvalidArnException', `Invalid arn ${id}`);
    throw new AwsError('NotFoundException', `Invalid keyId '${id}'`);
  }
  if (id.startsWith('arn:') && arn === undefined) throw new AwsError('InvalidArnException', `Invalid arn ${id}`);
}

function missing(context: Context, id: string): AwsError {
  const alias = id.startsWith('alias/') || parseArn(id)?.resource.startsWith('alias/') === true;
  const arn = id.startsWith('arn:') ? id : context.arn(alias ? id : `key/${id}`);
  // Asked last: whatever the estate calls its keys is a good name.
  if (!alias && !KEY_ID.test((parseArn(id)?.resource ?? id).replace(/^key\//, ''))) {
    return new AwsError('NotFoundException', `Invalid keyId '${id}'`);
  }
  return new AwsError('NotFoundException', alias ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`);
}

function foreign(context: Context, arn: string): AwsError {
  const message = `User: ${context.caller.arn} is not authorized to perform: kms:${context.operation} on resource: ${arn} because it is in another account`;
  return new AwsError('AccessDeniedException', message);
}
