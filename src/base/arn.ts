/** The parts of an Amazon Resource Name. `resource` keeps its own separators (`role/path/name`, `log-group:name`). */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/**
 * Splits an ARN into its parts.
 *
 * Source: AWS General Reference, "Amazon Resource Names (ARNs)".
 * @returns the parts, or `undefined` when the text is not an ARN.
 */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const parts = text.split(':');
  const [, partition, service, region, accountId] = parts;
  if (parts.length < 6 || !partition || !service) return undefined;
  return { partition, service, region: region ?? '', accountId: accountId ?? '', resource: parts.slice(5).join(':') };
}

/** The name at the end of an ARN: what follows the last `/` or `:`. */
export function arnName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}
