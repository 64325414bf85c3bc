import { beforeEach, describe, expect, it } from 'vitest';
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

beforeEach(() => {
  taken = [];
  const inbox: Pick<EventInbox, 'take'> = {
    take: ({ id, body }) => {
      const [about] = (body as { detail: { findings: AsffFinding[] } }).detail.findings;
      const isNew = taken.every((event) => event.id !== id);
      if (isNew) taken.push({ id, status: about?.Workflow?.Status });
      return Promise.resolve(isNew);
    },
  };
  const rules: Pick<CurrentRules, 'get'> = { get: () => Promise.resolve(compileEventRules([rule])) };
  findings = new AnsweringFindings(new MemoryFindingHub(), inbox as EventInbox, rules as CurrentRules);
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

  it('never undoes what people decided, in whatever version', async () => {
    await findings.importFindings([finding(2)], context);
    await suppress();
    taken = [];
    for (const day of [1, 2, 3]) await findings.importFindings([finding(day)], context);
    expect(taken).toEqual([]);
  });
});
