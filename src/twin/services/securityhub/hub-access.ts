import type { FindingHub } from '../../../findings/hub/finding-hub.js';
import type { FilterMistake } from '../../../findings/hub/finding-filters.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

/** Where an account's findings are: in the twin's estate, or in a hub's database. */
export interface SecurityHubBackend {
  readonly findings: (context: Context) => FindingHub;
  /** Whether the account has Security Hub; a hub's own door always has. */
  readonly enabled: (context: Context) => boolean;
  /** The accounts whose findings the caller may read and change; all of the backend's if undefined. */
  readonly accounts?: (context: Context) => readonly string[] | undefined;
}

export const hubArn = (context: Context) => context.arn('hub/default');

/** Asks the authorizer, and refuses as Security Hub does where it is not enabled. */
export function opened(backend: SecurityHubBackend, context: Context): FindingHub {
  context.authorize(hubArn(context));
  if (backend.enabled(context)) return backend.findings(context);
  throw new AwsError('InvalidAccessException', `Account ${context.accountId} is not subscribed to AWS Security Hub`, {
    status: 401,
  });
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message, { status: 400 });
}

export function refuseMistake({ field, message }: FilterMistake): AwsError {
  return invalidInput(`Invalid parameter ${field}: ${message}.`);
}

export function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `${what} not found`, { status: 404 });
}

export const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });
