import { beforeEach, describe, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import { AutomatedFindingHub } from '../../findings/hub/automated-finding-hub.js';
import type { AutomationFiring } from '../../findings/hub/automation-log.js';
import type { AutomationRule } from '../../findings/hub/automation-rule.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import { MemoryFindingHub } from '../../findings/hub/memory-finding-hub.js';
import type { EventRule } from '../decide/event-rule.js';
import { explainRules } from './explain-rules.js';

const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
const time = (hour: number) => at(hour).toISOString();
const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'scanner' } as const;
const aya = { type: 'BATCH_UPDATE_FINDINGS', identity: 'aya' } as const;

let hub: MemoryFindingHub;
let fired: AutomationFiring[];
beforeEach(() => {
  hub = new MemoryFindingHub();
  fired = [];
});

const firings = {
  of: ({ Id }: { Id?: string | undefined }, since: Date) =>
    Promise.resolve(
      fired
        .filter((each) => each.identifier.Id === Id && each.at >= since)
        .map(({ at: when, rule, refused }) => {
          return { finding: Id ?? '', at: when.toISOString(), rule, ...(refused === undefined ? {} : { refused }) };
        }),
    ),
};

async function put(RuleName: string, RuleOrder: number, given: Partial<AutomationRule>): Promise<void> {
  const rule: AutomationRule = {
    ...{ RuleArn: `arn:${RuleName}`, RuleName, RuleOrder, RuleStatus: 'ENABLED', Description: 'd', UpdatedAt: time(1) },
    Criteria: { SeverityLabel: [{ Comparison: 'EQUALS', Value: 'HIGH' }] },
    Actions: [{ Type: 'FINDING_FIELDS_UPDATE', FindingFieldsUpdate: { Severity: { Label: 'LOW' } } }],
    ...given,
  };
  await hub.documents.put('automation-rule', `arn:${RuleName}`, rule);
}

const sets = (FindingFieldsUpdate: object) => ({
  Actions: [{ Type: 'FINDING_FIELDS_UPDATE' as const, FindingFieldsUpdate }],
});
const severity = (Value: string) => ({ Criteria: { SeverityLabel: [{ Comparison: 'EQUALS' as const, Value }] } });

/** A finding comes in at two, past the rules. */
async function comesIn(given: Partial<AsffFinding> = {}): Promise<void> {
  const log = { record: async (firings: readonly AutomationFiring[]) => void fired.push(...firings) };
  await new AutomatedFindingHub(hub, log).importFindings([asffFinding(given)], { actor, now: at(2) });
}

const context = {
  controls,
  now: () => at(100),
  factsOf: () => Promise.resolve({ accountId: '1', controlId: 'EC2.13', region: 'r', severity: 'LOW' } as never),
};
async function why(eventRules: readonly EventRule[] = []) {
  const { findings } = await hub.findings({ limit: 1 });
  return explainRules({ ...context, findings: hub }, firings, eventRules, findings[0] as AsffFinding);
}
const told = async (eventRules?: readonly EventRule[]) =>
  (await why(eventRules)).verdicts.map(
    ({ rule, matched, judged, why: said }) => `${rule} ${matched ? 'yes' : 'no'}, ${judged}: ${said}`,
  );

