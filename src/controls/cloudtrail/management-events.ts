import type { ResourceTypes } from '../../estate/resource-types.js';
import { asList, asObject } from '../shape.js';

type Trail = ResourceTypes['AWS::CloudTrail::Trail'];

/** Which management events a trail records. `excluding`: all but those of some services. */
export interface ManagementEvents {
  readonly read: boolean;
  readonly write: boolean;
  readonly excluding: boolean;
}

const none: ManagementEvents = { read: false, write: false, excluding: false };

/**
 * Which management events a trail's selectors take in, together.
 *
 * Source: CloudTrail API Reference, "EventSelector" (whose members default to all events and to management events
 * included) and "AdvancedFieldSelector"; "PutEventSelectors" on the default of a trail that was given none.
 *
 * @returns `undefined` when the selectors were not read or are not what AWS documents.
 */
export function managementEvents(trail: Trail): ManagementEvents | undefined {
  const { EventSelectors: basic, AdvancedEventSelectors: advanced } = trail;
  if (basic === undefined && advanced === undefined) {
    return trail.HasCustomEventSelectors === false ? { read: true, write: true, excluding: false } : undefined;
  }
  // Servers are known to answer empty lists for the default that AWS spells out.
  if (trail.HasCustomEventSelectors === false && isEmpty(basic) && isEmpty(advanced)) {
    return { read: true, write: true, excluding: false };
  }
  const lists = [asList(basic ?? []), asList(advanced ?? [])] as const;
  if (lists[0] === undefined || lists[1] === undefined) return undefined;
  return union([...lists[0].map(ofBasic), ...lists[1].map(ofAdvanced)]);
}

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** What one selector leaves out another may take in; so a selector that excludes counts only where none is complete. */
function union(parts: readonly (ManagementEvents | undefined)[]): ManagementEvents | undefined {
  if (parts.includes(undefined)) return undefined;
  const known = parts as readonly ManagementEvents[];
  const complete = known.filter(({ excluding }) => !excluding);
  const read = complete.some((part) => part.read);
  const write = complete.some((part) => part.write);
  return { read, write, excluding: !(read && write) && known.some((part) => part.excluding) };
}

function ofBasic(value: unknown): ManagementEvents | undefined {
  const selector = asObject(value);
  if (selector === undefined) return undefined;
  const { ReadWriteType = 'All', IncludeManagementEvents = true, ExcludeManagementEventSources = [] } = selector;
  if (IncludeManagementEvents === false) return none;
  const excluded = asList(ExcludeManagementEventSources);
  if (IncludeManagementEvents !== true || excluded === undefined) return undefined;
  if (ReadWriteType !== 'All' && ReadWriteType !== 'ReadOnly' && ReadWriteType !== 'WriteOnly') return undefined;
  return {
    read: ReadWriteType !== 'WriteOnly',
    write: ReadWriteType !== 'ReadOnly',
    excluding: excluded.length > 0,
  };
}

/** Any condition but the category and `readOnly` leaves something out, whatever it says. */
function ofAdvanced(value: unknown): ManagementEvents | undefined {
  const fields = asList(asObject(value)?.['FieldSelectors'])?.map(asObject);
  if (fields === undefined || fields.includes(undefined)) return undefined;
  const equal = (name: string) => fields.find((field) => field?.['Field'] === name)?.['Equals'];
  const category = asList(equal('eventCategory'));
  if (category === undefined) return undefined;
  if (!category.includes('Management')) return none;
  const readOnly = fields.some((field) => field?.['Field'] === 'readOnly')
    ? asList(equal('readOnly'))
    : ['true', 'false'];
  if (readOnly === undefined) return undefined;
  return {
    read: readOnly.includes('true'),
    write: readOnly.includes('false'),
    excluding: fields.some((field) => field?.['Field'] !== 'eventCategory' && field?.['Field'] !== 'readOnly'),
  };
}
