import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hubAssembly } from '../../src/cli/hub-parts.js';
import { isOwnTrailAtHome } from '../../src/controls/cloudtrail/ownership.js';
import { startDemoWorld, type DemoWorld } from '../../src/engine/hub/demo-world.js';
import { openHub, type OpenHub } from '../../src/engine/hub/open-hub.js';
import type { ResponseDetail } from '../../src/engine/respond/responses.js';
import { openConnection, type OpenConnection } from '../../src/engine/connect/open.js';
import type { Resource } from '../../src/estate/estate.js';
import { Home } from '../../src/store/home.js';

/** The canonical case of an event-driven response, on a real database and over HTTP: somebody takes something from a trail. */
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-canonical-'));
chmodSync(folder, 0o755);
const errors: unknown[] = [];
let world: DemoWorld;
let opened: OpenHub;
let connection: OpenConnection;
let trail: Resource<'AWS::CloudTrail::Trail'>;

beforeAll(async () => {
  world = await startDemoWorld({ accounts: 4, seed: 1, port: 0, now: new Date() });
  const onError = (error: unknown) => void errors.push(error);
  const { parts } = hubAssembly({ reach: world.reach, onError }, world);
  opened = await openHub({
    home: new Home(join(folder, 'home')),
    clock: () => new Date(),
    version: 'test',
    parts,
    onError,
  });
  connection = await openConnection({ regions: ['us-east-1'], ...world.reach });
  trail = [...world.served.twin.estate.list('AWS::CloudTrail::Trail')].find(
    (each) =>
      isOwnTrailAtHome(each) &&
      each.configuration.IsOrganizationTrail !== true &&
      each.configuration.Status?.IsLogging === true,
  )!;
}, 120_000);

afterAll(async () => {
  connection?.close();
  await opened?.close();
  await world?.served.door.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (operation: string, input: Record<string, unknown>) =>
  connection.send({ service: 'cloudtrail', operation, accountId: trail.accountId, region: trail.region, input });

const ENDED = new Set(['resolved', 'already-closed', 'still-open', 'stopped', 'refused', 'would-not-close']);

/** The runs that answer what is done, oldest first, once as many have ended as are awaited. */
async function answered(doIt: () => Promise<unknown>, awaited: number): Promise<ResponseDetail[]> {
  const { responses } = opened.hub;
  const before = new Set((await responses.list({ limit: 100 })).runs.map(({ id }) => id));
  await doIt();
  for (;;) {
    const fresh = (await responses.list({ limit: 100 })).runs.filter(({ id }) => !before.has(id));
    if (fresh.length >= awaited && fresh.every(({ state }) => ENDED.has(state))) {
      return Promise.all(fresh.toReversed().map(({ id }) => responses.show(id)));
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}

describe('somebody takes something from a trail, and it is put back', () => {
  it.each<{ name: string; doIt: () => Promise<unknown>; steps: string[]; states?: string[] }>([
    { name: 'StopLogging', doIt: () => call('StopLogging', { Name: trail.arn }), steps: ['StartLogging'] },
    {
      name: 'PutEventSelectors',
      doIt: () =>
        call('PutEventSelectors', {
          TrailName: trail.arn,
          EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true, DataResources: [] }],
        }),
      steps: ['PutEventSelectors'],
      // The hub's own call is the same call: it is looked at too, and there is nothing to do.
      states: ['resolved', 'already-closed'],
    },
    {
      name: 'DeleteTrail',
      doIt: () => call('DeleteTrail', { Name: trail.arn }),
      steps: ['CreateTrail', 'StartLogging'],
    },
  ])(
    '$name',
    async ({ name, doIt, steps, states = ['resolved'] }) => {
      const runs = await answered(doIt, states.length);
      expect(runs.map(({ state }) => state)).toEqual(states);
      expect(runs[0]).toMatchObject({
        mode: 'automatic',
        requestedBy: 'rule:restore-trails',
        // Who did what, and from where, is in the record of the answer.
        origin: {
          kind: 'event',
          event: { name, by: expect.stringContaining(':root') as string, sourceIp: '127.0.0.1' },
        },
      });
      expect(runs[0]?.plan?.steps.map((step) => step.call.operation)).toEqual(steps);
      const status = await call('GetTrailStatus', { Name: trail.arn });
      expect(status['IsLogging']).toBe(true);
      const { EventSelectors } = await call('GetEventSelectors', { TrailName: trail.arn });
      expect(EventSelectors).toMatchObject([{ ReadWriteType: 'All', IncludeManagementEvents: true }]);
    },
    60_000,
  );

  it('what was found and what became of it is a finding, and every rule says why it fired or not', async () => {
    const filters = { ComplianceSecurityControlId: [{ Comparison: 'EQUALS' as const, Value: 'Hikeshi.CloudTrail.1' }] };
    const { findings } = await opened.hub.findings.findings({ filters, limit: 10 });
    expect(findings).toMatchObject([{ Workflow: { Status: 'RESOLVED' }, Compliance: { Status: 'PASSED' } }]);
    const log = await opened.hub.rules.log({ rule: 'restore-trails', limit: 100 });
    expect(log.filter(({ fired }) => fired).length).toBeGreaterThanOrEqual(3);
    expect(log.find(({ fired }) => !fired)?.why).toMatch(/StartLogging|CreateTrail/);
  });

  it('nothing failed in the background', () => {
    expect(errors).toEqual([]);
  });
});
