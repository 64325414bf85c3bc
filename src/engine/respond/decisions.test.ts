import { describe, expect, it } from 'vitest';
import type { Enqueue } from './durable.js';
import { openResponses } from './open-responses.js';
import { proposeRun } from './propose.js';
import type { Responses } from './responses.js';
import { openStages, type Stage } from './stage.fixture.js';
import { NOW } from './testing.fixture.js';

const stages = openStages();

const begun = async (): Promise<string[]> => {
  const { rows } = await stages.database.query<{ id: string }>('select id from stage.begun order by id');
  return rows.map(({ id }) => id);
};
const hashOf = async (stage: Stage): Promise<string> => (await stage.responses.show('run')).proposalHash ?? '';

describe('the same wish twice', () => {
  it('is one run, whoever comes first, and changes nothing of it', async () => {
    const stage = await stages.set();
    await Promise.all([stage.ask('EC2.2'), stage.ask('EC2.2'), stage.ask('EC2.2')]);
    expect(await begun()).toEqual(['propose@1:run:0']);
    await stage.work();
    expect((await stage.ask('EC2.7', { requestedBy: 'eve' })).state).toBe('proposed');
    expect(await begun()).toEqual([]);
    expect(await stage.responses.show('run')).toMatchObject({ requestedBy: 'aya', finding: { controlId: 'EC2.2' } });
  });

  it('to approve, to resume and to take back is refused, and begins nothing', async () => {
    const stage = await stages.set();
    await stage.proposed('EC2.2');
    const hash = await hashOf(stage);
    await stage.responses.approve('run', { name: 'ken' }, hash);
    const twice = stage.responses.approve('run', { name: 'ken' }, hash);
    await expect(twice).rejects.toMatchObject({ code: 'already-approved' });
    expect(await begun()).toEqual([]);
    await stage.responses.approve('run', { name: 'mei' }, hash);
    const late = stage.responses.approve('run', { name: 'leo' }, hash);
    await expect(late).rejects.toMatchObject({ code: 'not-awaiting-approval' });
    expect(await begun()).toEqual(['apply@2:run:1']);
    await stage.work();
    await expect(stage.responses.resume('run', { name: 'ken' })).rejects.toMatchObject({ code: 'not-possible-now' });
    await stage.responses.undo('run', { name: 'ken' });
    await expect(stage.responses.undo('run', { name: 'ken' })).rejects.toMatchObject({ code: 'not-possible-now' });
    expect(await begun()).toEqual(['undo@1:run:2']);
  });
});

/** What begins a workflow: what stands before it, and what is wished. */
const wishes: readonly {
  name: string;
  given: (stage: Stage) => Promise<unknown>;
  wish: (responses: Responses, stage: Stage) => Promise<unknown>;
}[] = [
  {
    name: 'to ask for a run',
    given: () => Promise.resolve(),
    wish: (responses, stage) =>
      responses.request({
        id: 'run',
        finding: stage.finding('EC2.2'),
        mode: 'ask',
        requestedBy: 'aya',
        origin: { kind: 'person' },
      }),
  },
  {
    name: 'to approve as the last who must',
    given: async (stage) => {
      await stage.proposed('EC2.2');
      await stage.responses.approve('run', { name: 'ken' }, await hashOf(stage));
    },
    wish: async (responses, stage) => responses.approve('run', { name: 'mei' }, await hashOf(stage)),
  },
  {
    name: 'to resume',
    given: async (stage) => {
      await stage.approved('EC2.2');
      await stage.switchOff();
      await stage.work();
      await stage.responses.setKillSwitch(false, { name: 'oncall' }, 'was nothing');
    },
    wish: (responses) => responses.resume('run', { name: 'ken' }),
  },
  {
    name: 'to take back',
    given: async (stage) => {
      await stage.approved('EC2.2');
      await stage.work();
    },
    wish: (responses) => responses.undo('run', { name: 'ken' }),
  },
];

/** A transaction that does not come to its end once the workflow was begun in it. */
const breaking =
  ({ enqueue }: Stage): Enqueue =>
  async (...wanted) => {
    await enqueue(...wanted);
    throw new Error('the connection broke');
  };

