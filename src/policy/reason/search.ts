import { BudgetExceeded } from '../pattern/budget.js';
import { all, some, type Node } from './compile.js';
import type { Dimension, Domain } from './dimension.js';

/** One set of values a dimension: every request whose values lie in them satisfies what was asked. */
export type Box = readonly Domain[];

/** What a search did. */
export interface SearchEffort {
  nodes: number;
}

export const NODES_MAX = 2_000_000;

/**
 * A box of requests that satisfy a formula, or `undefined` when there is none: a proof over all requests.
 *
 * Davis, Putnam, Logemann and Loveland's procedure on domains instead of truth values. Assuming a test narrows its
 * dimension's domain; a disjunction with one open part is assumed (unit propagation); otherwise the smallest one is
 * branched on, each branch excluding the tests that failed before it. Domains make one test imply or refute others on
 * the same dimension at once, which a solver over truth values would have to be taught by clauses.
 *
 * Cost: a node looks only at the disjunctions that test what it narrowed; exponential only in those that stay open.
 *
 * Source: Davis, Logemann, Loveland, "A machine program for theorem-proving", 1962.
 * @throws BudgetExceeded past `nodesMax` branches.
 */
export function findBox(
  dimensions: readonly Dimension[],
  root: Node,
  nodesMax = NODES_MAX,
  effort: SearchEffort = { nodes: 0 },
  within?: Box,
): Box | undefined {
  return new Search(dimensions, nodesMax, effort).first(root, within);
}

/**
 * What a formula says outright, as a box, and what it leaves open: for asking many questions that begin alike.
 * `undefined`: it contradicts itself.
 */
export function narrowed(dimensions: readonly Dimension[], root: Node): { box: Box; rest: Node } | undefined {
  const box = dimensions.map((dimension) => dimension.full());
  const open: Node[] = [];
  for (const part of root.kind === 'and' ? root.parts : [root]) {
    if (part.kind !== 'test') {
      open.push(part);
      continue;
    }
    const met = dimensions[part.dimension]?.meet(box[part.dimension] as Domain, part.mask);
    if (met === undefined) return undefined;
    box[part.dimension] = met;
  }
  return { box, rest: all(open) };
}

/**
 * Disjoint boxes that together are all requests that satisfy a formula; at most `boxesMax`.
 *
 * @returns the boxes, and whether they are all.
 * @throws BudgetExceeded past `nodesMax` branches.
 */
export function findBoxes(
  dimensions: readonly Dimension[],
  root: Node,
  boxesMax: number,
  nodesMax = NODES_MAX,
): { boxes: Box[]; complete: boolean } {
  const search = new Search(dimensions, nodesMax, { nodes: 0 }, boxesMax + 1);
  search.first(root);
  const complete = search.boxes.length <= boxesMax;
  return { boxes: search.boxes.slice(0, boxesMax), complete };
}

/** Where a search stands. */
interface Scene {
  readonly domains: Domain[];
  /** Of each disjunction, by its number, the parts that may still hold; nothing for one that is not open. */
  readonly open: (readonly Node[] | undefined)[];
  /** The disjunctions not looked at yet. */
  fresh: number[];
  /** The dimensions narrowed since the open disjunctions were looked at. */
  changed: number[];
}

class Search {
  /** With `collect` set: the boxes found so far. */
  readonly boxes: Box[] = [];
  private readonly dimensions: readonly Dimension[];
  private readonly nodesMax: number;
  private readonly effort: SearchEffort;
  private readonly collect: number;
  private readonly numbers = new Map<Node, number>();
  /** Of each dimension, the disjunctions that test it. */
  private readonly watching: number[][];
  private readonly opposites = new Map<Node, Node>();

  constructor(dimensions: readonly Dimension[], nodesMax: number, effort: SearchEffort, collect = 0) {
    this.dimensions = dimensions;
    this.nodesMax = nodesMax;
    this.effort = effort;
    this.collect = collect;
    this.watching = dimensions.map(() => []);
  }

  first(root: Node, within?: Box): Box | undefined {
    const domains = within === undefined ? this.dimensions.map((dimension) => dimension.full()) : [...within];
    const scene: Scene = { domains, open: [], fresh: [], changed: [] };
    return this.assume(root, scene) ? this.descend(scene) : undefined;
  }

  /** Narrows domains by a node; disjunctions are left open. `false`: it contradicts what was assumed. */
  private assume(node: Node, scene: Scene): boolean {
    if (node.kind === 'test') {
      const { dimension, mask } = node;
      const met = this.at(dimension).meet(scene.domains[dimension] as Domain, mask);
      if (met === undefined) return false;
      if (met !== scene.domains[dimension]) scene.changed.push(dimension);
      scene.domains[dimension] = met;
      return true;
    }
    if (node.kind === 'and') return node.parts.every((part) => this.assume(part, scene));
    if (node.parts.length === 0) return false;
    const number = this.numberOf(node);
    if (scene.open[number] !== undefined) return true;
    scene.open[number] = node.parts;
    scene.fresh.push(number);
    return true;
  }

