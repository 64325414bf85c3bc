import { atomsOf } from '../pattern/atoms.js';
import { BudgetExceeded } from '../pattern/budget.js';
import { ipUniverse } from '../pattern/ip-range.js';
import type { TokenPattern } from '../pattern/token-pattern.js';
import { addressClasses, AtomDimension, numberClasses, type ValueClass } from './atom-dimension.js';
import type { Dimension, Domain } from './dimension.js';
import type { Formula } from './formula.js';
import { LazyDimension } from './lazy-dimension.js';
import type { DimensionDeclaration, Space } from './space.js';

/** A formula over ready dimensions. Constants are folded: a test is never all or nothing. */
export type Node =
  | { readonly kind: 'test'; readonly dimension: number; readonly mask: Domain }
  | { readonly kind: 'and'; readonly parts: readonly Node[] }
  | { readonly kind: 'or'; readonly parts: readonly Node[] };

/** How atoms are made. */
export interface CompileOptions {
  /** Past so many states of a dimension's patterns it is searched lazily. */
  readonly statesMax?: number;
  /** Past so many states a lazy search gives up. */
  readonly lazyStatesMax?: number;
  /** `lazy`: no atoms for texts at all. The second engine, against which the first is checked. */
  readonly engine?: 'atoms' | 'lazy';
}

const STATES_MAX = 4_000;
const LAZY_STATES_MAX = 200_000;

const TRUE: Node = { kind: 'and', parts: [] };
const FALSE: Node = { kind: 'or', parts: [] };

/** A space made ready: its dimensions, and formulas turned into nodes over them. */
export class Compiler {
  readonly dimensions: Dimension[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly elements = new Map<string, { readonly first: number; readonly classes: readonly ValueClass[] }>();
  private readonly tests = new Map<string, Node>();

  /** Computes the atoms of every dimension declared so far. Cost: see `atomsOf`, dominated by the largest dimension. */
  constructor(space: Space, options: CompileOptions = {}) {
    for (const declared of space.dimensions.values()) {
      if (declared.many) this.addElements(declared, options);
      else this.add(dimensionOf(declared, options));
    }
  }

  /** A formula without `between` as a node. O(formula); equal tests are shared. */
  node(formula: Formula): Node {
    switch (formula.kind) {
      case 'test':
        return this.test(formula);
      case 'elements':
        return this.element(formula);
      case 'and':
        return all(formula.parts.map((part) => this.node(part)));
      case 'or':
        return some(formula.parts.map((part) => this.node(part)));
      case 'between':
        throw new Error('a formula must be bounded before it is compiled');
    }
  }

  /** The opposite of a node. */
  not(node: Node): Node {
    if (node.kind === 'and') return some(node.parts.map((part) => this.not(part)));
    if (node.kind === 'or') return all(node.parts.map((part) => this.not(part)));
    const { dimension, mask } = node;
    return { kind: 'test', dimension, mask: this.dimension(dimension).complement(mask) };
  }

  /** The place of a dimension in `dimensions`. */
  indexOf(name: string): number | undefined {
    return this.indexes.get(name);
  }

  private add(dimension: Dimension): void {
    this.indexes.set(dimension.name, this.dimensions.length);
    this.dimensions.push(dimension);
  }

  /** A many-valued key: one yes-or-no dimension an atom, "some element lies in it". Exact, for sets of any size. */
  private addElements(declared: DimensionDeclaration, { statesMax = STATES_MAX }: CompileOptions): void {
    const { atoms } = atomsOf(textPatterns(declared), statesMax);
    this.elements.set(declared.name, { first: this.dimensions.length, classes: atoms });
    atoms.forEach((atom, index) => {
      this.add(
        new AtomDimension({
          name: `${declared.name}#${index}`,
          classes: [
            { accepted: [], text: 'absent' },
            { accepted: [0], text: 'present' },
          ],
          predicates: [{ kind: 'text', pattern: [] }],
          optional: false,
          element: { key: declared.name, value: atom.text },
        }),
      );
    });
  }

  private test(formula: Formula & { kind: 'test' }): Node {
    const key = `${formula.dimension}|${formula.predicates.join()}|${formula.negated}|${formula.whenAbsent}`;
    const known = this.tests.get(key);
    if (known !== undefined) return known;
    const index = this.indexes.get(formula.dimension);
    if (index === undefined) throw new Error(`the dimension \`${formula.dimension}\` was not declared`);
    const dimension = this.dimension(index);
    const mask = dimension.mask(formula.predicates, formula.negated, formula.whenAbsent);
    const overlap = dimension.overlap(dimension.full(), mask);
    const node: Node = overlap === 'none' ? FALSE : overlap === 'all' ? TRUE : { kind: 'test', dimension: index, mask };
    this.tests.set(key, node);
    return node;
  }

  private element(formula: Formula & { kind: 'elements' }): Node {
    const known = this.elements.get(formula.dimension);
    const wanted = new Set(formula.predicates);
    const nodes = (known?.classes ?? []).map(({ accepted }, index): Node => {
      const dimension = (known?.first ?? 0) + index;
      const lies = accepted.some((predicate) => wanted.has(predicate)) !== formula.negated;
      if (formula.quantifier === 'some') return lies ? this.presence(dimension, true) : FALSE;
      return lies ? TRUE : this.presence(dimension, false);
    });
    return formula.quantifier === 'some' ? some(nodes) : all(nodes);
  }

  private presence(index: number, present: boolean): Node {
    const mask = this.dimension(index).mask([0], !present, false);
    return { kind: 'test', dimension: index, mask };
  }

  private dimension(index: number): Dimension {
    const dimension = this.dimensions[index];
    if (dimension === undefined) throw new RangeError(`there is no dimension ${index}`);
    return dimension;
  }
}

/** All of the nodes, flattened. */
export function all(nodes: readonly Node[]): Node {
  const kept: Node[] = [];
  for (const node of nodes) {
    if (node.kind === 'or' && node.parts.length === 0) return FALSE;
    if (node.kind === 'and') kept.push(...node.parts);
    else kept.push(node);
  }
  return kept.length === 1 ? (kept[0] ?? TRUE) : { kind: 'and', parts: kept };
}

/** One of the nodes, flattened. */
export function some(nodes: readonly Node[]): Node {
  const kept: Node[] = [];
  for (const node of nodes) {
    if (node.kind === 'and' && node.parts.length === 0) return TRUE;
    if (node.kind === 'or') kept.push(...node.parts);
    else kept.push(node);
  }
  return kept.length === 1 ? (kept[0] ?? FALSE) : { kind: 'or', parts: kept };
}

function dimensionOf(declared: DimensionDeclaration, options: CompileOptions): Dimension {
  const { name, predicates, optional } = declared;
  if (declared.kind === 'number') {
    return new AtomDimension({ name, predicates, optional, classes: numberClasses(predicates) });
  }
  if (declared.kind === 'address') {
    return new AtomDimension({ name, predicates, optional, classes: addressClasses(predicates, ipUniverse) });
  }
  const patterns = textPatterns(declared);
  if (options.engine !== 'lazy') {
    try {
      const { atoms } = atomsOf(patterns, options.statesMax ?? STATES_MAX);
      return new AtomDimension({ name, predicates, optional, classes: atoms });
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
    }
  }
  return new LazyDimension({ name, patterns, optional, statesMax: options.lazyStatesMax ?? LAZY_STATES_MAX });
}

function textPatterns({ predicates }: DimensionDeclaration): TokenPattern[] {
  return predicates.map((predicate) => (predicate.kind === 'text' ? predicate.pattern : []));
}
