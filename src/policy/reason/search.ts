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
 * Cost: one pass a node over the open disjunctions; exponential only in the disjunctions that stay open.
 *
 * Source: Davis, Logemann, Loveland, "A machine program for theorem-proving", 1962.
 * @throws BudgetExceeded past `nodesMax` branches.
 */
export function findBox(
  dimensions: readonly Dimension[],
  root: Node,
  nodesMax = NODES_MAX,
  effort: SearchEffort = { nodes: 0 },
): Box | undefined {
  return new Search(dimensions, nodesMax, effort).first(root);
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

class Search {
  /** With `collect` set: the boxes found so far. */
  readonly boxes: Box[] = [];
  private readonly dimensions: readonly Dimension[];
  private readonly nodesMax: number;
  private readonly effort: SearchEffort;
  private readonly collect: number;

  constructor(dimensions: readonly Dimension[], nodesMax: number, effort: SearchEffort, collect = 0) {
    this.dimensions = dimensions;
    this.nodesMax = nodesMax;
    this.effort = effort;
    this.collect = collect;
  }

  first(root: Node): Box | undefined {
    const domains = this.dimensions.map((dimension) => dimension.full());
    const open: (readonly Node[])[] = [];
    return this.assume(root, domains, open) ? this.descend(domains, open) : undefined;
  }

  /** Narrows domains by a node; disjunctions are left open. `false`: it contradicts what was assumed. */
  private assume(node: Node, domains: Domain[], open: (readonly Node[])[]): boolean {
    if (node.kind === 'test') {
      const met = this.at(node.dimension).meet(domains[node.dimension] as Domain, node.mask);
      if (met === undefined) return false;
      domains[node.dimension] = met;
      return true;
    }
    if (node.kind === 'and') return node.parts.every((part) => this.assume(part, domains, open));
    if (node.parts.length === 0) return false;
    open.push(node.parts);
    return true;
  }

  private descend(domains: Domain[], disjunctions: readonly (readonly Node[])[]): Box | undefined {
    if (++this.effort.nodes > this.nodesMax) throw new BudgetExceeded(`more than ${this.nodesMax} branches`);
    const open = this.propagate(domains, disjunctions);
    if (open === undefined) return undefined;
    if (open.length === 0) return this.found(domains);
    let smallest = 0;
    open.forEach((parts, index) => {
      if (parts.length < (open[smallest]?.length ?? 0)) smallest = index;
    });
    const branches = open[smallest] ?? [];
    return this.branch(domains, branches, open.toSpliced(smallest, 1));
  }

  private branch(domains: Domain[], branches: readonly Node[], rest: readonly (readonly Node[])[]): Box | undefined {
    const remaining = [...domains];
    const excluded: (readonly Node[])[] = [...rest];
    for (const node of branches) {
      const inner = [...remaining];
      const innerOpen = [...excluded];
      if (this.assume(node, inner, innerOpen)) {
        const box = this.descend(inner, innerOpen);
        if (box !== undefined) return box;
      }
      // What this branch held need not be looked at again, and boxes stay disjoint.
      if (node.kind === 'test' || this.collect > 0) {
        if (!this.assume(this.opposite(node), remaining, excluded)) return undefined;
      }
    }
    return undefined;
  }

  /** Drops satisfied disjunctions and assumes those with one open part, until nothing changes. */
  private propagate(domains: Domain[], disjunctions: readonly (readonly Node[])[]): (readonly Node[])[] | undefined {
    let open: readonly (readonly Node[])[] = disjunctions;
    for (;;) {
      const next: (readonly Node[])[] = [];
      let changed = false;
      for (const parts of open) {
        const left = this.open(parts, domains);
        if (left === 'satisfied') continue;
        const [only] = left;
        if (only === undefined) return undefined;
        if (left.length > 1) next.push(left);
        else if (!this.assume(only, domains, next)) return undefined;
        else changed = true;
      }
      if (!changed) return next;
      open = next;
    }
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
    if (node.kind === 'and') return some(node.parts.map((part) => this.opposite(part)));
    if (node.kind === 'or') return all(node.parts.map((part) => this.opposite(part)));
    return { ...node, mask: this.at(node.dimension).complement(node.mask) };
  }

  private at(index: number): Dimension {
    return this.dimensions[index] as Dimension;
  }
}
