import { describe, expect, it } from 'vitest';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { execute, undo } from './execute.js';
import { MemoryJournal, progressOf, type JournalEntry } from './journal.js';
import type { Plan, Step } from './playbook.js';

/** A world of switches: `Set` turns one, `Get` reads it. Faults are injected by call number. */
class Switches {
  readonly state: Record<string, string>;
  readonly journal = new MemoryJournal();
  readonly sent: string[] = [];
  slept = 0;
  /** What happens at the n-th write: fail before it takes effect, or lose the answer after it did. */
  fault: { readonly write: number; readonly kind: 'refuse' | 'lose answer' | 'die' } | undefined;
  private writes = 0;

  constructor(state: Record<string, string>) {
    this.state = { ...state };
  }

  readonly send: Send = (call) => {
    const { name, value } = call.input as { name: string; value?: string };
    if (call.operation === 'Get') return Promise.resolve({ value: this.state[name] });
    this.sent.push(`${name}=${value ?? ''}`);
    this.writes += 1;
    const fault = this.fault?.write === this.writes ? this.fault.kind : undefined;
    if (fault === 'refuse') return Promise.reject(new ApiError(call, 'AccessDenied', 'no', 403));
    this.state[name] = value ?? '';
    if (fault === 'lose answer') return Promise.reject(new ApiError(call, 'NetworkingError', 'reset'));
    if (fault === 'die') return Promise.reject(new Error('killed'));
    return Promise.resolve({ was: name });
  };

  readonly sleep = (milliseconds: number): Promise<void> => {
    this.slept += milliseconds;
    return Promise.resolve();
  };
}

const call = (operation: string, input: Record<string, unknown>): ApiCall => ({
  service: 'ec2',
  operation,
  accountId: '1',
  region: 'r',
  input,
});
const is = (name: string, value: string) => ({ read: call('Get', { name }), path: 'value', expect: { equals: value } });

function turn(name: string, extra: Partial<Step> = {}): Step {
  return {
    id: name,
    title: `turn ${name} on`,
    call: call('Set', { name, value: 'on' }),
    before: [is(name, 'off')],
    after: [is(name, 'on')],
    undo: [call('Set', { name, value: 'off' })],
    ...extra,
  };
}

function planOf(...steps: readonly Step[]): Plan {
  const subject = {
    controlId: 'X.1',
    accountId: '1',
    region: 'r',
    resourceType: 'AWS::EC2::Instance',
    resourceArn: 'arn',
  } as const;
  return { playbook: 'switches', risk: 'S', subject, steps, warnings: [], outsideModel: [] };
}

const plan = planOf(turn('a'), turn('b'));
const kinds = (entries: readonly JournalEntry[]) => entries.map(({ kind, step }) => `${kind} ${step}`);

describe('carrying out a plan', () => {
  it('writes the intent before and the answer after every call', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    expect(await execute(plan, world)).toEqual({ status: 'complete' });
    expect(world.state).toEqual({ a: 'on', b: 'on' });
    expect(kinds(world.journal.entries)).toEqual([
      'intent a',
      'done a',
      'settled a',
      'intent b',
      'done b',
      'settled b',
    ]);
  });

  it('stops before the call when reality is not what the plan expects', async () => {
    const world = new Switches({ a: 'off', b: 'broken' });
    expect(await execute(plan, world)).toMatchObject({
      status: 'conflict',
      step: 'b',
      observations: [{ observed: 'broken' }],
    });
    expect(world.sent).toEqual(['a=on']);
  });

  it('stops and says so when a call is refused', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    world.fault = { write: 2, kind: 'refuse' };
    expect(await execute(plan, world)).toMatchObject({ status: 'failed', step: 'b', error: { code: 'AccessDenied' } });
    expect(world.state).toEqual({ a: 'on', b: 'off' });
  });

  it('waits for what a call leaves behind, and gives up in time', async () => {
    const world = new Switches({ a: 'off' });
    const slow = planOf(turn('a', { after: [is('a', 'never')], settleSeconds: 10 }));
    expect(await execute(slow, world)).toMatchObject({ status: 'unsettled', step: 'a' });
    expect(world.slept).toBeGreaterThanOrEqual(10_000);
  });
});

