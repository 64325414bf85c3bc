/** How a service says that there is more, and where the next request says where to go on. */
interface Convention {
  readonly from: string;
  readonly to: string;
  /** A member that is false when there is no more. */
  readonly unless?: string;
  /** Whether an answer repeats the token of its own request, which is no next one. */
  readonly echoes?: true;
}

/**
 * Every convention of the services we read. A service has one: the order matters only for S3 and EFS, whose listings
 * echo the request's token beside the next one. Source: the paginators of the SDK's clients.
 */
const conventions: readonly Convention[] = [
  { from: 'NextToken', to: 'NextToken' },
  { from: 'nextToken', to: 'nextToken' },
  { from: 'NextMarker', to: 'Marker' },
  { from: 'Marker', to: 'Marker', unless: 'IsTruncated', echoes: true },
  { from: 'LastEvaluatedTableName', to: 'ExclusiveStartTableName' },
  { from: 'NextContinuationToken', to: 'ContinuationToken' },
  { from: 'ContinuationToken', to: 'ContinuationToken' },
];

/** The input of the next page, or `undefined` after the last. */
export function nextPage(
  input: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  for (const { from, to, unless, echoes } of conventions) {
    const token = answer[from];
    if (typeof token !== 'string' || token === '') continue;
    if (unless !== undefined && answer[unless] === false) continue;
    if (echoes === true && input[to] === token) continue;
    return { ...input, [to]: token };
  }
  return undefined;
}
