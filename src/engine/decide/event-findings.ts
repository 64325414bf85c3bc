import type { AnyControl } from '../../controls/control.js';
import type { Asff } from '../../findings/asff.js';
import type { Finding } from '../../findings/finding.js';
import { findingFromAsff } from '../../findings/from-asff.js';
import { findingId } from '../../findings/identity.js';
import { partitionOf } from '../../reference/partitions.js';
import type { Origin } from '../respond/responses.js';
import type { HubEvent } from './hub-event.js';
import { tamperingOf, type Tampering } from './tampering.js';

/** A finding that an event is about, or why one that it names cannot be acted on. */
export type EventFinding =
  | { readonly finding: Finding; readonly origin: Origin }
  | { readonly refused: string; readonly id: string };

/** Findings in one event: Security Hub sends one, a custom action's sender may send more. */
const FINDINGS_MAX = 100;

/**
 * Everything an event is about, each on its own: one that is bad takes nothing away from the others.
 *
 * @param controls those that findings may be of, tamper controls among them.
 */
export function findingsOf(event: HubEvent, controls: readonly AnyControl[]): EventFinding[] {
  const tampering = tamperingOf(event);
  if (typeof tampering === 'string') return [{ refused: tampering, id: event.id }];
  if (tampering !== undefined)
    return [{ finding: tamperFinding(tampering, event, controls), origin: originOf(event, tampering) }];
  const given = event.detail['findings'];
  if (!Array.isArray(given)) return [];
  const origin = originOf(event, undefined);
  const taken = given.slice(0, FINDINGS_MAX).map((each: unknown, index): EventFinding => {
    const id = idOf(each) ?? `detail.findings.${index}`;
    if (typeof each !== 'object' || each === null) return { refused: 'it is not an object', id };
    const finding = readFinding(each as Asff, controls);
    return typeof finding === 'string' ? { refused: finding, id } : { finding, origin };
  });
  const left = given.length - taken.length;
  if (left === 0) return taken;
  return [...taken, { refused: `the event has ${given.length} findings; the last ${left} were left`, id: event.id }];
}

/** A document from outside may have anything anywhere. */
function readFinding(asff: Asff, controls: readonly AnyControl[]): Finding | string {
  try {
    return findingFromAsff(asff, controls);
  } catch {
    return 'its members are not of the kinds that ASFF says';
  }
}

function idOf(value: unknown): string | undefined {
  const id = (value as { Id?: unknown } | null | undefined)?.Id;
  return typeof id === 'string' ? id : undefined;
}

function tamperFinding(tampering: Tampering, { time, region }: HubEvent, controls: readonly AnyControl[]): Finding {
  const { controlId, accountId, resourceArn, resourceType, event } = tampering;
  const from = event.sourceIp === undefined ? '' : ` from ${event.sourceIp}`;
  const identity = { partition: partitionOf(region), controlId, accountId, region: tampering.region, resourceArn };
  return {
    id: findingId(identity),
    controlId,
    severity: controls.find(({ id }) => id === controlId)?.severity ?? 'CRITICAL',
    accountId,
    region: tampering.region,
    resourceType,
    resourceArn,
    status: 'FAILED',
    reasons: [{ text: `${event.by} called ${event.name}${from} at ${event.at}` }],
    workflow: 'NEW',
    recordState: 'ACTIVE',
    createdAt: time,
    updatedAt: time,
    firstObservedAt: time,
    lastObservedAt: time,
  };
}

function originOf(event: HubEvent, tampering: Tampering | undefined): Origin {
  if (tampering !== undefined) return { kind: 'event', event: tampering.event };
  const action = event.detail['actionName'];
  if (event['detail-type'] !== 'Security Hub Findings - Custom Action') return { kind: 'rule' };
  return { kind: 'custom-action', ...(typeof action === 'string' ? { name: action } : {}) };
}
