import { principalKey, type Principal } from './principal.js';

/** One concrete request, as AWS's evaluation logic sees it. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `service:Name`, in any case. */
  readonly action: string;
  /** The ARN acted on; `*` where the action takes none. */
  readonly resource: string;
  /** Context keys in lower case; a single-valued key has a list of one. An empty list is an absent key. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** The values of a context key: from the principal where it decides them, else from the request. Empty: absent. */
export function keyValues(request: AccessRequest, key: string): readonly string[] {
  return principalKey(request.principal, key) ?? request.context.get(key) ?? [];
}

/** The value a policy variable takes: only a key with exactly one value has one. */
export function variableValue(request: AccessRequest, key: string): string | undefined {
  const values = keyValues(request, key);
  return values.length === 1 ? values[0] : undefined;
}

/** A request with its context given as an object of texts or lists: for tests, tools and people. */
export function accessRequest(given: {
  principal: Principal;
  action: string;
  resource: string;
  context?: Readonly<Record<string, string | readonly string[]>>;
}): AccessRequest {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(given.context ?? {})) {
    context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return { principal: given.principal, action: given.action, resource: given.resource, context };
}
