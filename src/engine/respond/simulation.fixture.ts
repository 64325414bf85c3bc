import type pg from 'pg';
import { SeededRandom } from '../../base/ports.js';
import type { Database, Queries } from '../../store/postgres/database.js';
import { Fenced } from '../../store/postgres/runs/run-journal.js';
import { workflowId, type Durable, type Enqueue, type WorkflowInput, type WorkflowName } from './durable.js';
import type { RunContext } from './run-context.js';
import { workflows } from './workflows.js';

/** Everybody of the simulation who does things: workers, and the people. One at a time, in an order that the seed decides. */
export interface Actor {
  readonly name: string;
  readonly mayDie: boolean;
  dead: boolean;
  /** Does nothing before this moment. */
  until: number;
  frozenUntil: number;
  /** Is killed by then: a worker that lost the connection that says that it lives. */
  diesAt: number;
  /** Others take it for dead, and what it was at for theirs. */
  lost: boolean;
  readonly waiting: (() => void)[];
  readonly leased: Set<pg.PoolClient>;
}

/** What befalls a use of the database: its connection ends before it has an effect, or after it, so that its answer is lost. */
export type Cut = 'before' | 'after' | undefined;

/** Nobody answers: the database is starting up. */
export class DatabaseAway extends Error {
  readonly code = '57P03';
}

/** Never answers: what a killed process is left with. */
const never = (): Promise<never> => new Promise(() => undefined);

/** Connections are ended this much more seldom than workers. */
const CUT_SELDOM = 6;

/** What an operation is, for what may happen to it. A call that is on its way cannot be frozen. */
type Kind = 'plain' | 'call';

/**
 * The order of things. Every operation on the world is a turn: its actor waits at the gate, the seed picks who is next,
 * and nothing else moves until that operation has ended and its actor has come to its next one. So a run of the
 * simulation follows from its seed.
 */
export class Turns {
  readonly random: SeededRandom;
  readonly actors: Actor[] = [];
  /** Time that only goes forward; the clock that is read may be set. */
  monoMs = Date.parse('2026-03-01T00:00:00.000Z');
  skewMs = 0;
  crashes = 0;
  freezes = 0;
  /** Connections that were ended, each in the middle of a use. */
  cuts = 0;
  turns = 0;
  /** The database answers nobody before this moment. */
  awayUntil = 0;
  /** Ends a connection, and answers once the server has rolled back what was open on it. */
  readonly end: (client: pg.PoolClient) => Promise<void>;
  /** One operation in so many ends in a crash; 0 is none. */
  crashOneIn: number;
  private arrived: () => void = () => undefined;
  /** The connections of whoever was killed last, until they have ended. */
  private ending: Promise<unknown> = Promise.resolve();

  constructor(seed: number, crashOneIn: number, end: (client: pg.PoolClient) => Promise<void>) {
    this.random = new SeededRandom(seed);
    this.crashOneIn = crashOneIn;
    this.end = end;
  }

  now = (): Date => new Date(this.monoMs + this.skewMs);

  actor(name: string, mayDie: boolean): Actor {
    const actor: Actor = {
      name,
      mayDie,
      dead: false,
      until: 0,
      frozenUntil: 0,
      diesAt: Infinity,
      lost: false,
      waiting: [],
      leased: new Set(),
    };
    this.actors.push(actor);
    return actor;
  }

  /** One operation of an actor: a crash may come before it, or after it when its answer is lost. */
  async turn<Made>(actor: Actor, work: () => Promise<Made>, kind: Kind = 'plain'): Promise<Made> {
    await this.gate(actor);
    if (kind === 'plain' && this.happens(actor, 8)) {
      this.freezes += 1;
      actor.frozenUntil = this.monoMs + 60_000;
      await this.gate(actor);
    }
    if (this.monoMs >= actor.diesAt || this.happens(actor)) return this.kill(actor);
    const made = await work();
    if (this.happens(actor)) return this.kill(actor);
    return made;
  }

  sleep(actor: Actor, milliseconds: number): Promise<void> {
    actor.until = this.monoMs + milliseconds;
    return this.turn(actor, () => Promise.resolve());
  }

