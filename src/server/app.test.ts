import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer } from './app.js';
import { keyOf } from './routes/finding-access.js';
import { findingId } from '../findings/identity.js';
import { ACCOUNT, asffOf, OTHER, testHub, testServer, type TestHub } from './testing.fixture.js';

let test: TestHub;
let server: HubServer;
let admin: string;

beforeEach(async () => {
  test = testHub();
  server = await testServer(test);
  admin = await test.token();
});
afterEach(() => server.app.close());

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, token = admin) {
  const request: InjectOptions = { method, url, headers: { authorization: `Bearer ${token}` } };
  const answer = await server.app.inject(payload === undefined ? request : { ...request, payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
}

const identifierOf = ({ Id, ProductArn }: ReturnType<typeof asffOf>) => ({ Id, ProductArn });
const foreign = asffOf('theirs', { AwsAccountId: OTHER });
const load = () => call('POST', '/api/v1/findings/import', { findings: [asffOf('1'), asffOf('2'), foreign] });

describe('findings', () => {
  it('are imported, listed in pages, shown and told the history of', async () => {
    expect((await load()).body).toMatchObject({
      outcomes: [{ kind: 'created' }, { kind: 'created' }, { kind: 'created' }],
    });
    const first = await call('GET', '/api/v1/findings?limit=2&severity=HIGH');
    expect(first.body).toMatchObject({ findings: [{ Id: '1' }, { Id: '2' }], next: expect.any(String) });
    const second = await call('GET', `/api/v1/findings?limit=2&after=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({ findings: [{ Id: 'theirs' }] });
    const key = keyOf(asffOf('1'));
    expect((await call('GET', `/api/v1/findings/${key}`)).body).toMatchObject({ finding: { Id: '1' }, key });
    const history = await call('GET', `/api/v1/findings/${key}/history`);
    expect(history.body).toMatchObject({ records: [{ created: true, actor: { identity: 'token:admin' } }] });
  });

  it('one bad finding of a batch does not hold the others back, and is told by its place', async () => {
    const huge = asffOf('huge', { Description: 'x'.repeat(250 * 1024) });
    const { Id: _, ...nameless } = asffOf('nameless');
    const { body } = await call('POST', '/api/v1/findings/import', { findings: [asffOf('1'), huge, nameless] });
    expect(body).toMatchObject({
      outcomes: [
        { kind: 'created', Id: '1' },
        { kind: 'refused', Id: 'huge', code: 'LimitExceeded', field: 'body.findings.1' },
        { kind: 'refused', code: 'InvalidInput', field: 'body.findings.2' },
      ],
    });
  });

  it('are suppressed with a reason and until a day, by somebody', async () => {
    await load();
    const identifiers = [identifierOf(asffOf('1')), { Id: 'none', ProductArn: asffOf('1').ProductArn }];
    const until = '2026-04-01T00:00:00Z';
    const { body } = await call('POST', '/api/v1/findings/suppress', { identifiers, reason: 'a honeypot', until });
    expect(body).toMatchObject({ outcomes: [{ kind: 'changed' }, { kind: 'refused', field: 'body.identifiers.1' }] });
    expect((await call('GET', `/api/v1/findings/${keyOf(asffOf('1'))}`)).body).toMatchObject({
      finding: {
        Workflow: { Status: 'SUPPRESSED' },
        Note: { Text: 'a honeypot', UpdatedBy: 'token:admin' },
        UserDefinedFields: { 'hikeshi/SuppressedUntil': until },
      },
    });
  });

  it('a change of nothing, and an end in the past, are refused by name', async () => {
    const identifiers = [identifierOf(asffOf('1'))];
    expect((await call('POST', '/api/v1/findings/update', { identifiers, change: {} })).body).toMatchObject({
      field: 'body.change',
    });
    const past = { identifiers, reason: 'because', until: '2020-01-01T00:00:00Z' };
    expect((await call('POST', '/api/v1/findings/suppress', past)).body).toMatchObject({ field: 'body.until' });
  });

  it.each([
    ['asff', 'application/json', /^\[\n\{.*"SchemaVersion"/],
    ['ocsf', 'application/json', /"class_uid":2003/],
    ['json', 'application/json', /"control":"EC2.8"/],
    ['jsonl', 'application/x-ndjson', /"control":"EC2.8"/],
    ['csv', 'text/csv; charset=utf-8', /EC2\.8/],
    ['md', 'text/markdown; charset=utf-8', /## EC2\.8/],
    ['sarif', 'application/sarif+json', /"ruleId":\s?"EC2.8"/],
    ['junit', 'application/xml', /<testsuite /],
  ])('leave the house as %s', async (format, type, says) => {
    await load();
    const guard = asffOf('guard', { GeneratorId: 'guardduty', Title: 'a threat' });
    const { Compliance: _, ...threat } = guard;
    await call('POST', '/api/v1/findings/import', { findings: [threat] });
    const headers = { authorization: `Bearer ${admin}` };
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v1/findings/export',
      headers,
      payload: { format },
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.body).toMatch(says);
    expect(answer.body).toContain('a threat');
  });
});

describe('who sees some accounts sees nothing of others', () => {
  let scoped: string;
  beforeEach(async () => {
    await load();
    scoped = await test.token({ role: 'approver', name: 'sandbox', units: ['Sandbox'] });
  });

  it('lists are filtered, single reads are not there, and nothing of theirs can be changed', async () => {
    expect((await call('GET', '/api/v1/findings', undefined, scoped)).body).toMatchObject({
      findings: [{ Id: 'theirs' }],
    });
    const key = keyOf(asffOf('1'));
    for (const url of [`/api/v1/findings/${key}`, `/api/v1/findings/${key}/history`]) {
      const answer = await call('GET', url, undefined, scoped);
      expect([answer.status, answer.body['code']]).toEqual([404, 'unknown-finding']);
    }
    const change = { identifiers: [identifierOf(asffOf('1'))], change: { Workflow: { Status: 'RESOLVED' } } };
    expect((await call('POST', '/api/v1/findings/update', change, scoped)).body).toMatchObject({
      outcomes: [{ kind: 'refused', code: 'FindingNotFound' }],
    });
    const { body } = await call('POST', '/api/v1/findings/import', { findings: [asffOf('1'), foreign] }, scoped);
    expect(body).toMatchObject({ outcomes: [{ code: 'InvalidAccess' }, { kind: 'updated' }] });
  });

  it('runs of others are not there either', async () => {
    const wish = { finding: identifierOf(asffOf('1')), mode: 'ask' };
    const { body } = await call('POST', '/api/v1/runs', wish);
    const { id } = body['run'] as { id: string };
    expect((await call('GET', '/api/v1/runs', undefined, scoped)).body).toEqual({ runs: [] });
    const payload = { proposalHash: 'a'.repeat(64) };
    for (const verb of ['approve', 'decline', 'cancel', 'resume', 'undo']) {
      const given = verb === 'approve' ? payload : verb === 'resume' || verb === 'undo' ? undefined : {};
      const answer = await call('POST', `/api/v1/runs/${id}/${verb}`, given, scoped);
      expect([verb, answer.status]).toEqual([verb, 404]);
    }
    expect((await call('POST', '/api/v1/runs', wish, scoped)).status).toBe(404);
  });

  it('a unit that nobody knows is no account, not all of them', async () => {
    const lost = await test.token({ role: 'viewer', units: ['Sandbx'] });
    expect((await call('GET', '/api/v1/findings', undefined, lost)).body).toEqual({ findings: [], keys: [] });
  });

  it('the log of rules is asked for with their accounts', async () => {
    const { body } = await call('GET', `/api/v1/rules/log?account=${ACCOUNT}`, undefined, scoped);
    expect(body).toMatchObject({ entries: [{ actions: [] }] });
  });
});

describe('runs and approvals', () => {
  const ask = (more: object = {}, token = admin) =>
    call('POST', '/api/v1/runs', { finding: identifierOf(asffOf('1')), mode: 'ask', ...more }, token);
  const runId = ({ body }: Awaited<ReturnType<typeof ask>>) => (body['run'] as { id: string }).id;
  beforeEach(load);

  it('a run is asked for, waits, is approved by its hash, and is seen', async () => {
    const id = runId(await ask());
    expect((await call('GET', '/api/v1/approvals')).body).toMatchObject({ runs: [{ id, state: 'proposed' }] });
    const wrong = await call('POST', `/api/v1/runs/${id}/approve`, { proposalHash: 'b'.repeat(64) });
    expect([wrong.status, wrong.body['code']]).toEqual([409, 'proposal-changed']);
    const right = await call('POST', `/api/v1/runs/${id}/approve`, { proposalHash: 'a'.repeat(64) });
    expect(right.body).toMatchObject({ run: { state: 'approved', approvals: [{ by: 'token:admin' }] } });
    expect((await call('POST', `/api/v1/runs/${id}/decline`, {})).status).toBe(409);
  });

  it('the same request id twice is one run; the same id of somebody else is another', async () => {
    const first = runId(await ask({ requestId: 'deploy-4711' }));
    expect(runId(await ask({ requestId: 'deploy-4711' }))).toBe(first);
    const other = await test.token({ role: 'responder', name: 'other' });
    expect(runId(await ask({ requestId: 'deploy-4711' }, other))).not.toBe(first);
  });

  it('nobody approves their own request where two are required, not even with a token that they made', async () => {
    const own = await test.token({ role: 'approver', name: 'ci' }, 'mori@example.com');
    const again = await test.token({ role: 'approver', name: 'laptop' }, 'mori@example.com');
    const id = runId(await ask({ approvalsNeeded: 2 }, own));
    const answer = await call('POST', `/api/v1/runs/${id}/approve`, { proposalHash: 'a'.repeat(64) }, again);
    expect([answer.status, answer.body['code']]).toEqual([403, 'own-request']);
  });

  it('an automatic run is for those who could approve it', async () => {
    const responder = await test.token({ role: 'responder' });
    expect((await ask({ mode: 'automatic' }, responder)).body).toMatchObject({
      code: 'not-allowed',
      field: 'body.mode',
    });
    expect((await ask({ mode: 'automatic' })).status).toBe(200);
  });

  it('a finding that an event made is answered like one of a scan', async () => {
    const trail = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/audit`;
    const about = { controlId: 'Hikeshi.CloudTrail.1', accountId: ACCOUNT, region: 'us-east-1', resourceArn: trail };
    const stopped = asffOf(findingId({ ...about, partition: 'aws' }), {
      Region: 'us-east-1',
      GeneratorId: 'security-control/Hikeshi.CloudTrail.1',
      Compliance: { Status: 'FAILED', SecurityControlId: about.controlId },
      Resources: [{ Type: 'AwsCloudTrailTrail', Id: trail }],
      ProductFields: { 'hikeshi/ResourceArn': trail, 'hikeshi/ResourceType': 'AWS::CloudTrail::Trail' },
    });
    await call('POST', '/api/v1/findings/import', { findings: [stopped] });
    const { status, body } = await ask({ finding: identifierOf(stopped) });
    expect([status, body['run']]).toMatchObject([200, { finding: { controlId: 'Hikeshi.CloudTrail.1' } }]);
  });

  it('a finding that no playbook answers is said to be one', async () => {
    const strange = asffOf('strange', { GeneratorId: 'x', Compliance: { Status: 'FAILED' } });
    await call('POST', '/api/v1/findings/import', { findings: [strange] });
    const answer = await ask({ finding: identifierOf(strange) });
    expect([answer.status, answer.body['code']]).toEqual([422, 'no-playbook']);
  });
});

describe('insights, custom actions, rules, the kill switch', () => {
  beforeEach(load);

  it('an insight counts what the caller may see', async () => {
    const wish = { name: 'by severity', filters: {}, groupBy: 'SeverityLabel' };
    const { body } = await call('POST', '/api/v1/insights', wish);
    const url = `/api/v1/insights/${String(body['id'])}/results`;
    expect((await call('GET', url)).body).toMatchObject({ values: [{ value: 'HIGH', count: 3 }] });
    const scoped = await test.token({ role: 'viewer', accounts: [OTHER] });
    expect((await call('GET', url, undefined, scoped)).body).toMatchObject({ values: [{ count: 1 }] });
    expect((await call('DELETE', `/api/v1/insights/${String(body['id'])}`)).body).toEqual({ removed: true });
  });

  it('an insight by what there is not is refused, with what is most like it', async () => {
    const { status, body } = await call('POST', '/api/v1/insights', {
      name: 'x',
      filters: {},
      groupBy: 'SeverityLabl',
    });
    expect([status, body]).toMatchObject([400, { code: 'invalid-field', field: 'body.groupBy' }]);
    expect(body['next']).toContain('`SeverityLabel`');
    expect((await call('GET', '/api/v1/insights')).body).toMatchObject({ insights: [] });
    const moon = await call('POST', '/api/v1/insights', { name: 'x', filters: {}, groupBy: 'Moon' });
    expect([moon.status, moon.body['next']]).toEqual([400, expect.stringMatching(/`/)]);
  });

  it('a custom action is sent about findings that are all there, up to 20', async () => {
    const wish = { id: 'Isolate', name: 'Isolate', description: 'isolates it' };
    expect((await call('POST', '/api/v1/actions', wish)).status).toBe(200);
    expect((await call('POST', '/api/v1/actions', wish)).body).toMatchObject({ code: 'action-exists' });
    const one = identifierOf(asffOf('1'));
    expect((await call('POST', '/api/v1/actions/Isolate/run', { identifiers: [one] })).body).toEqual({
      eventId: 'event-1',
    });
    const many = await call('POST', '/api/v1/actions/Isolate/run', {
      identifiers: Array.from({ length: 21 }, () => one),
    });
    expect(many.body).toMatchObject({ code: 'invalid-field', field: 'body.identifiers' });
    const some = await call('POST', '/api/v1/actions/Isolate/run', { identifiers: [one, { ...one, Id: 'none' }] });
    expect([some.status, test.taken.length]).toEqual([404, 1]);
  });

  it('a rule with a mistake is refused by its place', async () => {
    const wrong = await call('PUT', '/api/v1/rules/one', { rule: { name: 'one' } });
    expect(wrong.body).toMatchObject({ code: 'invalid-field', field: 'body.rule.pattern' });
    const rule = { name: 'one', pattern: { source: ['aws.ec2'] } };
    expect((await call('PUT', '/api/v1/rules/two', { rule })).body).toMatchObject({ field: 'body.rule.name' });
    expect((await call('PUT', '/api/v1/rules/one', { rule })).status).toBe(200);
    expect((await call('GET', '/api/v1/rules')).body).toMatchObject({ rules: [{ document: rule }] });
    expect((await call('DELETE', '/api/v1/rules/one')).body).toEqual({ removed: true });
    expect((await call('DELETE', '/api/v1/rules/one')).status).toBe(404);
  });

  it('a token that a token made is no second person, but for those of the first', async () => {
    const nameOf = async (token: string) => (await call('GET', '/api/v1/me', undefined, token)).body['name'];
    const make = async (name: string, role: string, by: string) => {
      const answer = await call('POST', '/api/v1/tokens', { name, role, kind: 'api', days: 1 }, by);
      return (answer.body as { secret: string }).secret;
    };
    const first = await test.token({ role: 'admin', name: 'admin' });
    const mei = await make('mei', 'admin', first);
    const second = await make('second-self', 'approver', mei);
    expect([await nameOf(first), await nameOf(mei), await nameOf(second)]).toEqual([
      'token:admin',
      'token:mei',
      'token:mei',
    ]);
  });

  it('the kill switch is engaged by who responds and released by who governs', async () => {
    const responder = await test.token({ role: 'responder', name: 'ito' });
    const engaged = await call('POST', '/api/v1/kill-switch/engage', { reason: 'too fast' }, responder);
    expect(engaged.body).toMatchObject({ engaged: true, by: 'token:ito', reason: 'too fast' });
    expect((await call('POST', '/api/v1/kill-switch/release', { reason: 'all is well' }, responder)).status).toBe(403);
    expect((await call('POST', '/api/v1/kill-switch/release', { reason: 'all is well' })).body).toMatchObject({
      engaged: false,
    });
  });

  it('settings are read by all, written by who governs, over what was looked at', async () => {
    const viewer = await test.token({ role: 'viewer', name: 'abe' });
    const approver = await test.token({ role: 'approver', name: 'ken' });
    const url = '/api/v1/settings/responses';
    expect((await call('GET', url, undefined, viewer)).body).toMatchObject({ version: 0, settings: { exclude: [] } });
    const settings = { exclude: [{ tags: { 'keep-open': [] } }] };
    expect((await call('PUT', url, { over: 0, settings }, approver)).status).toBe(403);
    expect((await call('PUT', url, { over: 0, settings })).body).toMatchObject({ version: 1, by: 'token:admin' });
    const late = await call('PUT', url, { over: 0, settings: {} });
    expect([late.status, late.body['code']]).toEqual([409, 'settings-changed']);
    const wrong = await call('PUT', url, { over: 1, settings: { exclude: [{ account: '111122223333' }] } });
    expect(wrong.body).toMatchObject({ code: 'invalid-field', field: 'body.settings.exclude.0.account' });
    expect((await call('GET', url)).body).toMatchObject({ version: 1, settings: { exclude: settings.exclude } });
  });

  it('a wave is started by who responds, for all accounts, and let go on by who decides', async () => {
    const responder = await test.token({ role: 'responder', name: 'ito' });
    const scoped = await test.token({ role: 'approver', name: 'mei', accounts: [ACCOUNT] });
    const wave = { id: 'march', failureRateMax: 0.1, failuresAfter: 5 };
    expect((await call('POST', '/api/v1/waves', wave, scoped)).status).toBe(403);
    expect((await call('POST', '/api/v1/waves', wave, responder)).body).toMatchObject({ wave: { id: 'march' } });
    expect((await call('POST', '/api/v1/waves', wave, responder)).status).toBe(409);
    const wish = { scope: { controls: ['EC2.*'] }, mode: 'ask', runsMax: 10 };
    expect((await call('POST', '/api/v1/waves/march/runs', wish, responder)).body).toMatchObject({ asked: 2 });
    const automatic = await call('POST', '/api/v1/waves/march/runs', { ...wish, mode: 'automatic' }, responder);
    expect(automatic.body).toMatchObject({ code: 'not-allowed', field: 'body.mode' });
    expect((await call('POST', '/api/v1/waves/april/runs', wish, responder)).status).toBe(404);
    expect((await call('POST', '/api/v1/waves/march/go-on', undefined, responder)).status).toBe(403);
    expect((await call('POST', '/api/v1/waves/march/go-on')).body).toEqual({ resumed: 0, more: false });
  });
});

describe('the record', () => {
  it('every change is recorded before it is done: who, from where, what', async () => {
    await load();
    expect(test.audited).toMatchObject([
      {
        by: 'token:admin',
        role: 'admin',
        from: '127.0.0.1',
        call: 'POST /api/v1/findings/import',
        bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('what cannot be recorded is not done', async () => {
    test.ledgerFails = true;
    const answer = await load();
    expect([answer.status, answer.body['code'], test.findings.all.size]).toEqual([503, 'not-recorded', 0]);
  });

  it('every other call is noted: who, from where, what, and with what outcome', async () => {
    const viewer = await test.token({ role: 'viewer', name: 'abe' });
    await call('GET', '/api/v1/findings?accountId=secret', undefined, viewer);
    await call('POST', '/api/v1/findings/search', {}, viewer);
    await call('POST', '/api/v1/findings/import', { findings: [] });
    await call('DELETE', '/api/v1/rules/one', undefined, viewer);
    await call('GET', '/api/v1/findings', undefined, 'hk_none');
    await call('GET', '/no/such/route');
    await call('GET', '/healthz');
    expect(test.audited).toEqual([]);
    expect(test.noted.map(({ by, call, status }) => `${by} ${call} ${status}`)).toEqual([
      'token:abe GET /api/v1/findings 400',
      'token:abe POST /api/v1/findings/search 200',
      'token:admin POST /api/v1/findings/import 400',
      'token:abe DELETE /api/v1/rules/:name 403',
      'unknown GET /api/v1/findings 401',
      'unknown GET no such route 404',
    ]);
    expect(JSON.stringify(test.noted)).not.toContain('secret');
  });

  it('what was recorded is not noted again', async () => {
    await load();
    expect([test.audited.length, test.noted.length]).toEqual([1, 0]);
  });
});

describe('health', () => {
  it('a hub without its database lives, and is not ready', async () => {
    expect((await server.app.inject('/readyz')).json()).toEqual({ status: 'ready', checks: { database: 'ok' } });
    test.databaseFails = true;
    const answer = await server.app.inject('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'not-ready', checks: { database: 'failed' } }]);
    expect((await server.app.inject('/healthz')).json()).toMatchObject({ status: 'ok' });
  });

  it('metrics tell what waits, and say so when they cannot', async () => {
    await load();
    const passed = asffOf('passed', { Compliance: { Status: 'PASSED' } });
    const settled = asffOf('settled', { Workflow: { Status: 'SUPPRESSED' } });
    await call('POST', '/api/v1/findings/import', { findings: [passed, settled] });
    const headers = { authorization: `Bearer ${admin}` };
    const gauges = async () =>
      (await server.app.inject({ url: '/metrics', headers })).body
        .split('\n')
        .filter((line) => /^hikeshi_(backlog|events|deliveries|runs|open_findings)/.test(line));
    expect(await gauges()).toEqual([
      'hikeshi_backlog_known 1',
      'hikeshi_events{state="waiting"} 3',
      'hikeshi_events{state="aside"} 1',
      'hikeshi_deliveries{state="waiting"} 2',
      'hikeshi_deliveries{state="failed"} 4',
      'hikeshi_runs{state="proposed"} 5',
      'hikeshi_open_findings{severity="HIGH"} 3',
    ]);
    test.databaseFails = true;
    expect(await gauges()).toEqual(['hikeshi_backlog_known 0']);
  });

  it('metrics are for those who may come in, and name routes, not what was sent', async () => {
    expect((await server.app.inject('/metrics')).statusCode).toBe(401);
    await call('GET', `/api/v1/findings/${keyOf(asffOf('secret-name'))}`);
    const answer = await server.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${admin}` } });
    expect(answer.body).toContain(
      'hikeshi_http_request_seconds_count{method="GET",route="/api/v1/findings/:key",status="404"} 1',
    );
    expect(answer.body).toContain('hikeshi_failed_sign_ins_total');
    expect(answer.body).toContain('hikeshi_event_streams 0');
  });
});
