import type { Resource } from '../../../estate/estate.js';
import { parseArn, type Arn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { isFreelyGranted } from './granted.js';
import { keyFacts, type Facts } from './key-facts.js';
import { keyOperationOf, stateRefusal } from './key-states.js';
import { settle } from './settle.js';

export type KeyResource = Resource<'AWS::KMS::Key'>;
export type Configuration = KeyResource['configuration'];

/**
 * Finds the key that a call is about, asks the authorizer, and checks the key's state: what every operation with a key
 * begins with.
 *
 * @param id a key id or ARN; for cryptography also an alias or its ARN.
 * @param options.facts condition keys that the request gives, beside those of the key.
 * @param options.action where it is not the operation's own.
 * @throws AwsError NotFoundException, InvalidArnException, AccessDeniedException, DisabledException,
 * KMSInvalidStateException, with KMS's own texts.
 */
export function keyFor(context: Context, id: string, options: { facts?: Facts; action?: string } = {}): KeyResource {
  const { operation, accountId } = context;
  const { reach } = keyOperationOf(operation);
  const arn = parseArn(id);
  const owner = arn?.accountId ?? accountId;
  const found = findParsed(context, id, arn);
  context.authorize(found?.arn ?? (arn === undefined ? context.arn(`key/${id}`) : id), {
    resourceAccountId: owner,
    context: () => (found === undefined ? (options.facts ?? {}) : keyFacts(context, found, { id, arn }, options.facts)),
    ...(options.action === undefined ? {} : { action: options.action }),
    ...(found !== undefined && isFreelyGranted(context, found) ? { byGrant: true } : {}),
  });
  checkName(context, id, arn, reach === 'any');
  if (found === undefined) throw missing(context, id, arn);
  if (reach === 'own' && owner !== accountId) throw foreign(context, found.arn);
  const refusal = stateRefusal(operation, found.arn, found.configuration.KeyState ?? 'Enabled');
  if (refusal !== undefined) throw refusal;
  return found;
}

/** The key of an id, ARN, alias name or alias ARN, as it is now; asks nobody. */
export function find(context: Context, id: string): KeyResource | undefined {
  return findParsed(context, id, parseArn(id));
}

function findParsed(context: Context, id: string, arn: Arn | undefined): KeyResource | undefined {
  const scope = { accountId: arn?.accountId ?? context.accountId, region: arn?.region ?? context.region };
  const resource = arn?.resource ?? id;
  const keys = context.table('AWS::KMS::Key', scope);
  if (arn !== undefined && resource.startsWith('key/')) return settle(context, keys.get(id));
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

const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

function checkName(context: Context, id: string, arn: Arn | undefined, aliases: boolean): void {
  if (arn === undefined) {
    if (id.startsWith('arn:')) throw new AwsError('InvalidArnException', `Invalid arn ${id}`);
  } else if (arn.region !== context.region) {
    throw new AwsError('NotFoundException', `Invalid arn ${arn.region}`);
  }
  if (aliases || !(arn?.resource ?? id).startsWith('alias/')) return;
  if (arn !== undefined) throw new AwsError('InvalidArnException', `Invalid arn ${id}`);
  throw new AwsError('NotFoundException', `Invalid keyId '${id}'`);
}

function missing(context: Context, id: string, arn: Arn | undefined): AwsError {
  const resource = arn?.resource ?? id;
  const alias = resource.startsWith('alias/');
  const shown = arn === undefined ? context.arn(alias ? id : `key/${id}`) : id;
  if (alias) return new AwsError('NotFoundException', `Alias ${shown} is not found.`);
  // Asked last: whatever the estate calls its keys is a good name.
  if (KEY_ID.test(resource.replace(/^key\//, ''))) {
    return new AwsError('NotFoundException', `Key '${shown}' does not exist`);
  }
  return new AwsError('NotFoundException', `Invalid keyId '${id}'`);
}

function foreign(context: Context, arn: string): AwsError {
  const message = `User: ${context.caller.arn} is not authorized to perform: kms:${context.operation} on resource: ${arn} because it is in another account`;
  return new AwsError('AccessDeniedException', message);
}
