import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { find, keyFor, type KeyResource } from './key.js';
import { truncated } from './metadata.js';
import { settledKeys } from './settle.js';

const ALIASES_MAX = 50;

/** Names for keys. */
export const aliases = handlers('kms', {
  ListAliases(input, context) {
    context.authorize();
    settledKeys(context);
    const target = input.KeyId === undefined ? undefined : targetId(context, input.KeyId);
    const all = table(context)
      .all()
      .map(({ configuration }) => configuration)
      .filter(({ TargetKeyId }) => target === undefined || TargetKeyId === target);
    const { items, next } = context.page(all, input.Marker, input.Limit, 100);
    return { Aliases: items, ...truncated(next) };
  },
  CreateAlias(input, context) {
    const target = keyFor(context, input.TargetKeyId);
    const arn = context.arn(input.AliasName);
    context.authorize(arn);
    checkName(input.AliasName);
    if (table(context).get(arn) !== undefined)
      throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
    checkQuota(context, target);
    const CreationDate = context.now.toISOString();
    table(context).put(arn, {
      AliasName: input.AliasName,
      AliasArn: arn,
      TargetKeyId: target.configuration.KeyId,
      CreationDate,
      LastUpdatedDate: CreationDate,
    });
  },
  UpdateAlias(input, context) {
    const target = keyFor(context, input.TargetKeyId);
    const arn = context.arn(input.AliasName);
    context.authorize(arn);
    checkName(input.AliasName);
    const alias = table(context).get(arn);
    if (alias === undefined) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
    const former = find(context, alias.configuration.TargetKeyId ?? '');
    if (former !== undefined && former.arn !== target.arn) {
      requireAlike(former, target);
      checkQuota(context, target);
    }
    table(context).edit(arn, (edited) => {
      edited.TargetKeyId = target.configuration.KeyId;
      edited.LastUpdatedDate = context.now.toISOString();
    });
  },
  DeleteAlias(input, context) {
    const arn = context.arn(input.AliasName);
    context.authorize(arn);
    const alias = table(context).get(arn);
    if (alias === undefined) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
    const target = find(context, alias.configuration.TargetKeyId ?? '');
    if (target !== undefined) context.authorize(target.arn);
    table(context).remove(arn);
  },
});

const table = (context: Context) => context.table('AWS::KMS::Alias');

function targetId(context: Context, id: string): string {
  const found = find(context, id);
  if (found !== undefined) return found.configuration.KeyId ?? '';
  const arn = id.startsWith('arn:') ? id : context.arn(`key/${id}`);
  throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
}

function checkName(name: string): void {
  if (!name.startsWith('alias/')) {
    const message =
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html';
    throw new AwsError('ValidationException', message);
  }
  if (name.startsWith('alias/aws/')) {
    throw new AwsError('NotAuthorizedException', 'The alias/aws/ prefix is reserved.');
  }
}

function checkQuota(context: Context, target: KeyResource): void {
  const { KeyId } = target.configuration;
  const count = table(context)
    .all()
    .filter(({ configuration }) => configuration.TargetKeyId === KeyId).length;
  if (count < ALIASES_MAX) return;
  throw new AwsError('LimitExceededException', `${target.arn} has ${ALIASES_MAX} aliases, which is the limit.`);
}

/** An alias may not come to mean a key of another kind: callers would fail, or worse, not notice. */
function requireAlike(former: KeyResource, target: KeyResource): void {
  const kind = ({ configuration: { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage } }: KeyResource) =>
    `${KeyUsage} ${KeySpec === 'SYMMETRIC_DEFAULT' || KeySpec.startsWith('HMAC') ? 'symmetric' : 'asymmetric'}`;
  if (kind(former) === kind(target)) return;
  const message = `${target.arn} is not of the same type and usage as ${former.arn}, the key that the alias means now.`;
  throw new AwsError('ValidationException', message);
}
