import { AwsError } from '../../aws-error.js';

/** IAM's answers about things that are not there, already there, in use, or too many. Their texts are IAM's own. */
export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });
export const alreadyExists = (message: string): AwsError =>
  new AwsError('EntityAlreadyExists', message, { status: 409 });
export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, { status: 409 });
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, { status: 409 });
export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message, { status: 400 });
export const validationError = (message: string): AwsError => new AwsError('ValidationError', message, { status: 400 });

/** @throws AwsError LimitExceeded, in the words IAM has for every quota, when `count` is over `quota`. */
export function requireQuota(name: string, quota: number, count: number): void {
  if (count > quota) throw limitExceeded(`Cannot exceed quota for ${name}: ${quota}`);
}