  /** Lets one actor after another go on until `isOver`. */
  async play(isOver: () => Promise<boolean>, befall: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.allArrived();
      await this.ending;
      await befall();
      if (this.turns % 64 === 0 && (await isOver())) return;
      if (this.actors.every(({ dead }) => dead)) return;
      const ready = this.actors.filter((actor) => !actor.dead && wakes(actor) <= this.monoMs);
      if (ready.length === 0) {
        this.monoMs = Math.min(...this.actors.filter(({ dead }) => !dead).map(wakes));
        continue;
      }
      const next = this.random.pick(ready);
      this.turns += 1;
      this.monoMs += 1 + this.random.below(20);
      if (this.random.chance(0.0005)) this.skewMs += this.random.pick([-10_000, 60_000, 3_600_000, -600_000]);
      next.waiting.shift()?.();
    }
  }

  happens(actor: Actor, seldom = 2): boolean {
    return actor.mayDie && this.crashOneIn > 0 && this.random.chance(1 / (this.crashOneIn * seldom));
  }

  cutOf(): Cut {
    if (this.crashOneIn === 0 || !this.random.chance(1 / (this.crashOneIn * CUT_SELDOM))) return undefined;
    this.cuts += 1;
    return this.random.pick(['before', 'after'] as const);
  }

  /** @throws DatabaseAway while the database answers nobody. */
  reach(): void {
    if (this.monoMs < this.awayUntil) throw new DatabaseAway('the database system is starting up');
  }

  kill(actor: Actor): Promise<never> {
    this.crashes += 1;
    actor.dead = true;
    const leased = [...actor.leased];
    actor.leased.clear();
    this.ending = Promise.all(
      leased.map(async (client) => {
        await this.end(client);
        client.release(true);
      }),
    );
    this.arrived();
    return never();
  }

  private async gate(actor: Actor): Promise<void> {
    if (actor.dead) return never();
    await new Promise<void>((go) => {
      actor.waiting.push(go);
      this.arrived();
    });
    if (actor.dead) return never();
  }

  private async allArrived(): Promise<void> {
    while (this.actors.some(({ dead, waiting }) => !dead && waiting.length === 0)) {
      await new Promise<void>((arrived) => (this.arrived = arrived));
    }
  }
}

const wakes = ({ until, frozenUntil }: Actor): number => Math.max(until, frozenUntil);

/** A worker that finds nothing looks again after this, and then twice as long each time. */
const IDLE_MS = 500;
const IDLE_MS_MAX = 30_000;
const AWAY_PAUSE_MS = 1000;
/** As the real engine has it (`dbos.ts`). */
const STEP_TRIES_MAX = 8;

/** This execution has lost its workflow to another worker. */
class Lost extends Error {}

interface Taken {
  readonly id: string;
  readonly name: WorkflowName;
  readonly input: WorkflowInput;
  readonly token: number;
}

/** A workflow engine with the promises of the real one, small enough to be seen through: rows, steps, an owner's token. */
export class SimulatedEngine {
  private readonly database: Database;
  private readonly turns: Turns;
  private tokens = 0;
  private readonly owners = new Map<number, Actor>();

  constructor(database: Database, turns: Turns) {
    this.database = database;
    this.turns = turns;
  }

  async install(): Promise<void> {
    await this.database.query(`create schema sim;
      create table sim.workflow (id text primary key, name text not null, run_id text not null, turn integer not null,
        lane integer not null, at timestamptz not null, status text not null default 'queued', token integer);
      create table sim.step (workflow text not null, place integer not null, output json, primary key (workflow, place))`);
  }

