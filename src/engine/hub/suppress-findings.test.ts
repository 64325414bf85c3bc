import { describe, expect, it } from 'vitest';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import { liftSuppressions, suppressFinding, SUPPRESSED_UNTIL } from './suppress-findings.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const PRODUCT = 'arn:aws:securityhub:eu-west-1::product/a/b';

/** Findings of which only those that are suppressed are ever asked for, two a page. */
function findingsOf(...all: AsffFinding[]) {
  const changes: string[] = [];
  const hub: Pick<FindingHub, 'findings' | 'changeFindings'> = {
    findings: ({ after }) => {
      const suppressed = all.filter(({ Workflow }) => Workflow?.Status === 'SUPPRESSED');
      const from = Number(after ?? 0);
      const next = from + 2 < suppressed.length ? { next: String(from + 2) } : {};
      return Promise.resolve({ findings: suppressed.slice(from, from + 2), ...next });
    },
    changeFindings: (identifiers, change, { actor }) => {
      const index = all.findIndex(({ Id }) => Id === identifiers[0]?.Id);
      const before = all[index];
      if (before === undefined) return Promise.resolve([{ kind: 'refused', code: 'FindingNotFound', message: 'no' }]);
      const finding = { ...before, ...change } as AsffFinding;
      all[index] = finding;
      changes.push(`${finding.Id}: ${actor.identity}: ${actor.reason}`);
      return Promise.resolve([{ kind: 'changed', before, finding }]);
    },
  };
  return { hub: hub as FindingHub, all, changes };
}

const finding = (Id: string, until?: string): AsffFinding =>
  ({
    Id,
    ProductArn: PRODUCT,
    Workflow: { Status: 'SUPPRESSED' },
    UserDefinedFields: { team: 'a', ...(until === undefined ? {} : { [SUPPRESSED_UNTIL]: until }) },
  }) as unknown as AsffFinding;

describe('suppressions', () => {
  it('that are over are opened again, on every page; others stay', async () => {
    const over = ['1', '2', '3'].map((id) => finding(id, '2026-02-28T23:59:59Z'));
    const { hub, all, changes } = findingsOf(...over, finding('later', '2026-03-02T00:00:00Z'), finding('for ever'));
    expect(await liftSuppressions(hub, NOW)).toBe(3);
    expect(all.map(({ Id, Workflow }) => `${Id} ${Workflow?.Status}`)).toEqual([
      '1 NEW',
      '2 NEW',
      '3 NEW',
      'later SUPPRESSED',
      'for ever SUPPRESSED',
    ]);
    expect(changes[0]).toBe('1: hikeshi: the suppression ended at 2026-02-28T23:59:59Z');
    expect(all[0]?.UserDefinedFields).toEqual({ team: 'a' });
    expect(await liftSuppressions(hub, NOW)).toBe(0);
  });

  it('a time that nobody can read opens nothing', async () => {
    const { hub } = findingsOf(finding('1', 'soon'));
    expect(await liftSuppressions(hub, NOW)).toBe(0);
  });

  it('a new end takes the place of the old one, and for ever has none', async () => {
    const { hub, all } = findingsOf(finding('1', '2026-04-01T00:00:00Z'));
    const [first] = all;
    if (first === undefined) throw new Error('there is one');
    await suppressFinding(hub, first, { reason: 'a honeypot', by: 'mori' }, { now: NOW });
    expect(all[0]?.UserDefinedFields).toEqual({ team: 'a' });
  });
});
