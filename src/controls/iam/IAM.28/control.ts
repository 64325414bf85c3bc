import { defineControl, notAvailable, type Reason } from '../../control.js';
import { asText } from '../../shape.js';
import type { Surroundings } from '../../surroundings.js';
import { unclear, weigh } from '../../weigh.js';

/** The kinds of analyzer that look for access from outside. Others look for unused or internal access. */
const EXTERNAL: ReadonlySet<string> = new Set(['ACCOUNT', 'ORGANIZATION']);

export const control = defineControl({
  id: 'IAM.28',
  title: 'IAM Access Analyzer external access analyzer should be enabled',
  description:
    'Nothing watches which resources of the account others can reach in every region. A bucket, key or role that is shared by mistake stays shared until somebody happens to look.',
  severity: 'HIGH',
  resourceType: 'AWS::::Account',
  needs: ['AWS::AccessAnalyzer::Analyzer'],
  standards: { cis: { '3.0': ['1.20'], '5.0': ['1.19'] } },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-28',
  evaluate: (_account, surroundings) => {
    const { regions } = surroundings;
    if (regions.length === 0) return notAvailable('no region of the account was read');
    const judged = regions.map((region) => judgeRegion(region, surroundings));
    return weigh(
      judged.flatMap(({ wrong }) => wrong ?? []),
      judged.flatMap(({ unknown }) => unknown ?? []),
      { text: `an external access analyzer is active in ${regions.join(', ')}` },
    );
  },
});

/** What is wrong or unknown of one region; nothing when an external access analyzer is active there. */
function judgeRegion(
  region: string,
  surroundings: Surroundings,
): { readonly wrong?: readonly Reason[]; readonly unknown?: readonly Reason[] } {
  const unknown: Reason[] = [];
  const inactive: string[] = [];
  for (const { arn, configuration } of surroundings.list('AWS::AccessAnalyzer::Analyzer', region)) {
    const type = asText(configuration.type);
    const status = asText(configuration.status);
    if (type === undefined) unknown.push({ text: `${arn}: ${unclear('type', configuration.type).text}` });
    else if (!EXTERNAL.has(type)) continue;
    else if (status === 'ACTIVE') return {};
    else if (status === undefined) unknown.push({ text: `${arn}: ${unclear('status', configuration.status).text}` });
    else inactive.push(`${arn} is ${status.slice(0, 40)}`);
  }
  const unread = surroundings.unread('AWS::AccessAnalyzer::Analyzer', region);
  if (unread !== undefined) unknown.push({ text: unread });
  if (unknown.length > 0) return { unknown };
  const others = inactive.length === 0 ? '' : ` (${inactive.join('; ')})`;
  return { wrong: [{ text: `no external access analyzer is active in ${region}${others}` }] };
}
