import { beforeEach, describe, expect, it } from 'vitest';
import { AutomatedFindingHub } from '../../findings/hub/automated-finding-hub.js';
import type { AsffFinding, ImportContext } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import { MemoryFindingHub } from '../../findings/hub/memory-finding-hub.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { parsed } from '../../store/postgres/findings/import-lines.js';
import { eachLine, linesOf } from '../../store/postgres/findings/lines.js';
import type { CurrentRules } from '../decide/current-rules.js';
import { compileEventRules } from '../decide/decide.js';
import type { EventRule } from '../decide/event-rule.js';
import { AnsweringFindings } from './answering-findings.js';
import { LineImport, seenByRules } from './line-import.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'scanner' } as const;
const rule = (pattern: EventRule['pattern'], enabled = true): EventRule => ({
  ...{ name: 'one', enabled, pattern },
  targets: [{ kind: 'respond' }],
});
const newFindings = rule({ source: ['aws.securityhub'], detail: { findings: { Workflow: { Status: ['NEW'] } } } });
const automation = {
  ...{ RuleArn: 'arn:rule', RuleName: 'lower it', RuleOrder: 1, RuleStatus: 'ENABLED' },
  Criteria: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'HIGH' }] },
  Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Severity: { Label: 'LOW' } } }],
};

let events: string[];
let rules: EventRule[];
let quickly: string[];
let stored: MemoryFindingHub;
let lineImport: LineImport;

beforeEach(() => {
  [events, rules, quickly] = [[], [], []];
  stored = new MemoryFindingHub();
  const take: EventInbox['take'] = ({ body }) => {
    const { detail } = body as { detail: { findings: AsffFinding[] } };
    events.push(detail.findings[0]?.Id ?? '');
    return Promise.resolve(true);
  };
  const current = { get: () => Promise.resolve(compileEventRules(rules)) } as CurrentRules;
  const hub = new AnsweringFindings(new AutomatedFindingHub(stored), { take } as EventInbox, current);
  lineImport = new LineImport({
    hub,
    quick: { importLines: quickWay },
    isSeen: seenByRules(stored, current),
    clock: () => NOW,
  });
});

/** The store's quick way, as it looks from here. */
async function quickWay(chunks: AsyncIterable<Buffer>, context: ImportContext) {
  const tally = { created: 0, updated: 0, unchanged: 0, refused: 0, refusals: [] };
  for await (const lines of linesOf(chunks)) {
    for (const text of eachLine(lines)) {
      const finding = parsed(text) as AsffFinding;
      const [outcome] = await stored.importFindings([finding], context);
      if (outcome !== undefined) tally[outcome.kind] += 1;
      quickly.push(finding.Id ?? '');
    }
  }
  return tally;
}

const line = (Id: string, more: Partial<AsffFinding> = {}) => JSON.stringify(asffFinding({ Id, ...more }));

