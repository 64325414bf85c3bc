import type { OperationModel } from './service-model.js';
import { decodePart, type WireRequest } from './wire.js';

/** A segment of a path template: literal text, a label, or a greedy label that takes the rest. */
type Segment = { readonly literal: string } | { readonly label: string; readonly greedy: boolean };

/** An operation's HTTP binding, ready to match. */
export interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Query parameters the template itself names (`?policy`), with their value if any. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  /** The SDK's `x-id` hint; other clients do not send it. */
  readonly hint: string | undefined;
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** S3: works on a bucket, which comes from the host or the first segment. */
  readonly onBucket: boolean;
  readonly weight: number;
}

export interface RouteMatch {
  readonly operation: OperationModel;
  readonly labels: Readonly<Record<string, string>>;
}

/** The routes of a service, most specific first: literals before labels before greedy labels, then what is required. */
export function compileRoutes(operations: readonly OperationModel[]): Route[] {
  return operations
    .filter(({ traits }) => traits.http !== undefined)
    .map(compileRoute)
    .sort((a, b) => b.weight - a.weight);
}

function compileRoute(operation: OperationModel): Route {
  const [method, uri] = operation.traits.http ?? ['', '', 200];
  const [path = '', search = ''] = uri.split('?');
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  const segments = parts.map(segment);
  const literals = [...new URLSearchParams(search)];
  const named = literals.filter(([name]) => name !== 'x-id');
  const required = operation.input.members.filter((member) => member.required);
  const requiredQuery = required.flatMap(({ traits }) => traits.httpQuery ?? []);
  const requiredHeaders = required.flatMap(({ traits }) => traits.httpHeader?.toLowerCase() ?? []);
  const shapeWeight = segments.reduce((sum, part) => sum + ('literal' in part ? 100 : part.greedy ? 1 : 10), 0);
  return {
    operation,
    method,
    segments,
    literals: named,
    hint: literals.find(([name]) => name === 'x-id')?.[1],
    requiredQuery,
    requiredHeaders,
    onBucket: operation.input.members.some(({ name, traits }) => name === 'Bucket' && traits.httpLabel),
    weight: shapeWeight + named.length * 20 + requiredQuery.length * 5 + requiredHeaders.length * 5,
  };
}

function segment(part: string): Segment {
  const match = /^\{([^+}]+)(\+)?\}$/.exec(part);
  return match === null ? { literal: part } : { label: match[1] ?? '', greedy: match[2] === '+' };
}

/**
 * The operation a REST request means, by method, path, literal and required query, and required headers.
 *
 * @param bucket for S3: the bucket that the host or first segment named; `path` is then without it.
 */
export function matchRoute(
  routes: readonly Route[],
  request: WireRequest,
  path: string,
  s3: { readonly bucket: string | undefined } | undefined,
): RouteMatch | undefined {
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  for (const route of routes) {
    if (route.method !== request.method || !fits(route, request)) continue;
    if (s3 !== undefined && route.onBucket !== (s3.bucket !== undefined)) continue;
    const labels = matchSegments(route.segments, parts, s3 !== undefined && path.endsWith('/'));
    if (labels === undefined) continue;
    if (s3?.bucket !== undefined) labels['Bucket'] = s3.bucket;
    return { operation: route.operation, labels };
  }
  return undefined;
}

function fits(route: Route, { query, headers }: WireRequest): boolean {
  const hint = query['x-id'];
  if (hint !== undefined && route.hint !== undefined && route.hint !== hint) return false;
  return (
    route.literals.every(([name, value]) => name in query && (value === '' || query[name] === value)) &&
    route.requiredQuery.every((name) => name in query) &&
    route.requiredHeaders.every((name) => name in headers)
  );
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
  keepSlash: boolean,
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  let at = 0;
  for (const [index, part] of segments.entries()) {
    if ('literal' in part) {
      if (parts[at] !== part.literal) return undefined;
      at += 1;
    } else if (part.greedy) {
      const end = parts.length - (segments.length - index - 1);
      if (end <= at) return undefined;
      labels[part.label] = parts.slice(at, end).map(decodeSegment).join('/') + (keepSlash ? '/' : '');
      at = end;
    } else {
      const text = parts[at];
      if (text === undefined || text === '') return undefined;
      labels[part.label] = decodeSegment(text);
      at += 1;
    }
  }
  return at === parts.length ? labels : undefined;
}

/** In a path, unlike in a query, a plus sign is itself. */
function decodeSegment(text: string): string {
  return decodePart(text.replaceAll('+', '%2B'));
}
