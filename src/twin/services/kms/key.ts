import type { Resource } from '../../../estate/estate.js';
import { parseArn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

export type KeyResource = Resource<'AWS::KMS::Key'>;

/**
 * Finds a key by id, ARN, alias name or alias ARN, and asks the authorizer.
 *
 * @throws AwsError NotFoundException with KMS's own text.
 */
export function key(context: Context, id: string): KeyResource {
  const found = find(context, id);
  context.authorize(found?.arn ?? (id.startsWith('arn:') ? id : context.arn(`key/${id}`)), {
    resourceAccountId: parseArn(id)?.accountId ?? context.accountId,
  });
  if (found !== undefined) return found;
  const alias = id.startsWith('alias/') || parseArn(id)?.resource.startsWith('alias/') === true;
  const arn = id.startsWith('arn:') ? id : context.arn(alias ? id : `key/${id}`);
  throw new AwsError('NotFoundException', alias ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`);
}

function find(context: Context, id: string): KeyResource | undefined {
  const arn = parseArn(id);
  const scope = { accountId: arn?.accountId ?? context.accountId, region: arn?.region ?? context.region };
  const resource = arn?.resource ?? id;
  if (!resource.startsWith('alias/')) {
    const keyArn = context.arn(resource.startsWith('key/') ? resource : `key/${resource}`, scope);
    return context.table('AWS::KMS::Key', scope).get(keyArn);
  }
  const alias = context.table('AWS::KMS::Alias', scope).get(context.arn(resource, scope));
  const target = alias?.configuration.TargetKeyId;
  return target === undefined
    ? undefined
    : context.table('AWS::KMS::Key', scope).get(context.arn(`key/${target}`, scope));
}

/** @throws AwsError KMSInvalidStateException unless the key is in one of these states. */
export function requireState(found: KeyResource, ...states: readonly string[]): void {
  const state = found.configuration.KeyState ?? 'Enabled';
  if (states.includes(state)) return;
  const shown = state === 'PendingDeletion' ? 'pending deletion' : state === 'Disabled' ? 'disabled' : state;
  throw new AwsError('KMSInvalidStateException', `${found.arn} is ${shown}.`);
}

/** @throws AwsError UnsupportedOperationException for a key whose material KMS does not rotate. */
export function requireRotatable(found: KeyResource): void {
  const { KeySpec, Origin, KeyManager } = found.configuration;
  if (KeyManager === 'AWS') throw new AwsError('AccessDeniedException', `The key ${found.arn} is managed by AWS`);
  if (KeySpec !== 'SYMMETRIC_DEFAULT' || Origin !== 'AWS_KMS') {
    throw new AwsError(
      'UnsupportedOperationException',
      `${found.arn} origin is ${Origin} or its spec ${KeySpec}, which is not valid for this operation.`,
    );
  }
}
