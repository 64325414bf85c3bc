import { Fork } from '../../estate/fork.js';
import { ApiError } from '../../reference/api-error.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import type { Actor, Turns } from './simulation.fixture.js';
import type { Oracle } from './simulation-oracle.fixture.js';
import type { DemoWorld } from './testing.fixture.js';

const READ = /^(Describe|Get|List|Head)/;
/** Reads may be older than a write by this much. */
export const STALE_MS = 8000;

/** How an account was before one of its latest changes. */
interface Past {
  readonly accountId: string;
  readonly untilMs: number;
  readonly estate: Fork;
  send?: Send;
}

/**
 * AWS at its worst: throttles, refusals, answers that are lost before or after the effect, and reads that are older than writes: each
 * read may be answered by any state that its account was in within the last seconds, also by an older one than the last was.
 */
export class SimulatedAws {
  private readonly turns: Turns;
  private readonly world: DemoWorld;
  private readonly oracle: Oracle;
  private past: Past[] = [];
  /** When a change was last left without an answer. */
  falteredMs = -Infinity;

  constructor(turns: Turns, world: DemoWorld, oracle: Oracle) {
    this.turns = turns;
    this.world = world;
    this.oracle = oracle;
  }

  /** The API as an actor reaches it: each call is a turn. */
  sendOf(actor: Actor): Send {
    return (call, onAnswer) => {
      const isRead = READ.test(call.operation);
      return this.turns.turn(
        actor,
        () => (isRead ? this.read(call) : this.change(call, onAnswer)),
        isRead ? 'plain' : 'call',
      );
    };
  }

  /** A call that nothing befalls, by somebody who is not Hikeshi. */
  async foreign(call: ApiCall): Promise<Record<string, unknown>> {
    this.remember(call.accountId);
    return this.real(call);
  }

  async real(call: ApiCall, onAnswer?: (id: string) => void): Promise<Record<string, unknown>> {
    return (await this.world.ports.connection(call.accountId)).send(call, onAnswer);
  }

  private async read(call: ApiCall): Promise<Record<string, unknown>> {
    const { random, monoMs } = this.turns;
    if (random.chance(0.005)) throw new ApiError(call, 'ThrottlingException', 'slow down', 400);
    this.past = this.past.filter(({ untilMs }) => monoMs - untilMs < STALE_MS);
    const states = this.past.filter(({ accountId }) => accountId === call.accountId);
    if (states.length === 0 || !random.chance(0.3)) return this.real(call);
    const state = random.pick(states);
    state.send ??= this.world.sendOn(state.estate);
    return state.send(call);
  }

  private async change(call: ApiCall, onAnswer?: (id: string) => void): Promise<Record<string, unknown>> {
    const { random } = this.turns;
    if (random.chance(0.06)) throw new ApiError(call, 'AccessDenied', 'a policy denies it', 403);
    if (random.chance(0.04)) throw new ApiError(call, 'ThrottlingException', 'slow down', 400);
    if (random.chance(0.06)) throw this.faltered(new ApiError(call, 'TimeoutError', 'it was never received'));
    const isLost = random.chance(0.05);
    const effect = await this.oracle.rightOf(call);
    this.remember(call.accountId);
    const output = await this.real(call, onAnswer);
    if (effect !== undefined) this.oracle.note(effect);
    if (isLost) throw this.faltered(new ApiError(call, 'NetworkingError', 'the answer was lost'));
    return output;
  }

  private faltered(error: ApiError): ApiError {
    this.falteredMs = this.turns.monoMs;
    return error;
  }

  private remember(accountId: string): void {
    this.past.push({ accountId, untilMs: this.turns.monoMs, estate: new Fork(this.world.twin.estate) });
  }
}
