import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../reference/api-call.js';
import { ApiError } from '../../reference/api-error.js';
import type { Database } from '../../store/postgres/database.js';
import type { ResponseState } from './responses.js';
import { DOUBT_MS, openStages, type Stage } from './stage.fixture.js';

const stages = openStages();

/** What befalls the one call of a run; how long its worker waits for it, how often it has its effect, how the run ends. */
interface Case {
  readonly name: string;
  readonly given: (stage: Stage) => void;
  readonly waits: readonly number[];
  readonly effects: number;
  readonly then: ResponseState;
  readonly because: string;
}

const throttled = (call: ApiCall) => new ApiError(call, 'ThrottlingException', 'slow down', 400);
const refused = (call: ApiCall) => new ApiError(call, 'AccessDenied', 'no', 403);
const unanswered = (call: ApiCall) => new ApiError(call, 'TimeoutError', 'nobody answered');

/** What befalls the first attempts; the others go through. */
const first = (attempts: number, error: (call: ApiCall) => ApiError) => (call: ApiCall, place: number) => {
  if (place <= attempts) throw error(call);
};

const cases: readonly Case[] = [
  {
    name: 'is made once',
    given: () => undefined,
    waits: [],
    effects: 1,
    then: 'resolved',
    because: 'applied, and verified on fresh reads',
  },
  {
    name: 'that is throttled is made again after longer and longer pauses',
    given: (stage) => void (stage.fate = { before: first(3, throttled) }),
    waits: [1000, 2000, 4000],
    effects: 1,
    then: 'resolved',
    because: 'applied',
  },
  {
    name: 'that is throttled again and again is given up',
    given: (stage) => void (stage.fate = { before: first(99, throttled) }),
    waits: [1000, 2000, 4000],
    effects: 0,
    then: 'stopped',
    because: 'ThrottlingException',
  },
  {
    name: 'that is refused is not made again',
    given: (stage) => void (stage.fate = { before: first(1, refused) }),
    waits: [],
    effects: 0,
    then: 'stopped',
    because: 'AccessDenied',
  },
  {
    name: 'that was never received is made again, once it would have been seen',
    given: (stage) => void (stage.fate = { before: first(1, unanswered) }),
    waits: [1000, DOUBT_MS],
    effects: 1,
    then: 'resolved',
    because: 'applied',
  },
  {
    name: 'whose answer was lost is looked for, and not made again',
    given: (stage) => void (stage.fate = { after: first(1, unanswered) }),
    waits: [1000, DOUBT_MS],
    effects: 1,
    then: 'resolved',
    because: 'applied',
  },
  {
    name: 'whose answer was lost is looked for only once reads show it',
    given: (stage) => {
      stage.fate = { after: first(1, unanswered) };
      stage.readsLagMs = DOUBT_MS - 1000;
    },
    waits: [1000, DOUBT_MS],
    effects: 1,
    then: 'resolved',
    because: 'applied',
  },
  {
    name: 'that may have been received stays in doubt when the next attempt is refused for being too many',
    given: (stage) => {
      stage.fate = {
        before: (call, place) => {
          if (place <= 2) throw place === 1 ? unanswered(call) : throttled(call);
        },
      };
    },
    waits: [1000, DOUBT_MS, 2000, DOUBT_MS],
    effects: 1,
    then: 'resolved',
    because: 'applied',
  },
];

describe('a call of a run', () => {
  it.each(cases)('$name', async ({ given, waits, effects, then, because }) => {
    const stage = await stages.set();
    await stage.approved('EC2.7');
    given(stage);
    const run = await stage.work();
    expect({ state: run.state, effects: stage.effects.length, waits: stage.waits }).toEqual({
      state: then,
      effects,
      waits,
    });
    expect(run.reason).toContain(because);
    expect(await stage.holders()).toEqual([]);
  });

  it('is not made where somebody changed the resource since the rehearsal', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    const { send } = await stage.world.ports.connection(stage.finding('EC2.2').accountId);
    const { plan } = await stage.responses.show('run');
    await send(plan?.steps[0]?.call as ApiCall);
    expect(await stage.work()).toMatchObject({
      state: 'requested',
      reason: expect.stringContaining('reality differs') as string,
    });
    expect(stage.effects).toEqual([]);
    expect(await stage.holders()).toEqual([]);
  });
});

describe('a worker that was killed', () => {
  class Killed extends Error {}

  /** Where it was killed, in the middle of a run of two calls; each call has its effect once all the same. */
  const deaths: readonly { name: string; at: 'before' | 'after'; place: number }[] = [
    { name: 'before its first call', at: 'before', place: 1 },
    { name: 'between the effect of its first call and its answer', at: 'after', place: 1 },
    { name: 'before its second call', at: 'before', place: 2 },
    { name: 'between the effect of its second call and its answer', at: 'after', place: 2 },
  ];

  it.each(deaths)('$name is followed by another one that makes each call once', async ({ at, place }) => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    let dead = false;
    const die = (_call: ApiCall, now: number): void => {
      if (now !== place || dead) return;
      dead = true;
      throw new Killed();
    };
    stage.fate = at === 'before' ? { before: die } : { after: die };
    stage.readsLagMs = DOUBT_MS - 1000;
    // It writes nothing any more, and its workflow is begun anew by another worker.
    const silent: Database = {
      ...stages.database,
      query: (text, values) => (dead ? Promise.reject(new Killed()) : stages.database.query(text, values)),
      transaction: (work) => (dead ? Promise.reject(new Killed()) : stages.database.transaction(work)),
    };
    const { turn } = (await stages.database.query<{ turn: number }>('select turn from hikeshi.run')).rows[0] ?? {
      turn: 0,
    };
    await expect(stage.carry('apply@2', { runId: 'run', turn }, { database: silent })).rejects.toBeInstanceOf(Killed);
    expect((await stage.responses.show('run')).state).toBe('applying');
    await stage.carry('apply@2', { runId: 'run', turn });
    expect((await stage.responses.show('run')).state).toBe('resolved');
    expect(stage.effects).toEqual(['RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress']);
  });
});