describe('a wish and the workflow that follows from it', () => {
  it.each(wishes)('are there both or neither: $name', async ({ given, wish }) => {
    const stage = await stages.set();
    await given(stage);
    const before = await snapshot();
    const responses = openResponses({ database: stages.database, enqueue: breaking(stage), now: () => stage.now });
    await expect(wish(responses, stage)).rejects.toThrow('the connection broke');
    expect(await snapshot()).toEqual(before);
    await wish(stage.responses, stage);
    expect(await begun()).toHaveLength(1);
  });

  it('are there both or neither: a policy that approves', async () => {
    const stage = await stages.set();
    await stage.ask('EC2.7', { mode: 'automatic' });
    const worker = { ...stage.context, enqueue: breaking(stage) };
    await expect(proposeRun(worker, 'run')).rejects.toThrow('the connection broke');
    expect((await stage.responses.show('run')).state).toBe('requested');
    expect(await begun()).toEqual(['propose@1:run:0']);
    expect((await stage.work()).state).toBe('resolved');
  });
});

it('a wait and the workflow that ends it are there both or neither', async () => {
  const stage = await stages.set();
  await stage.approved('EC2.2', { notBefore: new Date(NOW.getTime() + 3_600_000).toISOString() });
  await stages.database.query('truncate stage.begun');
  let times = 0;
  const enqueue: Enqueue = (...wanted) => ((times += 1) === 1 ? breaking(stage) : stage.enqueue)(...wanted);
  await stage.carry('apply@2', { runId: 'run', turn: 1 }, { enqueue });
  expect(times).toBe(2);
  expect(await begun()).toEqual(['apply@2:run:2']);
  expect((await stage.responses.show('run')).state).toBe('approved');
});

/** All that a wish may change. */
async function snapshot(): Promise<unknown> {
  const { rows } = await stages.database.query(
    `select (select json_agg(r) from hikeshi.run r) as runs, (select json_agg(a) from hikeshi.run_approval a) as approvals,
       (select json_agg(e) from hikeshi.run_entry e) as entries, (select json_agg(b) from stage.begun b) as begun,
       (select json_agg(t.step) from hikeshi.run_attestation t) as attestations`,
  );
  return rows[0];
}

/** Approvals that are refused; each leaves the proposal as it was. */
const refusals: readonly {
  name: string;
  given?: (stage: Stage) => Promise<unknown>;
  by?: { name: string; accounts?: readonly string[] };
  hash?: string;
  code: string;
  state?: string;
}[] = [
  { name: 'of another proposal', hash: 'x', code: 'proposal-changed' },
  { name: 'of who asked for it', by: { name: 'aya' }, code: 'own-request' },
  { name: 'of somebody whose account it is not', by: { name: 'ken', accounts: ['1'] }, code: 'not-yours' },
  { name: 'while the kill switch is engaged', given: (stage) => stage.switchOff(), code: 'kill-switch-engaged' },
  {
    name: 'once it has expired',
    given: (stage) => stage.pass(15 * 86_400_000),
    code: 'not-awaiting-approval',
    state: 'expired',
  },
  {
    name: 'once somebody declined it',
    given: (stage) => stage.responses.decline('run', { name: 'mei' }),
    code: 'not-awaiting-approval',
    state: 'declined',
  },
  {
    name: 'once somebody cancelled it',
    given: (stage) => stage.responses.cancel('run', { name: 'mei' }),
    code: 'not-awaiting-approval',
    state: 'cancelled',
  },
];

describe('an approval', () => {
  it.each(refusals)('$name is refused', async ({ given, by, hash, code, state }) => {
    const stage = await stages.set();
    await stage.proposed('EC2.2');
    const right = await hashOf(stage);
    await given?.(stage);
    const refused = stage.responses.approve('run', by ?? { name: 'ken' }, hash ?? right);
    await expect(refused).rejects.toMatchObject({ code });
    expect((await stage.responses.show('run')).state).toBe(state ?? 'proposed');
    expect(await begun()).toEqual([]);
  });

  it('by one of two persons begins nothing', async () => {
    const stage = await stages.set();
    await stage.proposed('EC2.2');
    const run = await stage.responses.approve('run', { name: 'ken' }, await hashOf(stage));
    expect(run).toMatchObject({ state: 'proposed', reason: '1 of 2 persons approved it' });
    expect(await begun()).toEqual([]);
    expect(stage.now).toEqual(NOW);
  });
});
