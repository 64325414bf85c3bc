import { beforeEach, describe, expect, it } from 'vitest';
import { AutomatedFindingHub } from './automated-finding-hub.js';
import type { AutomationFiring } from './automation-log.js';
import type { AutomationRule } from './automation-rule.js';
import type { FindingHub } from './finding-hub.js';
import { asffFinding } from './hub.fixture.js';
import { MemoryFindingHub } from './memory-finding-hub.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const context = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'scanner' }, now: NOW } as const;
const rule: AutomationRule = {
  RuleArn: 'arn:quiet',
  RuleName: 'quiet',
  RuleOrder: 1,
  RuleStatus: 'ENABLED',
  Description: 'suppress it',
  Criteria: { Title: [{ Comparison: 'PREFIX', Value: 'SSH' }] },
  Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Workflow: { Status: 'SUPPRESSED' } } }],
};
const identifier = { Id: 'finding-1', ProductArn: asffFinding().ProductArn };

let stored: FindingHub;
let hub: FindingHub;
beforeEach(async () => {
  stored = new MemoryFindingHub();
  await stored.documents.put('automation-rule', 'arn:quiet', rule);
  hub = new AutomatedFindingHub(stored);
});

const status = async () => (await hub.findings({ limit: 1 })).findings[0]?.Workflow?.Status;

it('rules are applied to what comes in', async () => {
  await hub.importFindings([asffFinding()], context);
  expect(await status()).toBe('SUPPRESSED');
});

it('rules that a crash kept from a finding reach it when it is sent again', async () => {
  // The import was committed; the process ended before its rules.
  await stored.importFindings([asffFinding()], context);
  expect(await status()).toBe('NEW');
  expect(await hub.importFindings([asffFinding()], context)).toMatchObject([
    { kind: 'unchanged', known: { Workflow: { Status: 'SUPPRESSED' } } },
  ]);
  expect(await status()).toBe('SUPPRESSED');
  const older = asffFinding({ UpdatedAt: '2025-01-01T00:00:00.000Z' });
  expect(await hub.importFindings([older], context)).toEqual([{ kind: 'unchanged', known: 'older' }]);
});

describe('a crash between two rules', () => {
  const note = { Text: 'ours', UpdatedBy: 'rule' };
  const second = (more: Partial<AutomationRule> = {}): AutomationRule => ({
    ...rule,
    ...{ RuleArn: 'arn:note', RuleName: 'note', RuleOrder: 2 },
    Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Note: note } }],
    ...more,
  });

  it.each<[string, Partial<AutomationRule>, Partial<AutomationRule>, object]>([
    ['keeps the later one from no finding that is sent again', {}, {}, { Note: note }],
    ['leaves it at a terminal rule', { IsTerminal: true }, {}, {}],
    ['leaves it where the rule that changed it is off by now', { RuleStatus: 'DISABLED' }, {}, {}],
    ['begins with no earlier one', {}, { RuleOrder: 1, RuleArn: 'arn:a' }, {}],
  ])('%s', async (_name, ofFirst, ofSecond, then) => {
    await stored.importFindings([asffFinding()], context);
    const by = { actor: { type: 'BATCH_UPDATE_FINDINGS', identity: 'arn:quiet' }, now: NOW } as const;
    await stored.changeFindings([identifier], { Workflow: { Status: 'SUPPRESSED' } }, by);
    await stored.documents.put('automation-rule', 'arn:quiet', { ...rule, ...ofFirst });
    await stored.documents.put('automation-rule', 'arn:note', second(ofSecond));
    await hub.importFindings([asffFinding()], context);
    const [finding] = (await hub.findings({ limit: 1 })).findings;
    expect(finding).toMatchObject({ Workflow: { Status: 'SUPPRESSED' }, ...then });
    if (!('Note' in then)) expect(finding).not.toHaveProperty('Note');
  });
});

it('a rule that has nothing to change is told once, however often its finding is sent again', async () => {
  const same = {
    ...rule,
    Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Workflow: { Status: 'NEW' } } }],
  };
  await stored.documents.put('automation-rule', 'arn:quiet', same);
  let told = 0;
  const log = { record: async (firings: readonly AutomationFiring[]) => void (told += firings.length) };
  const logged = new AutomatedFindingHub(stored, log);
  for (let times = 0; times < 3; times++) await logged.importFindings([asffFinding()], context);
  expect(told).toBe(1);
});

it('what people decided since stays, however often it is sent again', async () => {
  await hub.importFindings([asffFinding()], context);
  const by = { actor: { type: 'BATCH_UPDATE_FINDINGS', identity: 'aya' }, now: NOW } as const;
  await hub.changeFindings([identifier], { Workflow: { Status: 'NOTIFIED' } }, by);
  await hub.importFindings([asffFinding()], context);
  await hub.importFindings([asffFinding({ UpdatedAt: '2025-01-01T00:00:00.000Z' })], context);
  expect(await status()).toBe('NOTIFIED');
});

it('which rules fired is told once for all that came in together, and nothing where none did', async () => {
  const told: (readonly AutomationFiring[])[] = [];
  const log = { record: async (firings: readonly AutomationFiring[]) => void told.push(firings) };
  const logged = new AutomatedFindingHub(stored, log);
  const other = asffFinding({ Id: 'finding-2', Title: 'Telnet is open' });
  await logged.importFindings([asffFinding(), other, asffFinding({ Id: 'finding-3' })], context);
  await logged.importFindings([asffFinding({ Id: 'finding-4', Title: 'Telnet is open' })], context);
  expect(told).toEqual([
    ['finding-1', 'finding-3'].map((Id) => ({
      ...{ identifier: { ...identifier, Id }, accountId: '111111111111', at: NOW, rule },
    })),
  ]);
});
