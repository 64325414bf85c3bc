import type { AccountInfo, Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import type { Scope } from './settings.js';

/** What is known of a finding's resource when a scope is asked about it. `undefined`: not known. */
export interface ScopeFacts {
  readonly accountId: string;
  readonly region: string;
  readonly severity: Finding['severity'];
  readonly controlId: string;
  readonly account: AccountInfo | undefined;
  readonly tags: ReadonlyMap<string, string> | undefined;
}

/** Whether something is in a scope; `unknown` says what could not be seen. */
export type ScopeMatch = 'yes' | 'no' | { readonly unknown: string };

/** What an estate knows of a finding's resource. */
export function scopeFacts(finding: Finding, estate: Estate): ScopeFacts {
  const { accountId, region, severity, controlId, resourceType, resourceArn } = finding;
  const account = estate.header.accounts.find((info) => info.accountId === accountId);
  const resource = estate.get(resourceType, resourceArn, accountId);
  return { accountId, region, severity, controlId, account, tags: tagsOf(resource?.configuration) };
}

/** Tags in either of AWS's forms: a list of keys and values, or an object. Undefined when they were not read. */
function tagsOf(configuration: unknown): ReadonlyMap<string, string> | undefined {
  if (configuration === null || typeof configuration !== 'object') return undefined;
  const members = configuration as Readonly<Record<string, unknown>>;
  const tags = members['Tags'] ?? members['TagSet'] ?? members['TagList'] ?? members['tags'];
  if (tags === undefined) return undefined;
  if (tags === null) return new Map();
  if (!Array.isArray(tags)) {
    return typeof tags === 'object' ? new Map(Object.entries(tags as Record<string, string>)) : undefined;
  }
  const known = new Map<string, string>();
  for (const tag of tags as readonly Readonly<Record<string, string | undefined>>[]) {
    const key = tag['Key'] ?? tag['TagKey'];
    if (key === undefined) return undefined;
    known.set(key, tag['Value'] ?? tag['TagValue'] ?? '');
  }
  return known;
}

/**
 * Whether something is in a scope. One part that is not so is enough for a no, whatever is unknown of the others; a yes
 * needs all of them known.
 */
export function matchScope(scope: Scope, facts: ScopeFacts): ScopeMatch {
  const parts: ScopeMatch[] = [
    oneOf(scope.accounts, facts.accountId),
    oneOf(scope.regions, facts.region),
    oneOf(scope.severities, facts.severity),
    oneOf(scope.controls, facts.controlId),
    inUnit(scope.organizationalUnits, facts),
    hasTags(scope.tags, facts.tags),
  ];
  if (parts.includes('no')) return 'no';
  return parts.find((part) => part !== 'yes') ?? 'yes';
}

function oneOf(wanted: readonly string[] | undefined, value: string): ScopeMatch {
  return wanted === undefined || wanted.includes(value) ? 'yes' : 'no';
}

function inUnit(wanted: readonly string[] | undefined, { account, accountId }: ScopeFacts): ScopeMatch {
  if (wanted === undefined) return 'yes';
  if (account === undefined) return { unknown: `which organizational units account ${accountId} is in` };
  return account.path.some((name) => wanted.includes(name)) ? 'yes' : 'no';
}

function hasTags(wanted: Scope['tags'], tags: ScopeFacts['tags']): ScopeMatch {
  if (wanted === undefined) return 'yes';
  if (tags === undefined) return { unknown: 'the tags of the resource' };
  const has = ([key, value]: readonly [string, string]): boolean =>
    value === '*' ? tags.has(key) : tags.get(key) === value;
  return Object.entries(wanted).every(has) ? 'yes' : 'no';
}