/** The bytes of lines in pieces of a few, as a network brings them. */
async function* chunksOf(...lines: readonly string[]): AsyncIterable<Buffer> {
  const bytes = Buffer.from(lines.join('\n'));
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

async function* broken(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* chunks;
  throw new Error('the line was cut');
}

const severityOf = async (id: string) => {
  const { findings } = await stored.findings({ filters: { Id: [{ Comparison: 'EQUALS', Value: id }] }, limit: 1 });
  return findings[0]?.Severity?.Label;
};

describe('lines take the quick way', () => {
  it.each([
    ['there is no rule', []],
    ['the only rule is disabled', [rule({ source: ['aws.securityhub'] }, false)]],
    ['rules ask for events of another source', [rule({ source: ['aws.cloudtrail'] })]],
    ['rules ask for another kind of event', [rule({ 'detail-type': [{ suffix: 'Custom Action' }] })]],
    ['rules ask that there be no source', [rule({ source: [{ exists: false }] })]],
  ])('where %s', async (_name, given) => {
    rules = given;
    expect(await lineImport.importLines(chunksOf(line('1'), line('2')), { actor })).toMatchObject({ created: 2 });
    expect([quickly, events]).toEqual([['1', '2'], []]);
  });

  it('where the automation rules are disabled', async () => {
    await stored.documents.put('automation-rule', 'arn:rule', { ...automation, RuleStatus: 'DISABLED' });
    await lineImport.importLines(chunksOf(line('1')), { actor });
    expect([quickly, await severityOf('1')]).toEqual([['1'], 'HIGH']);
  });
});

describe('lines are seen by the rules', () => {
  it.each([
    ['ask for findings', [newFindings]],
    ['ask for anything of an account', [rule({ account: ['111111111111'] })]],
    [
      'ask for this or for something else',
      [rule({ $or: [{ source: ['aws.ec2'] }, { source: [{ prefix: 'aws.' }] }] })],
    ],
  ])('that %s', async (_name, given) => {
    rules = given;
    const tally = await lineImport.importLines(chunksOf(line('1'), line('2')), { actor });
    expect(tally).toMatchObject({ created: 2, refused: 0 });
    expect([quickly, events]).toEqual([[], ['1', '2']]);
  });

  it('of AWS: automation rules', async () => {
    await stored.documents.put('automation-rule', 'arn:rule', automation);
    await lineImport.importLines(chunksOf(line('1')), { actor });
    expect([quickly, await severityOf('1')]).toEqual([[], 'LOW']);
  });

  it('that are made while they come in: from then on, under the numbers of their lines', async () => {
    // The two first pieces together are more than what is read between two looks.
    const large = {
      ProductFields: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, 'x'.repeat(2000)])),
    };
    const many = Array.from({ length: 250 }, (_, number) => line(`finding ${number}`, large));
    async function* coming(): AsyncIterable<Buffer> {
      yield Buffer.from(`${many.slice(0, 120).join('\n')}\n`);
      rules = [newFindings];
      yield Buffer.from(`${many.slice(120, 220).join('\n')}\n`);
      yield* chunksOf('{}', ...many.slice(220));
    }
    const tally = await lineImport.importLines(coming(), { actor });
    expect(tally).toMatchObject({ created: 250, refused: 1, refusals: [{ line: 221, code: 'InvalidInput' }] });
    expect([quickly.length, events.length, events[0]]).toEqual([220, 30, 'finding 220']);
  });
});

describe('whichever way is taken', () => {
  describe.each([
    ['quick', []],
    ['past the rules', [newFindings]],
  ])('%s', (_name, given) => {
    beforeEach(() => {
      rules = given;
    });

    it('what breaks off is kept up to its last whole line, and told', async () => {
      const chunks = broken(chunksOf(line('1'), line('2'), line('3').slice(0, -5)));
      const tally = await lineImport.importLines(chunks, { actor });
      expect(tally).toMatchObject({ created: 2, cut: new Error('the line was cut') });
      expect(await lineImport.importLines(chunksOf(line('1'), line('2'), line('3')), { actor })).toEqual({
        ...{ created: 1, updated: 0, unchanged: 2, refused: 0, refusals: [], lines: 3 },
      });
    });

    it('a line without an end is told with what came before it', async () => {
      const chunks = chunksOf(line('1'), 'x'.repeat(5 * 1024 * 1024));
      const tally = await lineImport.importLines(chunks, { actor });
      expect(tally).toMatchObject({ created: 1, lines: 1, cut: { code: 'line-too-long' } });
    });

    it('nobody imports for another account', async () => {
      const theirs = line('2', { AwsAccountId: '222222222222' });
      const tally = await lineImport.importLines(chunksOf(line('1'), theirs), { actor, accounts: ['111111111111'] });
      expect(tally).toMatchObject({ created: 1, refused: 1 });
      expect(await severityOf('2')).toBeUndefined();
    });
  });
});

it('refusals past the rules are told by line, blank lines counted, the first hundred of them', async () => {
  rules = [newFindings];
  const bad = Array.from({ length: 150 }, () => line('', { Id: '' }));
  const tally = await lineImport.importLines(chunksOf(line('1'), '', 'no JSON', '[1]', ' ', ...bad, line('2')), {
    actor,
  });
  expect(tally).toMatchObject({ created: 2, refused: 152 });
  expect(tally.refusals).toHaveLength(100);
  expect(tally.refusals.slice(0, 3)).toEqual([
    { line: 3, code: 'InvalidInput', message: 'the line is not a JSON object' },
    { line: 4, code: 'InvalidInput', message: 'the line is not a JSON object' },
    { line: 6, code: 'InvalidInput', message: 'finding.Id must NOT have fewer than 1 characters' },
  ]);
});
