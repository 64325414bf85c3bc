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
  // By positions rather than by `split`: every call to the twin parses a few.
  const service = text.indexOf(':', 4);
  const region = text.indexOf(':', service + 1);
  const account = text.indexOf(':', region + 1);
  const resource = text.indexOf(':', account + 1);
  if (service <= 4 || region <= service + 1 || account <= region || resource <= account) return undefined;
  return {
    partition: text.slice(4, service),
    service: text.slice(service + 1, region),
    region: text.slice(region + 1, account),
    accountId: text.slice(account + 1, resource),
    resource: text.slice(resource + 1),
  };
}

/** The name at the end of an ARN: what follows the last `/` or `:`. */
export function arnName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}
