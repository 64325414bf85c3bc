import { GLOBAL } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { accessPoints } from './access-points.js';

/** The account's settings; only the account itself may ask. */
function settings(context: Context, accountId: string | undefined) {
  context.authorize();
  if (accountId !== context.accountId) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
  const table = context.table('Hikeshi::S3::AccountPublicAccessBlock', { region: GLOBAL });
  const arn = `arn:${context.partition}:s3::${accountId}:account-public-access-block`;
  return { table, arn, current: table.get(arn)?.configuration.PublicAccessBlockConfiguration ?? null };
}

const blocks = handlers('s3control', {
  GetPublicAccessBlock(input, context) {
    const { current } = settings(context, input.AccountId);
    if (current === null) {
      const message = 'The public access block configuration was not found';
      throw new AwsError('NoSuchPublicAccessBlockConfiguration', message, {
        status: 404,
        members: { AccountId: context.accountId },
      });
    }
    return { PublicAccessBlockConfiguration: current };
  },
  PutPublicAccessBlock(input, context) {
    const { table, arn } = settings(context, input.AccountId);
    const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
      input.PublicAccessBlockConfiguration;
    table.put(arn, {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: BlockPublicAcls ?? false,
        IgnorePublicAcls: IgnorePublicAcls ?? false,
        BlockPublicPolicy: BlockPublicPolicy ?? false,
        RestrictPublicBuckets: RestrictPublicBuckets ?? false,
      },
    });
  },
  DeletePublicAccessBlock(input, context) {
    const { table, arn } = settings(context, input.AccountId);
    table.put(arn, { PublicAccessBlockConfiguration: null });
  },
});

/** S3 Control on the twin: the account's Block Public Access, and access points. */
export const service = implement('s3control', accessPoints, blocks);
