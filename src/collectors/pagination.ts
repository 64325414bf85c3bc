/** How a service says that there is more, and where the next request says where to go on. */
interface Convention {
  readonly from: string;
  readonly to: string;
  /** A member that must be true for there to be more. */
  readonly when?: string;
}

/**
 * Every convention of the services we read. A service has one: the order matters only for S3, whose listings of objects
 * echo the request's token beside the next one. Source: the paginators of the SDK's clients.
 */
const conventions: readonly Convention[] = [
  { from: 'NextToken', to: 'NextToken' },
  { from: 'nextToken', to: 'nextToken' },
  { from: 'NextMarker', to: 'Marker' },
  { from: 'Marker', to: 'Marker', when: 'IsTruncated' },
  { from: 'NextContinuationToken', to: 'ContinuationToken' },
  { from: 'ContinuationToken', to: 'ContinuationToken' },
];

/** The input of the next page, or `undefined` after the last. */
export function nextPage(
  input: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  for (const { from, to, when } of conventions) {
    const token = answer[from];
    if (typeof token !== 'string' || token === '') continue;
    if (when !== undefined && answer[when] !== true) continue;
    return { ...input, [to]: token };
  }
  return undefined;
}
