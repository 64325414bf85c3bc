import type { Estate, Gap, Resource } from '../estate/estate.js';
import { GLOBAL } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import {
  judgedTypes,
  notAvailable,
  type AnyControl,
  type Control,
  type Reason,
  type Status,
  type Verdict,
} from './control.js';
import { describeGap, hides, surroundingsOf, type Surroundings } from './surroundings.js';

/** What one control says of one resource. */
export interface Result {
  readonly controlId: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: TypeName;
  readonly resourceArn: string;
  readonly status: Status;
  readonly reasons: readonly Reason[];
}

/**
 * Evaluates controls on one account of an estate. O(resources of the account × controls of their type): a resource is
 * visited once for each control that names its type, and look-ups in the surroundings are O(1).
 *
 * Where resources of the control's type could not be read, one NOT_AVAILABLE result says so for the account and
 * region. A control that throws (a malformed document it did not foresee) yields NOT_AVAILABLE for that resource, never
 * a lost scan and never PASSED.
 */
export function* evaluateAccount(
  estate: Estate,
  accountId: string,
  controls: readonly AnyControl[],
  now: Date,
): Iterable<Result> {
  const surroundings = surroundingsOf(estate, accountId, now);
  const details = detailGaps(estate, accountId);
  for (const each of controls) {
    const control = each as unknown as Control;
    yield* unreadResults(estate, accountId, control);
    for (const type of judgedTypes(control)) {
      for (const resource of estate.list(type, { accountId })) {
        if (applies(control, resource)) yield judge(control, resource, surroundings, details);
      }
    }
  }
}

/**
 * What one control says of some resources of an account: for what depends on them alone. O(resources), where
 * `evaluateAccount` is O(resources of the account).
 */
export function evaluateResources(
  estate: Estate,
  accountId: string,
  each: AnyControl,
  resources: Iterable<Resource>,
  now: Date,
): Result[] {
  const control = each as unknown as Control;
  const surroundings = surroundingsOf(estate, accountId, now);
  const details = detailGaps(estate, accountId);
  const types = judgedTypes(control);
  return [...resources]
    .filter((resource) => types.includes(resource.type) && applies(control, resource))
    .map((resource) => judge(control, resource, surroundings, details));
}

/** Evaluates controls on every account of an estate, account by account. */
export function* evaluate(estate: Estate, controls: readonly AnyControl[], now: Date): Iterable<Result> {
  for (const { accountId } of estate.header.accounts) yield* evaluateAccount(estate, accountId, controls, now);
}

/** A resource so malformed that `appliesTo` throws is judged, so that it is reported. */
function applies(control: Control, resource: Resource): boolean {
  try {
    return control.appliesTo?.(resource) ?? true;
  } catch {
    return true;
  }
}

/** The account's gaps that concern one resource each, by its ARN. */
function detailGaps(estate: Estate, accountId: string): ReadonlyMap<string, readonly Gap[]> {
  const gaps = new Map<string, Gap[]>();
  for (const gap of estate.gaps) {
    if (gap.accountId !== accountId || gap.resourceArn === undefined) continue;
    gaps.set(gap.resourceArn, [...(gaps.get(gap.resourceArn) ?? []), gap]);
  }
  return gaps;
}

function judge(
  control: Control,
  resource: Resource,
  surroundings: Surroundings,
  details: ReadonlyMap<string, readonly Gap[]>,
): Result {
  const result = ({ status, reasons }: Verdict): Result => ({
    controlId: control.id,
    accountId: resource.accountId,
    region: resource.region,
    resourceType: resource.type,
    resourceArn: resource.arn,
    status,
    reasons,
  });
  try {
    const verdict = control.evaluate(resource, surroundings);
    if (verdict.status !== 'NOT_AVAILABLE') return result(verdict);
    // What failed while this resource was read is why its members are missing.
    const causes = (details.get(resource.arn) ?? []).map((gap) => ({ text: describeGap(gap) }));
    return result({ ...verdict, reasons: [...verdict.reasons, ...causes] });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return result(notAvailable(`the control could not judge this resource: ${why}`));
  }
}

function* unreadResults(estate: Estate, accountId: string, control: Control): Iterable<Result> {
  const types = judgedTypes(control);
  // An account is one resource: once it is there, no more of its type can be hidden.
  const isAccount = control.resourceType === 'AWS::::Account';
  if (isAccount && !estate.list('AWS::::Account', { accountId })[Symbol.iterator]().next().done) return;
  const result = (region: string, text: string): Result => ({
    controlId: control.id,
    accountId,
    region,
    resourceType: 'AWS::::Account',
    resourceArn: `AWS::::Account:${accountId}`,
    status: 'NOT_AVAILABLE',
    reasons: [{ text }],
  });
  const uncollected = types.find((type) => !estate.header.types.includes(type));
  if (uncollected !== undefined) {
    yield result(GLOBAL, `${uncollected} was not collected`);
    return;
  }
  const regions = new Set<string>();
  for (const gap of estate.gaps) {
    if (regions.has(gap.region) || !types.some((type) => hides(gap, accountId, type))) continue;
    regions.add(gap.region);
    yield result(gap.region, describeGap(gap));
  }
}
