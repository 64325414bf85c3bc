import { beforeEach, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { hubIntake } from './hub-intake.js';

const OWN = '111122223333';
const OTHER = '444455556666';
const NOW = new Date('2026-03-01T00:00:00.000Z');

const event = (more: object) => ({
  version: '0',
  id: 'e-1',
  'detail-type': 'Security Hub Findings - Imported',
  source: 'aws.securityhub',
  account: OWN,
  time: '2026-03-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {},
  ...more,
});
const findingOf = (account: string) =>
  asffFinding({
    AwsAccountId: account,
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' },
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: `arn:aws:ec2:us-east-1:${account}:security-group/sg-1` }],
  });
const stopLogging = (account: string) => ({
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.cloudtrail',
  detail: {
    eventID: '1',
    eventName: 'StopLogging',
    eventSource: 'cloudtrail.amazonaws.com',
    eventTime: '2026-03-01T00:00:00Z',
    awsRegion: 'us-east-1',
    userIdentity: { arn: `arn:aws:iam::${OWN}:user/x` },
    requestParameters: { name: `arn:aws:cloudtrail:us-east-1:${account}:trail/t` },
  },
});

let ids: string[];
const inbox: Pick<EventInbox, 'take'> = {
  take: ({ id }) => {
    const isNew = !ids.includes(id);
    if (isNew) ids.push(id);
    return Promise.resolve(isNew);
  },
};
const intake = hubIntake(inbox as EventInbox, [...controls, ...tamperControls], () => NOW);
beforeEach(() => {
  ids = [];
});

const cases: readonly { name: string; given: object; field: string | undefined }[] = [
  { name: 'its own account', given: { detail: { findings: [findingOf(OWN)] } }, field: undefined },
  { name: 'another account in the envelope', given: { account: OTHER }, field: 'account' },
  {
    name: 'a finding of another account',
    given: { detail: { findings: [findingOf(OWN), findingOf(OTHER)] } },
    field: 'detail.findings.1.AwsAccountId',
  },
  { name: 'a call on its own trail', given: stopLogging(OWN), field: undefined },
  { name: 'a call on a trail of another account', given: stopLogging(OTHER), field: 'detail.findings.0.AwsAccountId' },
];

it.each(cases)('a source of some accounts sends events of these alone: $name', async ({ given, field }) => {
  const outcome = await intake.accept(event(given), 'hook', [OWN]);
  if (field === undefined) expect(outcome).toEqual({ kind: 'accepted', id: 'e-1' });
  else expect(outcome).toMatchObject({ kind: 'refused', code: 'account-not-allowed', field });
  expect(ids).toHaveLength(field === undefined ? 1 : 0);
  expect(await intake.accept(event(given), 'hook')).toMatchObject({ kind: 'accepted' });
});

it('an id of one source takes no other source’s place, and comes once from its own', async () => {
  for (const source of ['hook-1', 'hook-2', 'hook-1']) await intake.accept(event({}), source);
  expect(ids).toEqual(['hook-1/e-1', 'hook-2/e-1']);
});
