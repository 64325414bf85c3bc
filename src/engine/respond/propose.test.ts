import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../reference/api-call.js';
import type { ResponseMode, ResponseState } from './responses.js';
import { openStages, type Stage } from './stage.fixture.js';

const stages = openStages();

/** What stands when a run was asked for, and what comes of looking at it. EC2.7 is of risk class S, EC2.2 of class H. */
interface Case {
  readonly name: string;
  readonly control: 'EC2.7' | 'EC2.2';
  readonly mode: ResponseMode;
  readonly given?: (stage: Stage) => Promise<unknown>;
  readonly then: ResponseState;
  readonly because?: string;
  readonly needs?: number;
}

/** Somebody does what the run would do. */
async function fixedByHand(stage: Stage): Promise<void> {
  const { accountId, region } = stage.finding('EC2.7');
  const call: ApiCall = { service: 'ec2', operation: 'EnableEbsEncryptionByDefault', accountId, region, input: {} };
  await (await stage.world.ports.connection(accountId)).send(call);
}

const excluded = (control: string) => (stage: Stage) =>
  stage.set({ exclude: [{ accounts: [stage.finding(control).accountId] }] });

const cases: readonly Case[] = [
  {
    name: 'a safe one that may be automatic is applied',
    control: 'EC2.7',
    mode: 'automatic',
    then: 'approved',
    needs: 0,
  },
  {
    name: 'a safe one that is asked for waits for one person',
    control: 'EC2.7',
    mode: 'ask',
    then: 'proposed',
    needs: 1,
  },
  { name: 'a dangerous one waits for two persons', control: 'EC2.2', mode: 'ask', then: 'proposed', needs: 2 },
  { name: 'a dangerous one is never automatic', control: 'EC2.2', mode: 'automatic', then: 'proposed', needs: 2 },
  { name: 'one that is only to be told waits', control: 'EC2.7', mode: 'notify', then: 'proposed', needs: 1 },
  {
    name: 'one of an excluded account is refused',
    control: 'EC2.7',
    mode: 'automatic',
    given: excluded('EC2.7'),
    then: 'refused',
    because: 'responses exclude it',
  },
  {
    name: 'one that a person asks for in an excluded account is refused as well',
    control: 'EC2.2',
    mode: 'ask',
    given: excluded('EC2.2'),
    then: 'refused',
    because: 'responses exclude it',
  },
  {
    name: 'one of an account that is not included is refused',
    control: 'EC2.7',
    mode: 'automatic',
    given: (stage) => stage.set({ include: [{ accounts: ['111111111111'] }] }),
    then: 'refused',
    because: 'responses do not include it',
  },
  {
    name: 'while the kill switch is engaged, a person decides',
    control: 'EC2.7',
    mode: 'automatic',
    given: (stage) => stage.switchOff(),
    then: 'proposed',
    because: 'the kill switch is engaged: a person decides',
    needs: 1,
  },
  {
    name: 'one that was fixed by hand is closed already',
    control: 'EC2.7',
    mode: 'automatic',
    given: fixedByHand,
    then: 'already-closed',
    because: 'the control passes by now',
  },
];

describe('a run that was asked for', () => {
  it.each(cases)('$name', async ({ control, mode, given, then, because, needs }) => {
    const stage = await stages.set();
    await given?.(stage);
    await stage.ask(control, { mode });
    const { state, reason = '', approvalsNeeded } = await stage.work('run', 1);
    expect({ state, approvalsNeeded }).toEqual({ state: then, approvalsNeeded: needs ?? approvalsNeeded });
    expect(reason).toContain(because ?? '');
    // Nothing follows from it by itself but what was approved.
    const { rows } = await stages.database.query<{ name: string }>('select name from stage.begun');
    expect(rows.map(({ name }) => name)).toEqual(then === 'approved' ? ['apply@2'] : []);
    expect(stage.effects).toEqual([]);
  });
});
