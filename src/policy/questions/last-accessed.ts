import { foldCase, matchGlob } from '../evaluate/match-text.js';
import type { ActionUse, UseRecord } from './unused-access.js';

/** What IAM says of a service that an identity is allowed to use. Source: IAM API, GetServiceLastAccessedDetails. */
export interface ServiceLastAccessed {
  /** As in actions: `s3`. */
  readonly namespace: string;
  /** ISO 8601; absent when it was not used in all of IAM's tracking period. */
  readonly lastAuthenticated?: string;
  /** The actions that IAM tracks one by one; absent where it tracks the service as a whole. */
  readonly actions?: readonly { readonly name: string; readonly lastAccessed?: string }[];
}

/** Of identities, by ARN. */
export type LastAccessed = ReadonlyMap<string, readonly ServiceLastAccessed[]>;

/**
 * IAM's last-accessed data as a record of use. IAM tracks some actions one by one and the rest by their service only, so
 * of a service in use an action that is not tracked is not known to be unused: it is `unknown`, and nothing is said of it.
 *
 * @param since what was last used before is unused.
 */
export function lastAccessedRecord(data: LastAccessed, since: Date): UseRecord {
  const isRecent = (at: string | undefined): boolean => at !== undefined && Date.parse(at) >= since.getTime();
  const ofPattern = (services: readonly ServiceLastAccessed[], pattern: string): ActionUse => {
    const [service = '', name = '*'] = pattern.includes(':') ? pattern.split(':') : [pattern, '*'];
    const meant = services.filter(({ namespace }) => matchGlob(service, foldCase(namespace)));
    if (meant.length === 0) return 'unknown';
    const inUse = meant.filter(({ lastAuthenticated }) => isRecent(lastAuthenticated));
    if (inUse.length === 0) return 'unused';
    const tracked = inUse.flatMap(({ actions = [] }) =>
      actions.filter((action) => matchGlob(name, foldCase(action.name))),
    );
    if (tracked.some(({ lastAccessed }) => isRecent(lastAccessed))) return 'used';
    // A pattern with wildcards may mean actions beside the tracked ones.
    return tracked.length > 0 && !/[*?]/.test(pattern) ? 'unused' : 'unknown';
  };
  return {
    use: (identityArn, { patterns, negated }) => {
      const services = data.get(identityArn);
      if (services === undefined) return patterns.map(() => 'unknown');
      if (!negated) return patterns.map((pattern) => ofPattern(services, pattern));
      // All but some: unused when no service is used that is not left out whole.
      const wholes = patterns.filter((pattern) => pattern.endsWith(':*')).map((pattern) => pattern.slice(0, -2));
      const others = services.filter(({ namespace }) => !wholes.some((whole) => matchGlob(whole, foldCase(namespace))));
      const isUsed = others.some(({ lastAuthenticated }) => isRecent(lastAuthenticated));
      return patterns.map(() => (isUsed ? 'unknown' : 'unused'));
    },
  };
}
