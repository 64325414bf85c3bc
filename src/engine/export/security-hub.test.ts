import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../aws/send.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { asffFinding } from '../../findings/hub/hub.fixture.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { twinFor } from '../../twin/testing.fixture.js';
import { securityHubFindings } from '../import/security-hub.js';
import { exportToSecurityHub } from './security-hub.js';

const ACCOUNT = '111111111111';
const OTHER = '222222222222';
const place = { accountId: ACCOUNT, region: 'us-east-1' };
const NOW = new Date('2026-02-01T00:00:00.000Z');
const pace = { nowMs: () => 0, sleep: () => Promise.resolve() };

let send: Send;
let close: () => void;
let calls: ApiCall[];

beforeEach(async () => {
  const { twin } = twinFor(place);
  const connection = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: place.region,
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin),
    polite: false,
    pace,
  });
  ({ close } = connection);
  await connection.send({ ...place, service: 'securityhub', operation: 'EnableSecurityHub', input: {} });
  calls = [];
  send = (call, onAnswer) => {
    calls.push(call);
    return connection.send(call, onAnswer);
  };
});
afterEach(() => close());

const own = (Id: string, more: Partial<AsffFinding> = {}) => asffFinding({ Id, ProductName: 'Hikeshi', ...more });
async function* pages(...findings: readonly AsffFinding[]) {
  yield findings;
}
const exported = (...findings: readonly AsffFinding[]) =>
  exportToSecurityHub(pages(...findings), { send, reaches: (id) => id === ACCOUNT, now: NOW, pace });

it('only what is strictly newer than what Security Hub has is written', async () => {
  expect(await exported(own('a'), own('b'))).toEqual([{ ...place, pushed: 2, unchanged: 0, failed: [] }]);
  calls.length = 0;
  const newer = own('b', { UpdatedAt: '2026-01-02T00:00:00.000Z', RecordState: 'ARCHIVED' });
  expect(await exported(own('a'), newer)).toEqual([{ ...place, pushed: 1, unchanged: 1, failed: [] }]);
  const written = calls.filter(({ operation }) => operation === 'BatchImportFindings');
  expect(written.map(({ input }) => (input['Findings'] as AsffFinding[]).map(({ Id = '' }) => Id))).toEqual([['b']]);
  expect(await exported(own('a'), newer)).toEqual([{ ...place, pushed: 0, unchanged: 2, failed: [] }]);
});

it('what other products found is theirs to write', async () => {
  const guardDuty = 'arn:aws:securityhub:us-east-1::product/aws/guardduty';
  expect(await exported(own('a', { ProductName: 'Other' }), own('b', { ProductArn: guardDuty }))).toEqual([]);
  expect(calls).toEqual([]);
});

it('what is of an account that is not reached is not sent as somebody else', async () => {
  const ProductArn = `arn:aws:securityhub:us-east-1:${OTHER}:product/${OTHER}/default`;
  const results = await exported(own('a'), own('theirs', { AwsAccountId: OTHER, ProductArn }));
  expect(results).toMatchObject([
    { accountId: ACCOUNT, pushed: 1, failed: [] },
    { accountId: OTHER, pushed: 0, failed: [{ Id: 'theirs', code: 'unreached-account' }] },
  ]);
  expect(calls.filter(({ accountId }) => accountId === OTHER)).toEqual([]);
});

it('where one Security Hub refuses, the others are written', async () => {
  const ProductArn = `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`;
  const results = await exported(own('off', { ProductArn, Region: 'eu-west-1' }), own('on'));
  expect(results).toMatchObject([
    { region: 'eu-west-1', pushed: 0, failed: [{ Id: 'off', code: 'InvalidAccessException' }] },
    { region: 'us-east-1', pushed: 1, failed: [] },
  ]);
});

it('what was exported is imported again, and then it is told since when to ask', async () => {
  await exported(own('a'), own('b'));
  const next: string[] = [];
  const found: string[] = [];
  const options = { send, place, pace, onNext: (since: string) => void next.push(since) };
  for await (const page of securityHubFindings({ until: NOW.toISOString() }, options)) {
    found.push(...page.map(({ Id = '' }) => Id));
  }
  expect(found.toSorted()).toEqual(['a', 'b']);
  expect(next).toEqual(['2026-01-31T23:00:00.000Z']);
});
