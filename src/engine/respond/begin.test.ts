import { describe, expect, it } from 'vitest';
import { insertWave } from '../../store/postgres/runs/wave-table.js';
import { warnOwners } from './chores.js';
import type { ResponseRequest, ResponseState } from './responses.js';
import { openStages, type Stage } from './stage.fixture.js';
import { NOW } from './testing.fixture.js';

const stages = openStages();

const HOUR_MS = 3_600_000;
const hours = (count: number): string => new Date(NOW.getTime() + count * HOUR_MS).toISOString();
const LIMITS = { failureRateMax: 0.5, failuresAfter: 2, startedBy: 'aya', startedAt: NOW.toISOString() };

/** What happened between the approval of a run and its beginning, and what becomes of it. */
interface Case {
  readonly name: string;
  readonly wish?: Partial<ResponseRequest>;
  readonly meanwhile: (stage: Stage) => Promise<unknown>;
  readonly then: ResponseState;
  readonly because?: string;
}

/** A run of the same wave that has ended or begun already. */
async function inWave(wave: string, state: ResponseState, beganAt = hours(0)): Promise<void> {
  await stages.database.query(
    `insert into hikeshi.run (id, state, mode, finding_id, control_id, account_id, resource_arn, finding, parameters, origin,
       requested_by, requested_at, updated_at, wave, began_at)
     values (gen_random_uuid()::text, $1, 'ask', 'f', 'c', '1', 'arn', '{}', '{}', '{}', 'aya', $2, $2, $3, $2)`,
    [state, beganAt, wave],
  );
}

/** Another run is at the same resource. */
async function atResource(stage: Stage, state: ResponseState): Promise<void> {
  await stage.ask('EC2.2', { id: 'other' });
  await stages.database.query('update hikeshi.run set state = $1 where id = $2', [state, 'other']);
  await stages.database.query(
    'insert into hikeshi.resource_guard select resource_arn, id, now() from hikeshi.run where id = $1',
    ['other'],
  );
  await stages.database.query(`delete from stage.begun where run_id = 'other'`);
}

