import { describe, expect, it } from 'vitest';
import { controls as scanned } from '../../controls/catalogue.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { parseEvent, type HubEvent } from './hub-event.js';
import { findingsOf } from './event-findings.js';

const controls = [...scanned, ...tamperControls];
const TRAIL = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main';

/** An event as EventBridge delivers it. */
function event(given: Partial<HubEvent>): HubEvent {
  const whole = {
    version: '0',
    id: 'e-1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cloudtrail',
    account: '111122223333',
    time: '2026-03-01T00:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {},
    ...given,
  };
  const parsed = parseEvent(whole);
  if ('invalid' in parsed) throw new Error(JSON.stringify(parsed));
  return parsed as HubEvent;
}

const call = (detail: Record<string, unknown>) =>
  event({
    detail: {
      eventID: 'c-1',
      eventName: 'StopLogging',
      eventSource: 'cloudtrail.amazonaws.com',
      eventTime: '2026-03-01T00:00:00Z',
      sourceIPAddress: '203.0.113.7',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory' },
      requestParameters: { name: TRAIL },
      ...detail,
    },
  });

describe('an API call that takes something from a trail', () => {
  it('is a finding about the trail, with who did what from where', () => {
    expect(findingsOf(call({}), controls)).toMatchObject([
      {
        finding: {
          controlId: 'Hikeshi.CloudTrail.1',
          severity: 'CRITICAL',
          accountId: '111122223333',
          region: 'eu-west-1',
          resourceArn: TRAIL,
          status: 'FAILED',
          reasons: [
            {
              text: 'arn:aws:iam::111122223333:user/mallory called StopLogging from 203.0.113.7 at 2026-03-01T00:00:00Z',
            },
          ],
        },
        origin: {
          kind: 'event',
          event: {
            id: 'c-1',
            name: 'StopLogging',
            by: 'arn:aws:iam::111122223333:user/mallory',
            sourceIp: '203.0.113.7',
          },
        },
      },
    ]);
  });

  it.each([
    ['by the trail’s name', { requestParameters: { name: 'main' } }, TRAIL],
    ['DeleteTrail', { eventName: 'DeleteTrail' }, TRAIL],
    ['PutEventSelectors', { eventName: 'PutEventSelectors', requestParameters: { trailName: 'main' } }, TRAIL],
    [
      'of a trail of another account: the organization’s',
      { requestParameters: { name: 'arn:aws:cloudtrail:us-east-1:999999999999:trail/org' } },
      'arn:aws:cloudtrail:us-east-1:999999999999:trail/org',
    ],
  ])('%s', (_name, detail, arn) => {
    expect(findingsOf(call(detail), controls)).toMatchObject([{ finding: { resourceArn: arn } }]);
  });

  it.each([
    ['that was refused has done nothing', { errorCode: 'AccessDenied' }],
    ['that only starts a trail', { eventName: 'StartLogging' }],
    ['of another service', { eventSource: 'ec2.amazonaws.com' }],
    ['with a name of the prototype', { eventName: 'constructor' }],
  ])('is none: one %s', (_name, detail) => {
    expect(findingsOf(call(detail), controls)).toEqual([]);
  });

  it.each([
    ['names no trail', { requestParameters: null }, 'detail.requestParameters.name does not name a trail'],
    [
      'names something else',
      { requestParameters: { name: 'arn:aws:s3:::b' } },
      'detail.requestParameters.name is not the ARN of a trail',
    ],
  ])('that %s is told, not guessed', (_name, detail, refused) => {
    expect(findingsOf(call(detail), controls)).toEqual([{ id: 'e-1', refused }]);
  });

  it('by somebody it does not name is by somebody unknown', () => {
    expect(findingsOf(call({ userIdentity: undefined }), controls)).toMatchObject([
      { origin: { event: { by: 'unknown' } } },
    ]);
  });
});

describe('an event of Security Hub', () => {
  const asff = (Id: string, more: object = {}) => ({
    Id,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    GeneratorId: 'security-control/KMS.4',
    AwsAccountId: '111122223333',
    Region: 'eu-west-1',
    UpdatedAt: '2026-03-01T00:00:00Z',
    Severity: { Label: 'MEDIUM' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'KMS.4' },
    Resources: [{ Type: 'AwsKmsKey', Id: 'arn:aws:kms:eu-west-1:111122223333:key/k' }],
    ...more,
  });
  const hub = (findings: unknown, more: Partial<HubEvent> = {}) =>
    event({
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      detail: { findings },
      ...more,
    });

  it('with twenty findings of which one is bad has nineteen that are handled', () => {
    const given = Array.from({ length: 20 }, (_, index) =>
      index === 7 ? { Id: 'bad', Resources: 7 } : asff(`f-${index}`),
    );
    const found = findingsOf(hub(given), controls);
    expect(found.filter((each) => 'finding' in each)).toHaveLength(19);
    expect(found[7]).toMatchObject({ id: 'bad', refused: expect.any(String) as string });
  });

  it.each([[null], ['text'], [{ Id: 7 }], [asff('x', { Resources: [null] })]])(
    'whatever a finding is, it is told why it is none: %j',
    (bad) => {
      expect(findingsOf(hub([bad, asff('good')]), controls)).toMatchObject([
        { refused: expect.any(String) as string },
        { finding: { id: 'good' } },
      ]);
    },
  );

  it('of a custom action says which', () => {
    const detail = { actionName: 'Fix it', actionDescription: '', findings: [asff('f')] };
    const [found] = findingsOf(hub([], { 'detail-type': 'Security Hub Findings - Custom Action', detail }), controls);
    expect(found).toMatchObject({ origin: { kind: 'custom-action', name: 'Fix it' } });
  });

  it('with more findings than are taken says how many were left', () => {
    const found = findingsOf(hub(Array.from({ length: 130 }, (_, index) => asff(`f-${index}`))), controls);
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toEqual({ id: 'e-1', refused: 'the event has 130 findings; the last 30 were left' });
  });

  it.each([
    ['no findings at all', {}],
    ['findings that are no list', { findings: 'x' }],
  ])('with %s is about nothing', (_name, detail) => {
    expect(findingsOf(hub([], { detail }), controls)).toEqual([]);
  });
});

describe('an event from outside', () => {
  const good = event({});
  it.each([
    ['not an object', 'x', 'event', 'expected object'],
    ['without an id', { ...good, id: undefined }, 'event.id', 'expected string'],
    ['of no account', { ...good, account: 'me' }, 'event.account', "expected string to match '^[0-9]{12}$'"],
    [
      'at no time',
      { ...good, time: 'yesterday' },
      'event.time',
      expect.stringContaining('expected string to match') as string,
    ],
    ['whose detail is a list', { ...good, detail: [] }, 'event.detail', 'expected object'],
  ])('%s is refused by the name of the field', (_name, given, field, rule) => {
    expect(parseEvent(given)).toEqual({ invalid: { field, rule } });
  });
});
