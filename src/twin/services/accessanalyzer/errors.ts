import { AwsError } from '../../aws-error.js';

/** A name or id that nothing has. */
export function notFound(resourceType: string, resourceId: string): AwsError {
  const message = `The ${resourceType} \`${resourceId}\` does not exist.`;
  return new AwsError('ResourceNotFoundException', message, { status: 404, members: { resourceId, resourceType } });
}

/** A name that is taken. */
export function conflict(resourceType: string, resourceId: string, message: string): AwsError {
  return new AwsError('ConflictException', message, { status: 409, members: { resourceId, resourceType } });
}

/** An input that the model lets through and the service does not. */
export function invalid(name: string, message: string): AwsError {
  const members = { reason: 'fieldValidationFailed', fieldList: [{ name, message }] };
  return new AwsError('ValidationException', message, { status: 400, members });
}

/** Something AWS has and the twin does not: never a wrong answer in its place. */
export function notSupported(message: string): AwsError {
  return new AwsError('ValidationException', `The twin does not model ${message}.`, {
    status: 400,
    members: { reason: 'notSupported' },
  });
}

/** A policy or an access that a check cannot take. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message, { status: 400 });
}

/** A question that stayed open: no verdict is better than a guessed one. */
export function undetermined(reason: string): AwsError {
  const message = `The check could not be decided: ${reason}. Neither PASS nor FAIL is known.`;
  return new AwsError('UnprocessableEntityException', message, { status: 422 });
}