const cases: readonly Case[] = [
  { name: 'begins where nothing stands against it', meanwhile: () => Promise.resolve(), then: 'resolved' },
  {
    name: 'waits until its approvals are in the ledger',
    meanwhile: async (stage) => (stage.hasLedger = await Promise.resolve(false)),
    then: 'approved',
    because: 'its approval is not in the ledger yet',
  },
  {
    name: 'is stopped by the kill switch',
    meanwhile: (stage) => stage.switchOff(),
    then: 'stopped',
    because: 'the kill switch was engaged by oncall: looks wrong',
  },
  {
    name: 'is stopped where its account was excluded since',
    meanwhile: (stage) => stage.set({ exclude: [{ accounts: [stage.finding('EC2.2').accountId] }] }),
    then: 'stopped',
    because: 'responses exclude it',
  },
  {
    name: 'is stopped where only others are included since',
    meanwhile: (stage) => stage.set({ include: [{ accounts: ['111111111111'] }] }),
    then: 'stopped',
    because: 'responses do not include it',
  },
  {
    name: 'is stopped where one of two approvals is not there',
    meanwhile: () => stages.database.query(`delete from hikeshi.run_approval where person = 'mei'`),
    then: 'stopped',
    because: '1 of 2 approvals are there',
  },
  {
    name: 'is stopped where one of two approvals is of who asked',
    meanwhile: () => stages.database.query(`update hikeshi.run_approval set person = 'aya' where person = 'mei'`),
    then: 'stopped',
    because: '1 of 2 approvals are there',
  },
  {
    name: 'is stopped where an approval is of another proposal',
    meanwhile: () => stages.database.query(`update hikeshi.run_approval set proposal_hash = 'x' where person = 'mei'`),
    then: 'stopped',
    because: '1 of 2 approvals are there',
  },
  {
    name: 'is stopped where its proposal is not the one that was approved',
    meanwhile: () => stages.database.query(`update hikeshi.run_proposal set plan_hash = 'x'`),
    then: 'stopped',
    because: 'its proposal is not the one that was approved',
  },
  {
    name: 'is stopped where its proposal is missing',
    meanwhile: () => stages.database.query('delete from hikeshi.run_proposal'),
    then: 'stopped',
    because: 'its proposal is missing',
  },
  {
    name: 'expires where its approval was not used in time',
    wish: { expiresAt: hours(2) },
    meanwhile: (stage) => stage.pass(2 * HOUR_MS),
    then: 'expired',
    because: 'its approval was not used in time',
  },
  {
    name: 'waits for the end of its grace period',
    wish: { notBefore: hours(24) },
    meanwhile: (stage) => warnOwners(stage.context),
    then: 'approved',
    because: `waits until ${hours(24)}: its grace period is not over`,
  },
  {
    name: 'waits until its owner was warned',
    wish: { notBefore: hours(24) },
    meanwhile: (stage) => stage.pass(25 * HOUR_MS),
    then: 'approved',
    because: 'its owner was not warned yet',
  },
  {
    name: 'begins once its grace period is over and its owner was warned',
    wish: { notBefore: hours(24) },
    meanwhile: (stage) => warnOwners(stage.context).then(() => stage.pass(25 * HOUR_MS)),
    then: 'resolved',
  },
  {
    name: 'waits for a maintenance window',
    // The first of March 2026 is a Sunday, and it is midnight.
    meanwhile: (stage) => stage.set({ windows: [{ name: 'night', days: [0], from: '02:00', to: '04:00' }] }),
    then: 'approved',
    because: `waits until ${hours(2)}: no maintenance window is open`,
  },
  {
    name: 'is stopped where its wave fails too often',
    wish: { wave: 'w' },
    meanwhile: async () => {
      await insertWave(stages.database, { id: 'w', perHourMax: undefined, ...LIMITS });
      for (const state of ['still-open', 'stopped', 'resolved'] as const) await inWave('w', state);
    },
    then: 'stopped',
    because: 'wave w is broken: 2 of 3 runs did not resolve their finding',
  },
  {
    name: 'begins where its wave fails no more than it may',
    wish: { wave: 'w' },
    meanwhile: async () => {
      await insertWave(stages.database, { id: 'w', perHourMax: undefined, ...LIMITS });
      for (const state of ['still-open', 'resolved'] as const) await inWave('w', state);
    },
    then: 'resolved',
  },
  {
    name: 'waits where its wave has begun enough in the last hour',
    wish: { wave: 'w' },
    meanwhile: async () => {
      await insertWave(stages.database, { id: 'w', perHourMax: 1, ...LIMITS });
      await inWave('w', 'applying', hours(-0.5));
    },
    then: 'approved',
    because: `waits until ${hours(0.5)}: wave w has begun 1 runs in the last hour`,
  },
  ...(['applying', 'undoing'] as const).map((state) => ({
    name: `waits while another run is ${state} at its resource`,
    meanwhile: (stage: Stage) => atResource(stage, state),
    then: 'approved' as const,
    because: 'run other is working on the resource',
  })),
  {
    name: 'begins where whoever held its resource is not at work any more',
    meanwhile: (stage) => atResource(stage, 'stopped'),
    then: 'resolved',
  },
  {
    name: 'is not begun once it was cancelled',
    meanwhile: (stage) => stage.responses.cancel('run', { name: 'ken' }),
    then: 'cancelled',
    because: 'cancelled by ken',
  },
];

describe('a run that was approved', () => {
  it.each(cases)('$name', async ({ wish, meanwhile, then, because }) => {
    const stage = await stages.set();
    await stage.approved('EC2.2', wish);
    await meanwhile(stage);
    const run = await stage.work();
    expect({ state: run.state, reason: run.reason }).toEqual({
      state: then,
      reason: expect.stringContaining(because ?? '') as string,
    });
    expect(stage.effects.length).toBe(then === 'resolved' ? 2 : 0);
    expect(await stage.holders()).toEqual(because?.includes('other') === true ? ['other'] : []);
  });

  it('begins as soon as the ledger has its approvals', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    stage.hasLedger = false;
    expect((await stage.work()).state).toBe('approved');
    stage.hasLedger = true;
    await stage.pass(1000);
    expect((await stage.work()).state).toBe('resolved');
    const kinds = stage.world.ledger.records.map(({ kind }) => kind);
    expect(kinds).toEqual(['approval', 'approval', 'run']);
  });

  it('is not begun by a workflow of an earlier turn', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    await stage.carry('apply@2', { runId: 'run', turn: 0 });
    expect(stage.effects).toEqual([]);
    expect((await stage.responses.show('run')).state).toBe('approved');
  });
});
