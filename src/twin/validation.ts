import type { ServiceName } from '../reference/services.js';
import { AwsError } from './aws-error.js';
import type { OperationModel, Protocol, ServiceModel } from './protocols/service-model.js';
import type { Shape } from './protocols/shape.js';

/**
 * Refuses an input that AWS would refuse before looking at any resource: required members that are missing.
 *
 * @throws AwsError with the text and code of the protocol.
 */
export function validate(
  service: ServiceName,
  _model: ServiceModel,
  protocol: Protocol,
  operation: OperationModel,
  input: Readonly<Record<string, unknown>>,
): void {
  const missing = missingMembers(operation.input, input, '');
  const [first] = missing;
  if (first === undefined) return;
  if (protocol === 'ec2') throw new AwsError('MissingParameter', `The request must contain the parameter ${first}`);
  const errors = missing.map((path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`);
  throw validationError(service, protocol, errors);
}

/** AWS's sentence for one or several broken constraints. */
export function validationError(service: ServiceName, protocol: Protocol, errors: readonly string[]): AwsError {
  const message = `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected: ${errors.join('; ')}`;
  const code = protocol === 'query' ? 'ValidationError' : service === 's3' ? 'InvalidRequest' : 'ValidationException';
  return new AwsError(code, message, { status: 400 });
}

/** The paths of required members that are not there. Clients fill in idempotency tokens themselves. */
function missingMembers(shape: Shape, value: unknown, path: string): string[] {
  if (value === undefined || value === null) return [];
  switch (shape.kind) {
    case 'struct':
      return shape.members.flatMap((member) => {
        const field = (value as Record<string, unknown>)[member.name];
        const at = path + lowerFirst(member.name);
        if (field !== undefined && field !== null) return missingMembers(member.shape, field, `${at}.`);
        return member.required && !member.traits.idempotencyToken ? [at] : [];
      });
    case 'list':
      return (value as unknown[]).flatMap((item, index) =>
        missingMembers(shape.item.shape, item, `${path}${index + 1}.member.`),
      );
    case 'map':
      return Object.entries(value).flatMap(([key, item]) => missingMembers(shape.value.shape, item, `${path}${key}.`));
    default:
      return [];
  }
}

function lowerFirst(text: string): string {
  return `${text[0]?.toLowerCase()}${text.slice(1)}`;
}
