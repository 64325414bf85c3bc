import type { Context } from '../../context.js';

const DEFAULT_ITEMS = 100;
const ITEMS_MAX = 1000;

interface Paging {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** A page as IAM gives it: 100 items unless asked for up to 1,000, with a marker when there are more. */
export interface MarkedPage<Item> {
  readonly items: readonly Item[];
  readonly marks: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/** Cuts IAM's page out of a listing. Source: IAM API reference, `MaxItems` and `Marker` of every list operation. */
export function markedPage<Item>(context: Context, all: readonly Item[], paging: Paging): MarkedPage<Item> {
  const { items, next } = context.page(all, paging.Marker, paging.MaxItems ?? DEFAULT_ITEMS, ITEMS_MAX);
  return { items, marks: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } };
}