describe('continuing an interrupted run', () => {
  it('does not repeat a call that is known to be done', async () => {
    const world = new Switches({ a: 'on', b: 'off' });
    const earlier: JournalEntry[] = [
      { kind: 'intent', step: 'a', call: plan.steps[0]!.call },
      { kind: 'done', step: 'a', output: {} },
    ];
    expect(await execute(plan, world, earlier)).toEqual({ status: 'complete' });
    expect(world.sent).toEqual(['b=on']);
  });

  it('finds out that a call whose answer was lost did happen, and does not repeat it', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    world.fault = { write: 1, kind: 'lose answer' };
    expect(await execute(plan, world)).toMatchObject({ status: 'failed', step: 'a' });
    world.fault = undefined;
    expect(await execute(plan, world, world.journal.entries)).toEqual({ status: 'complete' });
    expect(world.sent).toEqual(['a=on', 'b=on']);
  });

  it('makes a call that was intended but never happened', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    const earlier: JournalEntry[] = [{ kind: 'intent', step: 'a', call: plan.steps[0]!.call }];
    expect(await execute(plan, world, earlier)).toEqual({ status: 'complete' });
    expect(world.sent).toEqual(['a=on', 'b=on']);
  });
});

describe('undoing a run', () => {
  it('takes the steps back, last first', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    await execute(plan, world);
    expect(await undo(plan, world, world.journal.entries)).toEqual({ status: 'complete' });
    expect(world.state).toEqual({ a: 'off', b: 'off' });
    expect(world.sent.slice(2)).toEqual(['b=off', 'a=off']);
  });

  it('undoes only what was done', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    world.fault = { write: 2, kind: 'refuse' };
    await execute(plan, world);
    expect(await undo(plan, world, world.journal.entries)).toEqual({ status: 'complete' });
    expect(world.sent.slice(2)).toEqual(['a=off']);
  });

  it('undoes a call whose answer was lost', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    world.fault = { write: 1, kind: 'lose answer' };
    await execute(plan, world);
    expect(await undo(plan, world, world.journal.entries)).toEqual({ status: 'complete' });
    expect(world.state).toEqual({ a: 'off', b: 'off' });
  });

  it('leaves alone what somebody has changed since', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    await execute(plan, world);
    world.state['b'] = 'changed by hand';
    expect(await undo(plan, world, world.journal.entries)).toMatchObject({ status: 'conflict', step: 'b' });
    expect(world.state).toEqual({ a: 'on', b: 'changed by hand' });
  });

  it('says why when a step cannot be taken back', async () => {
    const world = new Switches({ a: 'off' });
    const final = planOf(turn('a', { undo: { impossible: 'a patch cannot be uninstalled' } }));
    await execute(final, world);
    expect(await undo(final, world, world.journal.entries)).toMatchObject({
      status: 'failed',
      error: { code: 'NotUndoable', message: 'a patch cannot be uninstalled' },
    });
  });

  it('can be repeated: a second undo changes nothing', async () => {
    const world = new Switches({ a: 'off', b: 'off' });
    await execute(plan, world);
    await undo(plan, world, world.journal.entries);
    const calls = world.sent.length;
    expect(await undo(plan, world, world.journal.entries)).toEqual({ status: 'complete' });
    expect(world.sent).toHaveLength(calls);
  });
});

it('a run killed at any point can be continued to the end or undone to the start', async () => {
  for (const then of ['continue', 'undo'] as const) {
    for (let lines = 0; lines <= 6; lines++) {
      const world = new Switches({ a: 'off', b: 'off' });
      await execute(plan, world);
      const kept = world.journal.entries.slice(0, lines);
      // What the record does not know of may or may not have happened; here, calls after the cut had not.
      const happened = kept.filter(({ kind }) => kind === 'done').map(({ step }) => step);
      for (const name of ['a', 'b']) world.state[name] = happened.includes(name) ? 'on' : 'off';
      const outcome = then === 'continue' ? await execute(plan, world, kept) : await undo(plan, world, kept);
      expect(outcome).toEqual({ status: 'complete' });
      expect(world.state).toEqual(then === 'continue' ? { a: 'on', b: 'on' } : { a: 'off', b: 'off' });
    }
  }
});

it('a refused attempt does not take back that an earlier one may have taken effect', () => {
  const call = { service: 'ec2', operation: 'X', accountId: '1', region: 'r', input: {} } as const;
  const intent = { kind: 'intent' as const, step: 'one', call };
  const failed = { kind: 'failed' as const, step: 'one', error: { code: 'Throttling', message: '' } };
  const refused = { ...failed, mayHaveHappened: false };
  expect(progressOf([intent, refused]).uncertain).toBeUndefined();
  expect(progressOf([intent, intent, refused]).uncertain).toBe('one');
  expect(progressOf([intent, intent, refused, { kind: 'done', step: 'one', output: {} }]).uncertain).toBeUndefined();
});
