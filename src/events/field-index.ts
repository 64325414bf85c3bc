import { network, parseAddress } from './address.js';
import { foldCase, type Condition, type Scalar, type TextTest } from './condition.js';
import { holds, testText } from './holds.js';

type Equal = string | number | boolean | null;

/**
 * All conditions on one path, asked at once: a value goes in, the targets of every condition that holds come out.
 *
 * Texts are looked up, not tried: exact ones in a map; prefixes and suffixes in a map for each length that occurs; wildcards
 * among those whose literal beginning fits; networks in a map for each length. So the cost of a value does not grow with the
 * number of rules, but with the number of different lengths. What excludes (`anything-but`) and numeric ranges are tried one
 * by one: they hold for most values anyway.
 *
 * Refused: one automaton over the bytes of all texts, as event-ruler has it. In JavaScript a hash of a slice is many times
 * quicker than a step for each character.
 */
export class FieldIndex<Target> {
  private readonly equal = new Map<Equal, Target[]>();
  private readonly prefixes = new Lengths<Target>();
  private readonly suffixes = new Lengths<Target>();
  private readonly folded = new Map<string, Target[]>();
  private readonly foldedPrefixes = new Lengths<Target>();
  private readonly foldedSuffixes = new Lengths<Target>();
  private readonly wildcards = new Lengths<{ readonly test: TextTest; readonly target: Target }>();
  private readonly networks = new Map<
    string,
    { readonly version: 4 | 6; readonly bits: number; readonly of: Map<bigint, Target[]> }
  >();
  private readonly tried: { readonly condition: Condition; readonly target: Target }[] = [];
  private readonly present: Target[] = [];
  /** Targets of a field that is not there. */
  readonly absent: Target[] = [];
  private folds = false;

  add(condition: Condition, target: Target): void {
    switch (condition.kind) {
      case 'equals': {
        push(this.equal, condition.value, target);
        const address = typeof condition.value === 'string' ? parseAddress(condition.value) : undefined;
        if (address !== undefined)
          this.addNetwork(address.version, address.version === 4 ? 32 : 128, address.value, target);
        return;
      }
      case 'prefix':
        return this.prefixes.add(condition.text, target);
      case 'suffix':
        return this.suffixes.add(condition.text, target);
      case 'equalsIgnoreCase':
        this.folds = true;
        return push(this.folded, condition.text, target);
      case 'prefixIgnoreCase':
        this.folds = true;
        return this.foldedPrefixes.add(condition.text, target);
      case 'suffixIgnoreCase':
        this.folds = true;
        return this.foldedSuffixes.add(condition.text, target);
      case 'wildcard':
        return this.wildcards.add(condition.parts[0] ?? '', { test: condition, target });
      case 'cidr':
        return this.addNetwork(condition.range.version, condition.range.bits, condition.range.first, target);
      case 'exists':
        (condition.exists ? this.present : this.absent).push(target);
        return;
      case 'numeric':
      case 'not':
      case 'notText':
        this.tried.push({ condition, target });
    }
  }

  /** Gives `found` the target of every condition that holds; one may come more than once. */
  match(value: Scalar, found: (target: Target) => void): void {
    each(this.equal.get(value), found);
    for (const target of this.present) found(target);
    for (const { condition, target } of this.tried) if (holds(condition, value)) found(target);
    if (typeof value === 'string') this.matchText(value, found);
  }

  private matchText(value: string, found: (target: Target) => void): void {
    this.prefixes.ofPrefixes(value, found);
    this.suffixes.ofSuffixes(value, found);
    this.wildcards.ofPrefixes(value, ({ test, target }) => {
      if (testText(test, value)) found(target);
    });
    if (this.folds) {
      const folded = foldCase(value);
      each(this.folded.get(folded), found);
      this.foldedPrefixes.ofPrefixes(folded, found);
      this.foldedSuffixes.ofSuffixes(folded, found);
    }
    if (this.networks.size > 0) this.matchAddress(value, found);
  }

  private matchAddress(value: string, found: (target: Target) => void): void {
    const address = parseAddress(value);
    if (address === undefined) return;
    for (const { version, bits, of } of this.networks.values()) {
      if (version === address.version) each(of.get(network(version, address.value, bits)), found);
    }
  }

  private addNetwork(version: 4 | 6, bits: number, first: bigint, target: Target): void {
    const key = `${version}/${bits}`;
    const known = this.networks.get(key) ?? { version, bits, of: new Map<bigint, Target[]>() };
    this.networks.set(key, known);
    push(known.of, first, target);
  }
}

/** Texts by their length, so that the beginnings (or ends) of a value are looked up and not tried. */
class Lengths<Target> {
  private readonly byLength: { readonly length: number; readonly of: Map<string, Target[]> }[] = [];

  add(text: string, target: Target): void {
    let entry = this.byLength.find(({ length }) => length === text.length);
    if (entry === undefined) {
      entry = { length: text.length, of: new Map() };
      this.byLength.push(entry);
    }
    push(entry.of, text, target);
  }

  ofPrefixes(value: string, found: (target: Target) => void): void {
    for (const { length, of } of this.byLength) {
      if (length <= value.length) each(of.get(value.slice(0, length)), found);
    }
  }

  ofSuffixes(value: string, found: (target: Target) => void): void {
    for (const { length, of } of this.byLength) {
      if (length <= value.length) each(of.get(value.slice(value.length - length)), found);
    }
  }
}

function push<Key, Target>(map: Map<Key, Target[]>, key: Key, target: Target): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [target]);
  else known.push(target);
}

function each<Target>(targets: readonly Target[] | undefined, found: (target: Target) => void): void {
  if (targets !== undefined) for (const target of targets) found(target);
}
