import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../base/json.js';
import { controls } from '../controls/catalogue.js';
import { diff } from '../estate/diff.js';
import { demoOrganization } from '../estate/demo/demo-organization.js';
import { playbooks } from './catalogue.js';
import { demo, expectDeclared, failing, NOW, rehearsed } from './testing.fixture.js';
import { isRefusal } from './playbook.js';

/** Parameters without which a playbook has no plan for what the demo has. */
const parameters: Readonly<Record<string, Record<string, string>>> = {
  'disable-unused-credentials': { console: 'delete' },
  'record-configuration': {},
};

/** Plans that cannot be taken back, by design. */
const notUndoable = new Set(['patch-instance', 'disable-unused-credentials']);

it('every control has exactly one playbook', () => {
  for (const { id } of controls)
    expect(
      playbooks.filter((playbook) => playbook.controls.includes(id)),
      id,
    ).toHaveLength(1);
});

/** Those whose findings a scan makes; what answers events has tests of its own. */
const ofScans = playbooks.filter((playbook) =>
  playbook.controls.some((id) => controls.some((known) => known.id === id)),
);

describe.each(ofScans.map((playbook) => ({ id: playbook.id, playbook })))('$id', ({ playbook }) => {
  const cases = playbook.controls.flatMap((controlId) => failing(controlId, 3));

  it('finds something to do in the demo organization', () => {
    expect(cases.length).toBeGreaterThan(0);
  });

  it('closes the finding on the twin, opens no other, and its undo restores the estate', async () => {
    let plans = 0;
    for (const subject of cases) {
      const result = await rehearsed(playbook, subject, parameters[playbook.id]);
      if ('refused' in result) continue;
      plans += 1;
      const { plan, rehearsal } = result;
      const { summary } = rehearsal;
      const where = `${subject.controlId} ${subject.resourceArn}`;
      expect(summary.outcome, where).toEqual({ status: 'complete' });
      expect(summary.closes, `${where}: ${JSON.stringify(summary.verdict)}`).toBe(true);
      expect(summary.opens, where).toEqual([]);
      if (notUndoable.has(playbook.id)) expect(['restores', 'impossible'], where).toContain(summary.undo.status);
      else expect(summary.undo, where).toEqual({ status: 'restores' });
      expectDeclared(playbook, plan);
    }
    expect(plans).toBeGreaterThan(0);
  });

  it('plans the same thing every time, in plain JSON, and changes nothing while planning', () => {
    const [subject] = cases;
    const plan = () => playbook.plan(subject!, demo, parameters[playbook.id] ?? {});
    expect(canonicalJson(plan())).toBe(canonicalJson(plan()));
    expect(JSON.parse(JSON.stringify(plan()))).toEqual(plan());
    const fresh = demoOrganization({ accounts: 40, now: NOW, scale: 0.25, regions: ['us-east-1', 'eu-west-1'] });
    expect(diff(fresh, demo)).toEqual([]);
  });

  it('refuses a resource that is gone', () => {
    const subject = { ...cases[0]!, accountId: '000000000000', resourceArn: 'arn:aws:nothing:::here' };
    const plan = playbook.plan(subject, demo, {});
    expect(isRefusal(plan)).toBe(true);
  });
});