  readonly enqueue: Enqueue = async (client: Queries, name, input, { lane, at }) => {
    await client.query(
      `insert into sim.workflow (id, name, run_id, turn, lane, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [workflowId(name, input), name, input.runId, input.turn, lane, (at ?? new Date(0)).toISOString()],
    );
  };

  async unfinished(): Promise<number> {
    const { rows } = await this.database.query<{ n: number }>(
      `select count(*) as n from sim.workflow where status <> 'done'`,
    );
    return rows[0]?.n ?? 0;
  }

  /** A worker's life: takes what is to be done, does it, and takes the next. Also what dead and frozen workers left. */
  async work(actor: Actor, context: RunContext): Promise<never> {
    const done = `update sim.workflow set status = 'done' where id = $1`;
    let idleMs = IDLE_MS;
    for (;;) {
      const taken = await this.patiently(actor, () => this.take(actor));
      if (taken === undefined) {
        await this.turns.sleep(actor, idleMs);
        idleMs = Math.min(idleMs * 2, IDLE_MS_MAX);
        continue;
      }
      idleMs = IDLE_MS;
      try {
        await workflows[taken.name](this.durable(actor, taken), context, taken.input);
        await this.patiently(actor, () => this.owned(taken, done));
      } catch (error) {
        if (!(error instanceof Fenced) && !(error instanceof Lost)) throw error;
        await this.patiently(actor, () => this.owned(taken, done)).catch(() => 0);
      }
    }
  }

  /** Something of the engine's own, again until the database answers: as the real one does. */
  private async patiently<Made>(actor: Actor, work: () => Promise<Made>): Promise<Made> {
    for (;;) {
      try {
        return await this.turns.turn(actor, async () => {
          this.turns.reach();
          return work();
        });
      } catch (error) {
        if (!(error instanceof DatabaseAway)) throw error;
        await this.turns.sleep(actor, AWAY_PAUSE_MS);
      }
    }
  }

  private async take(actor: Actor): Promise<Taken | undefined> {
    const gone = [...this.owners].filter(
      ([, { dead, lost, frozenUntil }]) => dead || lost || frozenUntil > this.turns.monoMs + 1000,
    );
    await this.database.query(
      `update sim.workflow set status = 'queued', token = null where status = 'running' and token = any($1)`,
      [gone.map(([token]) => token)],
    );
    for (const [token] of gone) this.owners.delete(token);
    const token = (this.tokens += 1);
    const { rows } = await this.database.query<{ id: string; name: WorkflowName; run: string; turn: number }>(
      `update sim.workflow set status = 'running', token = $1 where id = (
         select id from sim.workflow w where status = 'queued' and at <= $2 and (name = 'propose@1' or not exists (
           select 1 from sim.workflow o where o.lane = w.lane and o.status = 'running' and o.name <> 'propose@1'))
         order by md5(id || $3) limit 1) returning id, name, run_id as run, turn`,
      [token, this.turns.now().toISOString(), String(this.turns.random.below(1000))],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    this.owners.set(token, actor);
    return { id: row.id, name: row.name, input: { runId: row.run, turn: row.turn }, token };
  }

  /** Does something for a workflow if it is still its execution's own. */
  private async owned(taken: Taken, text: string, values: readonly unknown[] = []): Promise<number> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query(`select 1 from sim.workflow where id = $1 and token = $2 for update`, [
        taken.id,
        taken.token,
      ]);
      if (rowCount !== 1) throw new Lost(`${taken.id} is another worker's`);
      return (await client.query(text, [taken.id, ...values])).rowCount ?? 0;
    });
  }

  private durable(actor: Actor, taken: Taken): Durable {
    let place = 0;
    const recorded = async (at: number): Promise<{ output: unknown } | undefined> => {
      const { rows } = await this.database.query<{ output: unknown }>(
        'select output from sim.step where workflow = $1 and place = $2',
        [taken.id, at],
      );
      return rows[0];
    };
    const step = async <Made>(_name: string, work: () => Promise<Made>): Promise<Made> => {
      const own = (place += 1);
      const known = await this.patiently(actor, () => recorded(own));
      if (known !== undefined) return known.output as Made;
      for (let attempt = 1; ; attempt++) {
        try {
          const made = await work();
          const keep = 'insert into sim.step (workflow, place, output) values ($1, $2, $3)';
          await this.patiently(actor, () => this.owned(taken, keep, [own, JSON.stringify(made ?? null)]));
          return made;
        } catch (error) {
          if (error instanceof Fenced || error instanceof Lost || attempt >= STEP_TRIES_MAX) throw error;
          await this.turns.sleep(actor, 500 * 2 ** attempt);
        }
      }
    };
    return {
      step,
      // The moment is kept like a step's answer, so that a wait that was cut off goes on until then.
      sleep: async (milliseconds) => {
        const wake = await step('sleep', () => Promise.resolve(this.turns.monoMs + milliseconds));
        if (wake > this.turns.monoMs) await this.turns.sleep(actor, wake - this.turns.monoMs);
      },
      isLost: (error) => error instanceof Lost,
    };
  }
}
