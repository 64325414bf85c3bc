import { describe, expect, it } from 'vitest';
import { controls } from '../controls/catalogue.js';
import { evaluateAccount } from '../controls/evaluate.js';
import { diff } from '../estate/diff.js';
import { playbooks } from '../playbooks/catalogue.js';
import { demo, failing, NOW, rehearsed } from '../playbooks/testing.fixture.js';

/** All controls on the whole account, the slow and obvious way. */
function allResults(estate: Parameters<typeof evaluateAccount>[0], accountId: string): Map<string, string> {
  const results = [...evaluateAccount(estate, accountId, controls, NOW)];
  return new Map(
    results.map((result) => [`${result.controlId} ${result.region} ${result.resourceArn}`, result.status]),
  );
}

describe('what a run closes and opens', () => {
  it.each(playbooks.map((playbook) => [playbook.id, playbook] as const))(
    'is what evaluating every control on everything shows: %s',
    async (_id, playbook) => {
      for (const subject of playbook.controls.flatMap((control) => failing(control, 1))) {
        const made = await rehearsed(playbook, subject);
        if ('refused' in made) continue;
        const { after, summary } = made.rehearsal;
        const expected: string[] = [];
        for (const accountId of new Set([subject.accountId, ...diff(demo, after).map((change) => change.accountId)])) {
          const [was, is] = [allResults(demo, accountId), allResults(after, accountId)];
          for (const key of new Set([...was.keys(), ...is.keys()])) {
            const [before = 'absent', now = 'absent'] = [was.get(key), is.get(key)];
            const closes = before === 'FAILED' && (now === 'PASSED' || now === 'absent');
            const opens = now !== 'absent' && now !== 'PASSED' && before !== now;
            const own = `${subject.controlId} ${subject.region} ${subject.resourceArn}`;
            if ((closes || opens) && key !== own) expected.push(`${closes ? 'closes' : 'opens'} ${key}`);
          }
        }
        const name = (result: (typeof summary.opens)[number]) =>
          `${result.controlId} ${result.region} ${result.resourceArn}`;
        const told = [
          ...summary.alsoCloses.map((result) => `closes ${name(result)}`),
          ...summary.opens.map((result) => `opens ${name(result)}`),
        ];
        expect(told.sort()).toEqual(expected.sort());
      }
    },
  );
});
