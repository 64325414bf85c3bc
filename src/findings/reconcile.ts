import type { AnyControl } from '../controls/control.js';
import type { Result } from '../controls/evaluate.js';
import type { Finding, Workflow } from './finding.js';
import { findingId } from './identity.js';

/** One evaluation of an estate, as the lifecycle needs it. */
export interface Observation {
  readonly partition: string;
  readonly now: Date;
  readonly controls: readonly AnyControl[];
  readonly results: Iterable<Result>;
  /**
   * Whether the evaluation could have seen this finding's resource again: its account, region and control were read.
   * Only then does absence mean that the resource is gone.
   */
  readonly covers: (finding: Finding) => boolean;
}

/**
 * The findings after an evaluation, given those before it. O(findings + results).
 *
 * The lifecycle is Security Hub's ("Workflow status", "RecordState" in its user guide): a first sight is NEW (PASSED is
 * RESOLVED at once); FAILED to PASSED is RESOLVED; PASSED back to anything else, or ARCHIVED back to ACTIVE, is NEW
 * again; a resource that is gone is ARCHIVED; SUPPRESSED stays until a person says otherwise.
 */
export function reconcile(before: readonly Finding[], observation: Observation): Finding[] {
  const at = observation.now.toISOString();
  const known = new Map(before.map((finding) => [finding.id, finding]));
  const controls = new Map(observation.controls.map((control) => [control.id, control]));
  const after: Finding[] = [];
  const seen = new Set<string>();
  for (const result of observation.results) {
    const id = findingId({ ...result, partition: observation.partition });
    const control = controls.get(result.controlId);
    if (control === undefined || seen.has(id)) continue;
    seen.add(id);
    after.push(observe(known.get(id), { ...fresh(id, result, at), severity: control.severity }, at));
  }
  for (const finding of before) {
    if (seen.has(finding.id)) continue;
    const gone = finding.recordState === 'ACTIVE' && observation.covers(finding);
    after.push(gone ? { ...finding, recordState: 'ARCHIVED', updatedAt: at } : finding);
  }
  return after;
}

function fresh(id: string, result: Result, at: string): Omit<Finding, 'severity'> {
  const { controlId, accountId, region, resourceType, resourceArn, status, reasons } = result;
  return {
    id,
    controlId,
    accountId,
    region,
    resourceType,
    resourceArn,
    status,
    reasons,
    workflow: status === 'PASSED' ? 'RESOLVED' : 'NEW',
    recordState: 'ACTIVE',
    createdAt: at,
    updatedAt: at,
    firstObservedAt: at,
    lastObservedAt: at,
  };
}

function observe(before: Finding | undefined, now: Finding, at: string): Finding {
  if (before === undefined) return now;
  const workflow = nextWorkflow(before, now);
  const changed =
    before.status !== now.status ||
    before.recordState !== 'ACTIVE' ||
    before.severity !== now.severity ||
    JSON.stringify(before.reasons) !== JSON.stringify(now.reasons);
  return {
    ...now,
    workflow,
    createdAt: before.createdAt,
    firstObservedAt: before.firstObservedAt,
    updatedAt: changed ? at : before.updatedAt,
    ...(before.note === undefined ? {} : { note: before.note }),
  };
}

function nextWorkflow(before: Finding, now: Finding): Workflow {
  if (before.workflow === 'SUPPRESSED') return 'SUPPRESSED';
  if (now.status === 'PASSED') return 'RESOLVED';
  const reopened = before.status === 'PASSED' || before.recordState === 'ARCHIVED';
  return reopened ? 'NEW' : before.workflow;
}
