import type { AccessRequest } from '../evaluate/access-request.js';
import { foldCase } from '../evaluate/match-text.js';
import type { Dimension } from './dimension.js';
import { PRINCIPAL, principalFrom } from './principal-dimension.js';
import type { Box } from './search.js';
import { ACTION, RESOURCE } from './statement-formula.js';

/** Values to prefer in a witness, by dimension: principals (as dimension texts), resources and actions that exist. */
export type Preferred = ReadonlyMap<string, readonly string[]>;

/** One request of a box. Keys that the box leaves free stay out of it where they can be absent. */
export function witnessOf(dimensions: readonly Dimension[], box: Box, preferred: Preferred = new Map()): AccessRequest {
  const context = new Map<string, string[]>();
  const core = new Map([
    [PRINCIPAL, preferred.get(PRINCIPAL)?.[0] ?? 'Anonymous'],
    [ACTION, preferred.get(ACTION)?.[0] ?? 's3:getobject'],
    [RESOURCE, preferred.get(RESOURCE)?.[0] ?? '*'],
  ]);
  dimensions.forEach((dimension, index) => {
    const domain = box[index];
    if (domain === undefined) return;
    const { name, element } = dimension;
    const wanted = preferred.get(name) ?? [];
    const value = name === ACTION ? pickAction(dimension, domain, wanted) : dimension.pick(domain, wanted);
    if (element !== undefined) {
      if (value === 'present') context.set(element.key, [...(context.get(element.key) ?? []), element.value]);
    } else if (core.has(name)) {
      if (value !== undefined) core.set(name, value);
    } else if (value !== undefined && !canBeAbsent(dimension, domain)) context.set(name, [value]);
  });
  return {
    principal: principalFrom(core.get(PRINCIPAL) ?? 'Anonymous'),
    action: core.get(ACTION) ?? '',
    resource: core.get(RESOURCE) ?? '',
    context,
  };
}

/** Actions are compared in lower case; a known one is written as AWS writes it. */
function pickAction(dimension: Dimension, domain: Box[number], wanted: readonly string[]): string | undefined {
  const folded = wanted.map(foldCase);
  const value = dimension.pick(domain, folded);
  return wanted[folded.indexOf(value ?? '')] ?? value;
}

function canBeAbsent(dimension: Dimension, domain: Box[number]): boolean {
  return dimension.overlap(domain, dimension.mask([], false, true)) !== 'none';
}
