import { describe, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { CAUSES_MAX, compileEventRules, decide, type DecideContext } from './decide.js';
import type { Finding } from '../../findings/finding.js';
import { isInvalid } from '../../base/checked.js';
import { parseEventRule, type EventRule } from './event-rule.js';
import { parseEvent, type HubEvent } from './hub-event.js';
import { scopeFacts } from '../scope/scope-facts.js';

const asff = (Id: string, Status: 'FAILED' | 'PASSED' = 'FAILED') => ({
  Id,
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
  AwsAccountId: '111122223333',
  Region: 'eu-west-1',
  UpdatedAt: '2026-03-01T00:00:00Z',
  Severity: { Label: 'MEDIUM' },
  Compliance: { Status, SecurityControlId: 'KMS.4' },
  Resources: [{ Type: 'AwsKmsKey', Id: `arn:aws:kms:eu-west-1:111122223333:key/${Id}` }],
});

function event(findings: readonly unknown[]): HubEvent {
  const parsed = parseEvent({
    version: '0',
    id: 'e-1',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: '111122223333',
    time: '2026-03-01T00:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: { findings },
  });
  if (isInvalid(parsed)) throw new Error(JSON.stringify(parsed));
  return parsed;
}

const rule = (given: Partial<EventRule>): EventRule => ({
  name: 'fix',
  enabled: true,
  pattern: { source: ['aws.securityhub'], detail: { findings: { Compliance: { Status: ['FAILED'] } } } },
  targets: [{ kind: 'respond', mode: 'automatic' }],
  ...given,
});

const context = (more: Partial<DecideContext> = {}): DecideContext => ({
  controls: [...controls, ...tamperControls],
  factsOf: (finding) => Promise.resolve(scopeFacts(finding, undefined)),
  isSuppressed: () => Promise.resolve(false),
  causes: [],
  eventKey: 'event-1',
  now: new Date('2026-03-01T00:00:00.000Z'),
  ...more,
});

const decideBy = (rules: readonly EventRule[], happened: HubEvent, more?: Partial<DecideContext>) =>
  decide(happened, compileEventRules(rules), context(more));

describe('what rules say of an event', () => {
  it('what people suppressed here is left, whatever the event says', async () => {
    const isSuppressed = ({ id }: Finding) => Promise.resolve(id === 'a');
    const [decision] = await decideBy([rule({})], event([asff('a'), asff('b')]), { isSuppressed });
    expect(decision?.actions).toMatchObject([
      { kind: 'left', about: 'a', why: 'it is suppressed' },
      { kind: 'respond', request: { finding: { id: 'b' } } },
    ]);
  });

  it('events of two sources are two, though they say the same id', async () => {
    const runs = await Promise.all(
      ['hook/1', 'queue/1', 'queue/1'].map(async (eventKey) => {
        const [decision] = await decideBy([rule({})], event([asff('a')]), { eventKey });
        const action = decision?.actions[0];
        return action?.kind === 'respond' ? action.request.id : undefined;
      }),
    );
    expect([runs[0] === runs[1], runs[1] === runs[2]]).toEqual([false, true]);
  });

  it('a rule may give owners time, and want more persons to approve', async () => {
    const targets = [{ kind: 'respond' as const, mode: 'automatic' as const, graceDays: 7, approvals: 2 as const }];
    const [decision] = await decideBy([rule({ targets })], event([asff('a')]));
    expect(decision?.actions).toMatchObject([
      { request: { mode: 'automatic', notBefore: '2026-03-08T00:00:00.000Z', approvalsNeeded: 2 } },
    ]);
    expect(parseEventRule(rule({ targets: [{ ...targets[0]!, graceDays: 0 }] }))).toMatchObject({
      invalid: { field: 'rule.targets.0.graceDays' },
    });
  });

  it('a rule that matches asks for a run of every finding that fails', async () => {
    const [decision] = await decideBy([rule({})], event([asff('a'), asff('b', 'PASSED'), { Id: 'bad' }]));
    expect(decision).toMatchObject({
      rule: 'fix',
      fired: true,
      actions: [
        {
          kind: 'respond',
          request: {
            mode: 'automatic',
            requestedBy: 'rule:fix',
            finding: { id: 'a' },
            origin: { kind: 'rule', name: 'fix' },
          },
        },
        { kind: 'left', about: 'b', why: 'it is PASSED: there is nothing to answer' },
        { kind: 'left', about: 'bad', why: expect.stringContaining('names no control') as string },
      ],
    });
  });

  it('the same event asks for the same run, however often it comes', async () => {
    const idOf = async () => {
      const [decision] = await decideBy([rule({})], event([asff('a')]));
      const [action] = decision?.actions ?? [];
      return action?.kind === 'respond' ? action.request.id : undefined;
    };
    expect(await idOf()).toMatch(/^run-[0-9a-f]{32}$/);
    expect(await idOf()).toBe(await idOf());
  });

  it('a rule that does not match says what was expected and seen', async () => {
    const other = rule({ name: 'other', pattern: { source: ['aws.guardduty'] } });
    expect(await decideBy([other], event([asff('a')]))).toEqual([
      { rule: 'other', fired: false, why: 'source: "aws.securityhub" is not "aws.guardduty"', actions: [] },
    ]);
  });

  it('a rule that is disabled says nothing', async () => {
    expect(await decideBy([rule({ enabled: false })], event([asff('a')]))).toEqual([]);
  });

  it('what follows from a rule is not answered by it, and chains of rules end', async () => {
    const again = await decideBy([rule({})], event([asff('a')]), { causes: ['fix'] });
    expect(again).toMatchObject([
      { fired: false, why: 'cut: the event follows from what this rule did (fix)', actions: [] },
    ]);
    const causes = Array.from({ length: CAUSES_MAX }, (_, n) => `r${n}`);
    expect(await decideBy([rule({})], event([asff('a')]), { causes })).toMatchObject([
      { fired: false, why: expect.stringMatching(/^cut: the event follows from 5 rules/) as string },
    ]);
  });

  it.each<{ name: string; given: Partial<EventRule>; why: string }>([
    { name: 'another account', given: { scope: { accounts: ['999999999999'] } }, why: 'its account is not in scope' },
    {
      name: 'tags that were not read',
      given: { scope: { except: { tags: { keep: [] } } } },
      why: 'its set of tags is not known, and some are excepted',
    },
    {
      name: 'a unit that is not known',
      given: { scope: { organizationalUnits: ['Prod'] } },
      why: 'its organizational unit is not known',
    },
  ])('out of scope is left: $name', async ({ given, why }) => {
    expect(await decideBy([rule(given)], event([asff('a')]))).toMatchObject([
      { fired: true, actions: [{ kind: 'left', about: 'a', why }] },
    ]);
  });

  it('an event goes out whole or not at all', async () => {
    const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:f';
    const sends = (scope?: EventRule['scope']) =>
      rule({ targets: [{ kind: 'lambda', functionArn }], ...(scope === undefined ? {} : { scope }) });
    expect(await decideBy([sends()], event([asff('a')]))).toMatchObject([
      { actions: [{ kind: 'deliver', target: { functionArn } }] },
    ]);
    const scoped = await decideBy([sends({ controls: ['KMS.4'] })], event([asff('a'), { Id: 'bad' }]));
    expect(scoped).toMatchObject([{ actions: [{ kind: 'left', why: expect.stringContaining('bad: ') as string }] }]);
  });

  it('a rule that does not say how only tells', async () => {
    const [decision] = await decideBy([rule({ targets: [{ kind: 'respond' }] })], event([asff('a')]));
    expect(decision?.actions).toMatchObject([{ request: { mode: 'notify' } }]);
  });
});

describe('a rule from outside is refused by the name of the field', () => {
  it.each<[string, object, string, RegExp]>([
    ['without a name', { name: '' }, 'rule.name', /expected string to match/],
    ['with a word too much', { colour: 'red' }, 'rule.colour', /unexpected property/],
    [
      'with a pattern that is none',
      { pattern: { source: 'aws.s3' } },
      'rule.pattern',
      /^source: it must be an object or an array/,
    ],
    ['without targets', { targets: [] }, 'rule.targets', /expected array length/],
    [
      'with a target of no kind',
      { targets: [{ kind: 'mail' }] },
      'rule.targets.0.kind',
      /must be one of respond, lambda, sqs, sns, webhook/,
    ],
    [
      'with a mode of no kind',
      { targets: [{ kind: 'respond', mode: 'now' }] },
      'rule.targets.0.mode',
      /one of "notify", "ask", "automatic"/,
    ],
    [
      'with a queue that is none',
      { targets: [{ kind: 'sqs', queueArn: 'https://x' }] },
      'rule.targets.0.queueArn',
      /expected string to match/,
    ],
    [
      'with a webhook in the clear',
      { targets: [{ kind: 'webhook', url: 'http://example.com/', secretVariable: 'S' }] },
      'rule.targets.0.url',
      /expected string to match/,
    ],
    ['with a scope of no kind', { scope: { account: ['1'] } }, 'rule.scope.account', /unexpected property/],
  ])('%s', (_name, given, field, says) => {
    const parsed = parseEventRule({ ...rule({}), ...given });
    expect(parsed).toMatchObject({ invalid: { field, rule: expect.stringMatching(says) as string } });
  });
});
