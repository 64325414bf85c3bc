import type { AsffFinding, FindingHub, ImportOutcome } from '../../findings/hub/finding-hub.js';
import type { Principal } from './principal.js';

/** The findings of a hub as somebody may see and change them. */
export function scopedFindings(hub: FindingHub, { name, accounts }: Principal): FindingHub {
  if (accounts === undefined) return hub;
  const within = (asked: readonly string[] | undefined) => asked?.filter((each) => accounts.includes(each)) ?? accounts;
  const isOwn = ({ AwsAccountId }: AsffFinding) => AwsAccountId !== undefined && accounts.includes(AwsAccountId);
  return {
    documents: hub.documents,
    importFindings: async (findings, context) => {
      const own = findings.filter(isOwn);
      const made = own.length === 0 ? [] : await hub.importFindings(own, context);
      const results = made.values();
      return findings.map((finding): ImportOutcome => {
        const message = `\`${name}\` may not import findings of account \`${String(finding.AwsAccountId)}\``;
        if (!isOwn(finding)) return { kind: 'refused', code: 'InvalidAccess', message };
        return results.next().value ?? { kind: 'refused', code: 'InternalError', message: 'it was not answered' };
      });
    },
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