describe('what automation rules said of a finding', () => {
  it('is what they said when it came in, each of what the earlier ones had made of it', async () => {
    await put('lower', 1, {});
    await put('notify', 2, { ...severity('LOW'), ...sets({ Workflow: { Status: 'NOTIFIED' } }) });
    await put('high', 3, severity('HIGH'));
    await put('off', 4, { RuleStatus: 'DISABLED' });
    await comesIn();
    expect(await told()).toEqual([
      'lower yes, recorded: every criterion held; Severity.Label: HIGH → LOW, Severity.Normalized: 70 → 1',
      'notify yes, recorded: every criterion held; Workflow.Status: NEW → NOTIFIED',
      'high no, again: SeverityLabel: "LOW" is not EQUALS "HIGH"',
      'off no, again: it is switched off',
    ]);
    expect(await why()).toMatchObject({
      came: { at: time(2), by: 'scanner' },
      verdicts: [
        { arn: 'arn:lower', version: time(1), at: time(2), updates: [{ field: 'Severity.Label' }, {}] },
        {},
        { failed: { criterion: 'SeverityLabel', field: 'Severity.Label', actual: ['LOW'] } },
        {},
      ],
    });
  });

  it('ends with a terminal one that matched', async () => {
    await put('last', 1, { IsTerminal: true });
    await put('never', 2, severity('LOW'));
    await comesIn();
    expect((await told())[1]).toBe('never no, again: the terminal rule last came before');
  });

  it('stays, whatever people change of the finding afterwards', async () => {
    await put('lower', 1, {});
    await put('medium', 2, severity('MEDIUM'));
    await comesIn();
    const before = await told();
    await hub.changeFindings([asffFinding()], { Severity: { Label: 'MEDIUM' } }, { actor: aya, now: at(3) });
    expect(await told()).toEqual(before);
  });

  it('is told of a rule that fired and was changed since as it read then, and as it reads now', async () => {
    await put('lower', 1, {});
    await comesIn();
    await put('lower', 1, { ...severity('CRITICAL'), UpdatedAt: time(5) });
    expect(await told()).toEqual([
      `lower no, now: changed at ${time(5)}, after the finding came in; as it reads now: SeverityLabel: "HIGH" is not EQUALS "CRITICAL"`,
      'lower yes, recorded: every criterion held; Severity.Label: HIGH → LOW, Severity.Normalized: 70 → 1',
    ]);
  });

  it('is told of a rule that fired and is gone', async () => {
    await put('lower', 1, {});
    await comesIn();
    await hub.documents.remove('automation-rule', 'arn:lower');
    expect(await told()).toMatchObject([expect.stringContaining('lower yes, recorded: every criterion held')]);
  });

  it('is not known of a rule that came or changed afterwards: that is said, and what it says now', async () => {
    await put('seen', 2, severity('LOW'));
    await comesIn();
    await put('late', 1, { UpdatedAt: time(5) });
    expect(await told()).toEqual([
      `late yes, now: changed at ${time(5)}, after the finding came in; as it reads now: it would match; Severity.Label: HIGH → LOW, Severity.Normalized: 70 → 1`,
      // What would match now was not there then, and changes nothing of what the others saw.
      'seen no, again: SeverityLabel: "HIGH" is not EQUALS "LOW"',
    ]);
  });

  it('is worked out again where records are gone, and that is said', async () => {
    await put('lower', 1, { IsTerminal: true });
    await put('never', 2, {});
    await comesIn();
    fired = [];
    expect(await told()).toEqual([
      'lower yes, again: every criterion holds, and no record says that it fired: there may be none any more; Severity.Label: HIGH → LOW, Severity.Normalized: 70 → 1',
      'never no, again: the terminal rule lower came before',
    ]);
  });

  it('tells of a change that was refused, and of one that changed nothing', async () => {
    await put('same', 1, sets({ Severity: { Label: 'HIGH' } }));
    await put('bad', 2, sets({ Confidence: 900 }));
    await comesIn();
    expect(await told()).toEqual([
      'same yes, recorded: every criterion held; there was nothing to change',
      expect.stringMatching(/^bad yes, recorded: every criterion held; its change was refused: .*Confidence/),
    ]);
  });

  it('judges by days as of when the finding came in', async () => {
    const Criteria = { CreatedAt: [{ DateRange: { Value: 1, Unit: 'DAYS' as const } }] };
    await put('fresh', 1, { Criteria });
    await comesIn({ CreatedAt: time(1) });
    fired = [];
    expect((await told())[0]).toMatch(/^fresh yes/);
  });
});

it('event rules say what they would of the finding as it is now', async () => {
  await put('lower', 1, {});
  await comesIn({ AwsAccountId: '111111111111' });
  const event = (name: string, label: string, more: object = {}): EventRule => ({
    ...{ name, enabled: true, targets: [{ kind: 'respond' }] },
    pattern: { source: ['aws.securityhub'], detail: { findings: { Severity: { Label: [label] } } } },
    ...more,
  });
  const rules = [
    event('high', 'HIGH'),
    event('low', 'LOW'),
    event('low-elsewhere', 'LOW', { scope: { accounts: ['999999999999'] } }),
    event('off', 'LOW', { enabled: false }),
  ];
  expect((await told(rules)).slice(1)).toEqual([
    expect.stringMatching(/^high no, now: detail.findings.Severity.Label: .*LOW.* is not .*HIGH/),
    'low yes, now: its pattern matches',
    expect.stringMatching(/^low-elsewhere no, now: .*not in scope/),
    'off no, now: it is switched off',
  ]);
});
