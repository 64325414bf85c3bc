import { SEPARATOR } from '../pattern/character-set.js';
import { ipText } from '../pattern/ip-range.js';
import type { TokenPattern } from '../pattern/token-pattern.js';
import type { Dimension, Domain } from './dimension.js';
import { PRINCIPAL } from './principal-dimension.js';
import type { Box } from './search.js';
import type { Predicate, Space } from './space.js';

/** What the requests of a box have in common, by dimension, as a reader says it. Dimensions left free are not named. */
export function describeBox(space: Space, dimensions: readonly Dimension[], box: Box): Record<string, string> {
  const description: Record<string, string> = {};
  dimensions.forEach((dimension, index) => {
    const domain = box[index];
    if (domain === undefined) return;
    if (dimension.element !== undefined) {
      const present = dimension.overlap(domain, dimension.mask([0], false, false));
      const { key, value } = dimension.element;
      const said = description[key] === undefined ? '' : `${description[key]}, `;
      if (present === 'all') description[key] = `${said}with one like \`${value}\``;
      else if (present === 'none') description[key] = `${said}none like \`${value}\``;
      return;
    }
    const predicates = space.dimensions.get(dimension.name)?.predicates ?? [];
    const text = describeDomain(dimension, domain, predicates);
    if (text !== '') description[dimension.name] = text;
  });
  return description;
}

function describeDomain(dimension: Dimension, domain: Domain, predicates: readonly Predicate[]): string {
  const absent = dimension.overlap(domain, dimension.mask([], false, true));
  if (absent === 'all') return 'absent';
  const held: number[] = [];
  const refused: number[] = [];
  predicates.forEach((_, index) => {
    const overlap = dimension.overlap(domain, dimension.mask([index], false, absent === 'some'));
    if (overlap === 'all') held.push(index);
    else if (dimension.overlap(domain, dimension.mask([index], false, false)) === 'none') refused.push(index);
  });
  const within = (inner: number, outer: number): boolean =>
    dimension.overlap(dimension.mask([inner], false, false), dimension.mask([outer], false, false)) === 'all';
  const narrowest = held.filter(
    (one) => !held.some((other) => other !== one && within(other, one) && !(within(one, other) && one < other)),
  );
  const refusedThere = refused.filter((one) =>
    narrowest.every(
      (other) =>
        dimension.overlap(dimension.mask([one], false, false), dimension.mask([other], false, false)) !== 'none',
    ),
  );
  const widest = refusedThere.filter(
    (one) => !refusedThere.some((other) => other !== one && within(one, other) && !(within(other, one) && one < other)),
  );
  const text = (index: number): string => predicateText(dimension.name, predicates[index]);
  const said = [
    ...narrowest.map(text),
    ...widest.map((index) => `not ${text(index)}`),
    ...(narrowest.length === 0 && widest.length === 0 && absent === 'none' ? ['present'] : []),
    ...(absent === 'some' && narrowest.length + widest.length > 0 ? ['or absent'] : []),
  ].filter((part) => part !== '*' && part !== '');
  return said.join(', ');
}

/** A predicate as it could stand in a policy. */
export function predicateText(dimension: string, predicate: Predicate | undefined): string {
  if (predicate === undefined) return '';
  if (predicate.kind === 'text') return patternText(dimension, predicate.pattern);
  const { low, high, lowOpen, highOpen } = predicate.range;
  if (predicate.kind === 'address') {
    const { low: from, high: to } = predicate.range;
    return from === to ? ipText(from) : `${ipText(from)} to ${ipText(to)}`;
  }
  if (low === high) return String(low);
  const above = low === -Infinity ? '' : `${lowOpen ? '>' : '>='} ${low}`;
  const below = high === Infinity ? '' : `${highOpen ? '<' : '<='} ${high}`;
  return `${above} ${below}`.trim();
}

function patternText(dimension: string, pattern: TokenPattern): string {
  const text = pattern
    .map((token) => (token.kind === 'character' ? token.character : token.kind === 'one' ? '?' : '*'))
    .join('');
  if (dimension !== PRINCIPAL) return text;
  const [arn = '', session] = text.replace(/^AWS:/, '').split(SEPARATOR);
  const account = /^arn:\*:\*::(\d{12}):\*$/.exec(arn)?.[1];
  if (account !== undefined) return `account ${account}`;
  return session === undefined || session === '' || session === '*' ? arn : `${arn} (session ${session})`;
}
