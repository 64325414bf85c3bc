import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AutomatedFindingHub } from '../../findings/hub/automated-finding-hub.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import { MemoryFindingHub } from '../../findings/hub/memory-finding-hub.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import type { CurrentRules } from '../decide/current-rules.js';
import { compileEventRules } from '../decide/decide.js';
import type { EventRule } from '../decide/event-rule.js';
import { AnsweringFindings } from './answering-findings.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const context = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'scanner' }, now: NOW } as const;
const rule: EventRule = {
  name: 'fix',
  enabled: true,
  pattern: { source: ['aws.securityhub'], detail: { findings: { Workflow: { Status: ['NEW'] } } } },
  targets: [{ kind: 'respond' }],
};
const finding = (day: number, more: Partial<AsffFinding> = {}) =>
  asffFinding({ UpdatedAt: `2026-01-0${day}T00:00:00.000Z`, Workflow: { Status: 'NEW' }, ...more });

let taken: { id: string; status: string | undefined }[];
let findings: AnsweringFindings;
let inbox: EventInbox;
let rules: CurrentRules;

beforeEach(() => {
  taken = [];
  inbox = {
    take: ({ id, body }) => {
      const [about] = (body as { detail: { findings: AsffFinding[] } }).detail.findings;
      const isNew = taken.every((event) => event.id !== id);
      if (isNew) taken.push({ id, status: about?.Workflow?.Status });
      return Promise.resolve(isNew);
    },
  } as Pick<EventInbox, 'take'> as EventInbox;
  rules = { get: () => Promise.resolve(compileEventRules([rule])) } as CurrentRules;
  findings = new AnsweringFindings(new MemoryFindingHub(), inbox, rules);
});

describe('what comes in again', () => {
  const suppress = () =>
    findings.changeFindings(
      [{ Id: 'finding-1', ProductArn: asffFinding().ProductArn }],
      { Workflow: { Status: 'SUPPRESSED' } },
      { actor: { type: 'BATCH_UPDATE_FINDINGS', identity: 'aya' }, now: NOW },
    );

  it('in the version that is known is told once, also when its event was lost', async () => {
    await findings.importFindings([finding(2)], context);
    expect(taken).toHaveLength(1);
    await findings.importFindings([finding(2)], context);
    expect(taken).toHaveLength(1);
    // The process died between the import and the event.
    taken = [];
    expect(await findings.importFindings([finding(2)], context)).toEqual([{ kind: 'unchanged' }]);
    expect(taken).toMatchObject([{ status: 'NEW' }]);
  });

  it('in an older version is told to nobody', async () => {
    await findings.importFindings([finding(2)], context);
    taken = [];
    expect(await findings.importFindings([finding(1)], context)).toEqual([{ kind: 'unchanged' }]);
    expect(taken).toEqual([]);
  });

  it('is looked up once where automation rules and event rules both want it, as the rules left it', async () => {
    const stored = new MemoryFindingHub();
    await stored.importFindings([finding(2)], context);
    await stored.documents.put('automation-rule', 'arn:rule', {
      ...{ RuleArn: 'arn:rule', RuleName: 'lower it', RuleOrder: 1, RuleStatus: 'ENABLED', Description: 'd' },
      Criteria: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'HIGH' }] },
      Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Workflow: { Status: 'SUPPRESSED' } } }],
    });
    const lookUps = vi.spyOn(stored, 'findings');
    const answering = new AnsweringFindings(new AutomatedFindingHub(stored), inbox, rules);
    await answering.importFindings([finding(2), finding(1)], context);
    expect(lookUps).toHaveBeenCalledTimes(1);
    // The event rule asks for new ones, and this one is not new any more.
    expect(taken).toEqual([]);
  });

  it('never undoes what people decided, in whatever version', async () => {
    await findings.importFindings([finding(2)], context);
    await suppress();
    taken = [];
    for (const day of [1, 2, 3]) await findings.importFindings([finding(day)], context);
    expect(taken).toEqual([]);
  });
});
