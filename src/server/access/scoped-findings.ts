import type { FindingHub } from '../../findings/hub/finding-hub.js';
import type { Principal } from './principal.js';

/** The findings of a hub as somebody may see and change them. */
export function scopedFindings(hub: FindingHub, { accounts }: Principal): FindingHub {
  if (accounts === undefined) return hub;
  const within = (asked: readonly string[] | undefined) => asked?.filter((each) => accounts.includes(each)) ?? accounts;
  return {
    documents: hub.documents,
    importFindings: (findings, context) =>
      hub.importFindings(findings, { ...context, accounts: within(context.accounts) }),
    changeFindings: (identifiers, change, context) =>
      hub.changeFindings(identifiers, change, { ...context, accounts: within(context.accounts) }),
    findings: (query) => hub.findings({ ...query, accounts: within(query.accounts) }),
    history: async (query) => {
      const { Id = '', ProductArn = '' } = query.identifier;
      const filters = {
        Id: [{ Comparison: 'EQUALS' as const, Value: Id }],
        ProductArn: [{ Comparison: 'EQUALS' as const, Value: ProductArn }],
      };
      const { findings } = await hub.findings({ filters, limit: 1, accounts });
      return findings.length === 0 ? { records: [] } : hub.history(query);
    },
    countBy: (attribute, query) => hub.countBy(attribute, { ...query, accounts: within(query.accounts) }),
  };
}
