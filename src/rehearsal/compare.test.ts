import { expect, it } from 'vitest';
import { controls } from '../controls/catalogue.js';
import { evaluateAccount, type Result } from '../controls/evaluate.js';
import { diff } from '../estate/diff.js';
import type { Estate } from '../estate/estate.js';
import { playbooks } from '../playbooks/catalogue.js';
import { demo, failing, NOW, rehearsed } from '../playbooks/testing.fixture.js';
import { compareResults } from './compare.js';

const name = (result: Result) => `${result.controlId} ${result.accountId} ${result.region} ${result.resourceArn}`;

/** The slow way: everything, before and after. */
function slowly(after: Estate, accounts: ReadonlySet<string>) {
  const closed: string[] = [];
  const opened: string[] = [];
  for (const account of accounts) {
    const old = new Map(
      [...evaluateAccount(demo, account, controls, NOW)].map((result) => [name(result), result.status]),
    );
    for (const result of evaluateAccount(after, account, controls, NOW)) {
      const was = old.get(name(result));
      old.delete(name(result));
      if (was === 'FAILED' && result.status === 'PASSED') closed.push(name(result));
      else if (was !== result.status && result.status !== 'PASSED') opened.push(name(result));
    }
    for (const [gone, status] of old) if (status === 'FAILED') closed.push(gone);
  }
  return { closed: closed.sort(), opened: opened.sort() };
}

it('looking only where something changed finds what looking everywhere finds', async () => {
  let compared = 0;
  let changed = 0;
  for (const control of controls) {
    const playbook = playbooks.find((each) => each.controls.includes(control.id))!;
    for (const subject of failing(control.id, 1)) {
      const result = await rehearsed(
        playbook,
        subject,
        playbook.id === 'disable-unused-credentials' ? { console: 'delete' } : {},
      );
      if ('refused' in result) continue;
      const { after } = result.rehearsal;
      const changes = diff(demo, after);
      const accounts = new Set([subject.accountId, ...changes.map(({ accountId }) => accountId)]);
      const quick = compareResults(demo, after, changes, subject.accountId, controls, NOW);
      const told = { closed: quick.closed.map(nameOf).sort(), opened: quick.opened.map(nameOf).sort() };
      expect(told, subject.controlId).toEqual(slowly(after, accounts));
      compared += 1;
      changed += told.closed.length + told.opened.length;
    }
  }
  expect(compared).toBeGreaterThan(30);
  expect(changed).toBeGreaterThan(compared);
}, 120_000);

function nameOf(result: { controlId: string; accountId: string; region: string; resourceArn: string }): string {
  return `${result.controlId} ${result.accountId} ${result.region} ${result.resourceArn}`;
}
