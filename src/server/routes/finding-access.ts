import { isKeepable } from '../../base/keepable.js';
import type { AsffFinding, FindingFilters, FindingIdentifier } from '../../findings/hub/finding-hub.js';
import { notFound } from '../http/api-error.js';
import type { Call } from '../http/route.js';

/** A finding's name in URLs: its product and id, in base64url. */
export function keyOf({ Id = '', ProductArn = '' }: Pick<AsffFinding, 'Id' | 'ProductArn'>): string {
  return Buffer.from(JSON.stringify([ProductArn, Id])).toString('base64url');
}

/** @throws Refusal `unknown-finding` for a text that is no key: there is no such finding. */
export function identifierOf(key: string): FindingIdentifier {
  try {
    const parts: unknown = JSON.parse(Buffer.from(key, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 2) {
      const [ProductArn, Id] = parts as readonly unknown[];
      if (isText(ProductArn) && isText(Id)) return { Id, ProductArn };
    }
  } catch {
    // Not one of ours: told below.
  }
  throw notFound('finding', key);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isKeepable(value);
}

type Asked = Pick<Call, 'hub' | 'principal'>;

/** What only the caller may see is asked for: another's finding is not there. */
export function scopeOf({ principal }: Pick<Call, 'principal'>): { readonly accounts?: readonly string[] } {
  return principal.accounts === undefined ? {} : { accounts: principal.accounts };
}

/** @throws Refusal `unknown-finding`. */
export async function findingOf(call: Asked, { Id = '', ProductArn = '' }: FindingIdentifier): Promise<AsffFinding> {
  const filters: FindingFilters = {
    Id: [{ Comparison: 'EQUALS', Value: Id }],
    ProductArn: [{ Comparison: 'EQUALS', Value: ProductArn }],
  };
  const { findings } = await call.hub.findings.findings({ filters, limit: 1, ...scopeOf(call) });
  const [found] = findings;
  if (found === undefined) throw notFound('finding', Id);
  return found;
}
