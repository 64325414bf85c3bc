import type { Resource } from '../estate/estate.js';
import { notableActions } from '../reference/notable-actions.js';

/** The service whose actions a resource's own policy speaks of. */
export function serviceOf({ arn, type }: Resource): string {
  return type === 'AWS::IAM::Role' ? 'sts' : (arn.split(':')[2] ?? '');
}

/** The notable actions on a resource. */
export function notableOf(resource: Resource): readonly string[] {
  return notableActions.filter((action) => action.startsWith(`${serviceOf(resource)}:`));
}

/** An action on a resource, by which what binds it is gathered. */
export function exampleOf(resource: Resource): string {
  return notableOf(resource)[0] ?? `${serviceOf(resource)}:any`;
}
