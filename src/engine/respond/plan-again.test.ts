import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../reference/api-call.js';
import type { ResponseSettings } from './settings.js';
import { DOUBT_MS, openStages, type Stage } from './stage.fixture.js';

const stages = openStages();

/** Somebody gives the passwords of the run's account another length: too short all the same. */
async function shorten(stage: Stage, MinimumPasswordLength: number): Promise<void> {
  const { accountId } = stage.finding('IAM.15');
  const { send } = await stage.world.ports.connection(accountId);
  const call: ApiCall = {
    ...{ service: 'iam', operation: 'UpdateAccountPasswordPolicy', accountId, region: 'us-east-1' },
    input: { MinimumPasswordLength },
  };
  await send(call);
}

/** Does what is due once reads have had time to agree. */
async function workLater(stage: Stage, id = 'run') {
  await stage.pass(DOUBT_MS);
  return stage.work(id);
}

const automatic: Partial<ResponseSettings> = {
  approvals: [{ name: 'trusted', risks: ['S', 'M'], approval: 'automatic' }],
};

/** A run that was approved, and whose resource has changed since. */
async function overtaken(wish: { readonly approvalsNeeded?: 1 | 2 } = {}): Promise<Stage> {
  const stage = await stages.set();
  await shorten(stage, 6);
  await stage.approved('IAM.15', wish);
  await shorten(stage, 7);
  return stage;
}

describe('two runs on one resource', () => {
  it.each([
    ['of two findings that one call answers', 'IAM.16'],
    ['of the same finding', 'IAM.15'],
  ])('%s: the second finds its finding closed by the first', async (_name, other) => {
    const stage = await stages.set();
    await stage.ask('IAM.15', { id: 'first' });
    await stage.ask(other, { id: 'second' });
    await stage.work('first');
    for (const id of ['first', 'second']) await stage.approve(id);
    expect(await stage.work('first')).toMatchObject({ state: 'resolved' });
    expect(await stage.responses.show('second')).toMatchObject({
      state: 'requested',
      reason: expect.stringContaining('planned again: step `update` found that reality differs from the plan'),
    });
    expect(await workLater(stage, 'second')).toMatchObject({ state: 'already-closed' });
    expect(stage.effects).toHaveLength(1);
    expect(await stage.holders()).toEqual([]);
  });
});

describe('a run whose resource has changed since it was planned', () => {
  it('is planned again from how it is now, and asks whoever approved the old plan again', async () => {
    const stage = await overtaken({ approvalsNeeded: 2 });
    const old = (await stage.responses.show('run')).proposalHash ?? '';
    expect((await stage.work()).state).toBe('requested');
    const again = await workLater(stage);
    expect(again).toMatchObject({ state: 'proposed', approvals: [], reason: expect.stringContaining('planned again') });
    await expect(stage.responses.approve('run', { name: 'ken' }, old)).rejects.toMatchObject({
      code: 'proposal-changed',
    });
    expect(stage.effects).toEqual([]);
    await stage.approve();
    expect((await stage.work()).state).toBe('resolved');
    expect(stage.effects).toEqual(['UpdateAccountPasswordPolicy']);
  });

  it('says in its record and in the ledger what was approved, why it was planned again and what was done', async () => {
    const stage = await overtaken();
    const { proposalHash } = await stage.responses.show('run');
    await stage.work();
    await workLater(stage);
    await stage.approve();
    const { entries = [] } = (await stage.work()) as unknown as { entries?: { kind: string }[] };
    expect(entries.map(({ kind }) => kind)).toEqual([
      'approved',
      'ended',
      'planned-again',
      'approved',
      'intent',
      'done',
      'settled',
      'verified',
      'ended',
    ]);
    expect(entries[2]).toMatchObject({ proposalHash, approvals: [{ by: 'ken' }], why: expect.stringContaining('7') });
    expect(stage.world.ledger.records.map(({ title }) => title)).toEqual([
      expect.stringMatching(/^approved /),
      expect.stringMatching(/^apply .*reality differs/),
      expect.stringMatching(/^approved /),
      expect.stringMatching(/^apply .*PASSED/),
    ]);
  });

  it('goes on without asking where what is planned is what was approved, to the last byte', async () => {
    const stage = await overtaken();
    await stage.work();
    await shorten(stage, 6);
    expect(await workLater(stage)).toMatchObject({ state: 'resolved', approvals: [{ by: 'ken' }] });
  });

  it.each([
    ['goes on where the policy lets it', false, { state: 'resolved', approvalsNeeded: 0 }, 1],
    ['waits for a person where the kill switch is engaged', true, { state: 'proposed', approvalsNeeded: 1 }, 0],
  ])('%s', async (_name, isOff, then, effects) => {
    const stage = await stages.set();
    await shorten(stage, 6);
    await stage.set(automatic);
    await stage.ask('IAM.15', { mode: 'automatic' });
    await stage.work('run', 1);
    await shorten(stage, 7);
    expect((await stage.work()).state).toBe('requested');
    if (isOff) await stage.switchOff();
    expect(await workLater(stage)).toMatchObject(then);
    expect(stage.effects).toHaveLength(effects);
  });

  it('is refused where it was excluded in between', async () => {
    const stage = await overtaken();
    await stage.work();
    await stage.set({ exclude: [{ accounts: [stage.finding('IAM.15').accountId] }] });
    expect(await workLater(stage)).toMatchObject({ state: 'refused' });
  });

  it('expires by the end it had, where nobody answers again', async () => {
    const stage = await overtaken();
    const { expiresAt = '' } = await stage.responses.show('run');
    await stage.work();
    expect(await workLater(stage)).toMatchObject({ state: 'proposed', expiresAt });
    stage.now = new Date(expiresAt);
    await expect(stage.approve()).rejects.toMatchObject({ code: 'not-awaiting-approval' });
    expect((await stage.responses.show('run')).state).toBe('expired');
  });

  it('is planned again three times, then it is somebody’s to look at', async () => {
    const stage = await overtaken();
    for (const length of [8, 9, 10]) {
      expect((await stage.work()).state).toBe('requested');
      expect((await workLater(stage)).state).toBe('proposed');
      await stage.approve();
      await shorten(stage, length);
    }
    expect(await stage.work()).toMatchObject({
      state: 'stopped',
      reason: expect.stringMatching(/^step `update` found that reality differs/),
    });
    expect(stage.effects).toEqual([]);
    expect(await stage.holders()).toEqual([]);
  });

  it('is planned again by a workflow that an older Hikeshi began', async () => {
    const stage = await overtaken();
    const { rows } = await stage.database.query<{ turn: number }>('delete from stage.begun returning turn');
    await stage.carry('apply@1', { runId: 'run', turn: rows[0]?.turn ?? 0 });
    expect((await stage.responses.show('run')).state).toBe('requested');
    expect((await workLater(stage)).state).toBe('proposed');
  });

  it('is not planned again once something of it was done', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    const { plan } = await stage.responses.show('run');
    const { send } = await stage.world.ports.connection(stage.finding('EC2.2').accountId);
    stage.fate = {
      after: async (_call, place) => {
        if (place === 1) await send(plan?.steps[1]?.call as ApiCall);
      },
    };
    expect(await stage.work()).toMatchObject({ state: 'stopped', reason: expect.stringContaining('reality differs') });
    expect(stage.effects).toEqual(['RevokeSecurityGroupIngress']);
  });
});
