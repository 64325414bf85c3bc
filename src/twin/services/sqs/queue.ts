import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

export const queues = (context: Context) => context.table('AWS::SQS::Queue');

/** Finds a queue by URL or name, asks the authorizer, or throws QueueDoesNotExist. */
export function queue(context: Context, urlOrName: string | undefined): Resource<'AWS::SQS::Queue'> {
  const name = urlOrName?.split('/').at(-1) ?? '';
  const arn = context.arn(name);
  context.authorize(arn);
  const found = queues(context).get(arn);
  if (found !== undefined) return found;
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { status: 400 });
}
