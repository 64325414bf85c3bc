import type { AsffFinding, FindingHub } from './finding-hub.js';

/** Security Hub's most values of one filter. */
const FILTER_VALUES_MAX = 20;
const PAGE = 100;

/**
 * Of findings that were sent again, those that a hub knows in just this version, as it knows them: with what people decided
 * about them. What an older version says is over, and left out. O(findings) look-ups by id.
 */
export async function knownVersions(
  hub: Pick<FindingHub, 'findings'>,
  findings: readonly AsffFinding[],
): Promise<AsffFinding[]> {
  const versions = new Set(findings.map(versionOf));
  const ids = [...new Set(findings.map(({ Id = '' }) => Id))];
  const known: AsffFinding[] = [];
  for (let from = 0; from < ids.length; from += FILTER_VALUES_MAX) {
    const values = ids.slice(from, from + FILTER_VALUES_MAX);
    const Id = values.map((Value) => ({ Comparison: 'EQUALS' as const, Value }));
    let after: string | undefined;
    do {
      const page = await hub.findings({ filters: { Id }, limit: PAGE, ...(after === undefined ? {} : { after }) });
      known.push(...page.findings.filter((finding) => versions.has(versionOf(finding))));
      after = page.next;
    } while (after !== undefined);
  }
  return known;
}

/** What tells a version of a finding from all others. */
export function versionOf({ ProductArn, Id, UpdatedAt }: AsffFinding): string {
  return JSON.stringify([ProductArn, Id, Date.parse(UpdatedAt ?? '')]);
}
