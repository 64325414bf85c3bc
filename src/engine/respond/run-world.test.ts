import { describe, expect, it } from 'vitest';
import { claimRun } from '../../store/postgres/runs/run-journal.js';
import type { ResponseState } from './responses.js';
import { runWorld } from './run-world.js';
import { defaultSettings } from './settings.js';
import { openStages, type Stage } from './stage.fixture.js';

const stages = openStages();

/** A run of two calls, what happens at one of them, and which calls are made. */
interface Case {
  readonly name: string;
  readonly given: (stage: Stage) => void | Promise<void>;
  readonly effects: readonly string[];
  readonly then: ResponseState;
  readonly because: string;
}

const INGRESS = 'RevokeSecurityGroupIngress';
const EGRESS = 'RevokeSecurityGroupEgress';
const cancel = (stage: Stage) => stage.responses.cancel('run', { name: 'ken' });
/** Before the second call there is a long wait. */
const slowly = (stage: Stage) => stage.set({ rates: [{ perSecond: 0.1, burst: 1 }] });

const cases: readonly Case[] = [
  {
    name: 'are made one after another',
    given: () => undefined,
    effects: [INGRESS, EGRESS],
    then: 'resolved',
    because: '',
  },
  {
    name: 'end with the one that is under way when the kill switch is engaged',
    given: (stage) => void (stage.fate = { after: (_call, place) => only(place === 1, () => stage.switchOff()) }),
    effects: [INGRESS],
    then: 'stopped',
    because: 'KillSwitch: engaged by oncall',
  },
  {
    name: 'end with the one that is under way when the run is cancelled',
    given: (stage) => void (stage.fate = { after: (_call, place) => only(place === 1, () => cancel(stage)) }),
    effects: [INGRESS],
    then: 'stopped',
    because: 'Cancelled: by ken',
  },
  {
    name: 'are asked for again where the kill switch is engaged while the next one waits for its turn',
    given: async (stage) => {
      await slowly(stage);
      stage.meanwhile = () => stage.switchOff();
    },
    effects: [INGRESS],
    then: 'stopped',
    because: 'KillSwitch: engaged by oncall',
  },
  {
    name: 'are asked for again where the run is cancelled while the next one waits for its turn',
    given: async (stage) => {
      await slowly(stage);
      stage.meanwhile = () => cancel(stage).then(() => undefined);
    },
    effects: [INGRESS],
    then: 'stopped',
    because: 'Cancelled: by ken',
  },
  {
    name: 'are made once each where another worker took the run in between, and is gone again',
    given: (stage) =>
      void (stage.fate = {
        after: (_call, place) =>
          only(place === 1, () => claimRun(stages.database, 'run', 'other', stage.now.toISOString())),
      }),
    effects: [INGRESS, EGRESS],
    then: 'resolved',
    because: '',
  },
];

async function only(condition: boolean, work: () => Promise<unknown>): Promise<void> {
  if (condition) await work();
}

describe('the calls of a run', () => {
  it.each(cases)('$name', async ({ given, effects, then, because }) => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    await given(stage);
    await stage.work();
    await stage.pass(1000);
    const run = await stage.work();
    expect(stage.effects).toEqual(effects);
    expect(run.state).toBe(then);
    expect(run.reason).toContain(because);
  });

  it('are not made by a worker that slept while another one took the run', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    await slowly(stage);
    stage.meanwhile = async () => {
      stage.meanwhile = () => Promise.resolve();
      await claimRun(stages.database, 'run', 'other', stage.now.toISOString());
    };
    expect((await stage.work()).state).toBe('applying');
    expect(stage.effects).toEqual([INGRESS]);
    // The other one is gone again, and the run is begun anew.
    await stage.pass(1000);
    expect((await stage.work()).state).toBe('resolved');
    expect(stage.effects).toEqual([INGRESS, EGRESS]);
  });

  it('go on after a kill switch was released and somebody resumed the run, each of them once', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    stage.fate = { after: (_call, place) => only(place === 1, () => stage.switchOff()) };
    await stage.work();
    const by = { name: 'oncall' };
    await expect(stage.responses.resume('run', by)).rejects.toMatchObject({ code: 'kill-switch-engaged' });
    await stage.responses.setKillSwitch(false, by, 'was nothing');
    await stage.responses.resume('run', by);
    expect((await stage.work()).state).toBe('resolved');
    expect(stage.effects).toEqual([INGRESS, EGRESS]);
  });

  it('are taken back although the kill switch is engaged: that is what a person does who engaged it', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    await stage.work();
    await stage.switchOff();
    await stage.responses.undo('run', { name: 'oncall' });
    expect((await stage.work()).state).toBe('undone');
    expect(stage.effects.slice(2)).toEqual(['AuthorizeSecurityGroupEgress', 'AuthorizeSecurityGroupIngress']);
  });

  it('leave nothing secret of their answers in the journal', async () => {
    const stage = await stages.set();
    await stage.approved('EC2.2');
    const epoch = await claimRun(stages.database, 'run', 'worker', stage.now.toISOString());
    const { entries } = await stage.responses.show('run');
    const { send } = await stage.world.ports.connection(stage.finding('EC2.2').accountId);
    const settings = defaultSettings;
    const options = { runId: 'run', epoch, entries: entries.length, settings, send, verb: 'apply' as const };
    const output = {
      AccessKey: { AccessKeyId: 'AKIA1', SecretAccessKey: 'hunter2' },
      Others: [{ Password: 'hunter2' }],
    };
    await runWorld(stage.context, options).journal.write({ kind: 'done', step: 'one', output });
    expect((await stage.responses.show('run')).entries.at(-1)).toMatchObject({
      output: {
        AccessKey: { AccessKeyId: 'AKIA1', SecretAccessKey: '(not kept)' },
        Others: [{ Password: '(not kept)' }],
      },
    });
  });
});
