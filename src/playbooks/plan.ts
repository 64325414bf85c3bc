import type { Json } from '../base/json.js';
import type { ApiCall } from '../reference/api-call.js';
import type { Check, Plan, Refusal, RiskClass, Step, Subject, Warning } from './playbook.js';

/** No plan, and what to do instead. */
export function refuse(refused: string, next: string): Refusal {
  return { refused, next };
}

/** What was not read cannot be a before-value. */
export function notRead(what: string): Refusal {
  return refuse(`${what} was not read`, 'let the scan read it (`hikeshi permissions --for scan`) and scan again');
}

/** The subject is not in the estate any more. */
export function notFound(subject: Subject): Refusal {
  return refuse(`\`${subject.resourceArn}\` is not in the estate`, 'scan again');
}

/** A plan of steps, in order. */
export function planOf(
  playbook: { readonly id: string; readonly risk: RiskClass },
  subject: Subject,
  steps: readonly Step[],
  more: { readonly warnings?: readonly Warning[]; readonly outsideModel?: readonly string[] } = {},
): Plan {
  const { controlId, accountId, region, resourceType, resourceArn } = subject;
  return {
    playbook: playbook.id,
    risk: playbook.risk,
    subject: { controlId, accountId, region, resourceType, resourceArn },
    steps,
    warnings: more.warnings ?? [],
    outsideModel: more.outsideModel ?? [],
  };
}

/** `read` answers `value` at `path`. */
export function is(read: ApiCall, path: string, value: Json, absent?: readonly string[]): Check {
  return { read, path, expect: { equals: value }, ...(absent === undefined ? {} : { absent }) };
}

/** `read` answers nothing at `path`, or one of the `absent` error codes. */
export function isMissing(read: ApiCall, path: string, absent?: readonly string[]): Check {
  return { read, path, expect: { missing: true }, ...(absent === undefined ? {} : { absent }) };
}

/** `read` answers at `path` a policy document that says the same as `document`, however it is written. */
export function isDocument(read: ApiCall, path: string, document: string, absent?: readonly string[]): Check {
  return { read, path, expect: { document }, ...(absent === undefined ? {} : { absent }) };
}

/** `is`, or `isMissing` when the value is undefined or null: a before-value as the estate has it. */
export function asItWas(read: ApiCall, path: string, value: unknown, absent?: readonly string[]): Check {
  return value === undefined || value === null ? isMissing(read, path, absent) : is(read, path, value as Json, absent);
}