  private descend(scene: Scene): Box | undefined {
    if (++this.effort.nodes > this.nodesMax) throw new BudgetExceeded(`more than ${this.nodesMax} branches`);
    if (!this.propagate(scene)) return undefined;
    let smallest = -1;
    let size = Infinity;
    for (let number = 0; number < scene.open.length; number++) {
      const parts = scene.open[number];
      if (parts === undefined || parts.length >= size) continue;
      smallest = number;
      size = parts.length;
    }
    const branches = scene.open[smallest];
    if (branches === undefined) return this.found(scene.domains);
    scene.open[smallest] = undefined;
    return this.branch(scene, branches);
  }

  private branch(remaining: Scene, branches: readonly Node[]): Box | undefined {
    for (const node of branches) {
      const inner: Scene = {
        domains: [...remaining.domains],
        open: [...remaining.open],
        fresh: [...remaining.fresh],
        changed: [...remaining.changed],
      };
      if (this.assume(node, inner)) {
        const box = this.descend(inner);
        if (box !== undefined) return box;
      }
      // What this branch held need not be looked at again, and boxes stay disjoint.
      if (node.kind === 'test' || this.collect > 0) {
        if (!this.assume(this.opposite(node), remaining)) return undefined;
      }
    }
    return undefined;
  }

  /**
   * Drops satisfied disjunctions and assumes those with one open part, until nothing changes. Only disjunctions that
   * are new or test a dimension that was narrowed are looked at. `false`: one cannot hold.
   */
  private propagate(scene: Scene): boolean {
    for (;;) {
      const number = scene.fresh.pop();
      if (number !== undefined) {
        if (!this.settle(number, scene)) return false;
        continue;
      }
      const dimension = scene.changed.pop();
      if (dimension === undefined) return true;
      for (const watcher of this.watching[dimension] ?? []) if (!this.settle(watcher, scene)) return false;
    }
  }

  private settle(number: number, scene: Scene): boolean {
    const parts = scene.open[number];
    if (parts === undefined) return true;
    const left = this.open(parts, scene.domains);
    if (left === 'satisfied') {
      scene.open[number] = undefined;
      return true;
    }
    const [only] = left;
    if (left.length > 1 || only === undefined) {
      scene.open[number] = left;
      return only !== undefined;
    }
    scene.open[number] = undefined;
    return this.assume(only, scene);
  }

  /** The parts of a disjunction that may still hold; the same list when that is all of them. */
  private open(parts: readonly Node[], domains: readonly Domain[]): readonly Node[] | 'satisfied' {
    let left: Node[] | undefined;
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] as Node;
      const status = this.status(part, domains);
      if (status === 'all') return 'satisfied';
      if (status === 'none') left ??= parts.slice(0, index);
      else left?.push(part);
    }
    return left ?? parts;
  }

  /** The number of a disjunction; the first time, it is noted with the dimensions that it tests. */
  private numberOf(node: Node & { kind: 'or' }): number {
    const known = this.numbers.get(node);
    if (known !== undefined) return known;
    const made = this.numbers.size;
    this.numbers.set(node, made);
    const tested = new Set<number>();
    const visit = (part: Node): void => {
      if (part.kind === 'test') tested.add(part.dimension);
      else part.parts.forEach(visit);
    };
    visit(node);
    for (const dimension of tested) this.watching[dimension]?.push(made);
    return made;
  }

  private status(node: Node, domains: readonly Domain[]): 'none' | 'some' | 'all' {
    if (node.kind === 'test') {
      return this.at(node.dimension).overlap(domains[node.dimension] as Domain, node.mask);
    }
    const decisive = node.kind === 'and' ? 'none' : 'all';
    let result: 'none' | 'some' | 'all' = node.kind === 'and' ? 'all' : 'none';
    for (const part of node.parts) {
      const status = this.status(part, domains);
      if (status === decisive) return decisive;
      if (status === 'some') result = 'some';
    }
    return result;
  }

  private found(domains: Domain[]): Box | undefined {
    if (this.collect === 0) return domains;
    this.boxes.push(domains);
    return this.boxes.length >= this.collect ? domains : undefined;
  }

  private opposite(node: Node): Node {
    const known = this.opposites.get(node);
    if (known !== undefined) return known;
    const made = this.negated(node);
    this.opposites.set(node, made);
    return made;
  }

  private negated(node: Node): Node {
    if (node.kind === 'and') return some(node.parts.map((part) => this.opposite(part)));
    if (node.kind === 'or') return all(node.parts.map((part) => this.opposite(part)));
    return { ...node, mask: this.at(node.dimension).complement(node.mask) };
  }

  private at(index: number): Dimension {
    return this.dimensions[index] as Dimension;
  }
}
