import { BaselineEstate } from '../../controls/tamper/baseline-estate.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import { controls as scanned } from '../../controls/catalogue.js';
import { isConnectionLost, type Database } from '../../store/postgres/database.js';
import type { RestartKind } from '../../store/postgres/testing.fixture.js';
import { expireProposals, restartLost, warnOwners } from './chores.js';
import { setResponseSettings } from './manage-responses.js';
import type { ResponseLedger, ResponsePorts } from './ports.js';
import type { RunContext } from './run-context.js';
import { Scribe } from './scribe.js';
import { SimulatedAws, STALE_MS } from './simulated-aws.fixture.js';
import { SimulatedEvents } from './simulated-events.fixture.js';
import { SimulatedPeople } from './simulated-people.fixture.js';
import { SimulatedEngine, Turns, type Actor } from './simulation.fixture.js';
import { Oracle } from './simulation-oracle.fixture.js';
import { demoWorld, openFindings, type DemoWorld } from './testing.fixture.js';
import { Connections, turningDatabase } from './turning-database.fixture.js';

const CONTROLS = ['KMS.4', 'EC2.13', 'EC2.7', 'EC2.2', 'EC2.8'];
const controls = [...scanned.filter(({ id }) => CONTROLS.includes(id)), ...tamperControls];
const WORKERS = 3;
const DECIDERS = 2;
const DOUBT_MS = 15_000;
/** This share of the workers is on machines that have no ledger. */
const LEDGERLESS = 1 / 3;
/** One turn in so many, the database is restarted. */
const RESTART_ONE_IN = 1200;
const AWAY_MS_MAX = 4000;
/** A worker that has lost the connection that says that it lives ends within this; it need not at once. */
const LINGER_MS_MAX = 3000;

export interface SimulationOptions {
  readonly seed: number;
  readonly findings: number;
  readonly crashOneIn: number;
  readonly database: Database;
  /** Ends the database's server and starts it again. */
  readonly restart: (how: RestartKind) => Promise<void>;
}

export interface SimulationEnd {
  /** Workers that were killed. */
  readonly crashes: number;
  readonly freezes: number;
  /** Times the database's server was killed or restarted, and connections to it that were ended. */
  readonly restarts: number;
  readonly cuts: number;
  readonly turns: number;
  readonly states: Readonly<Record<string, number>>;
  readonly events: number;
  readonly effects: number;
  readonly brokenWaves: number;
  /** Runs that were planned more than once, since their resource had changed. */
  readonly plannedAgain: number;
  readonly violations: readonly string[];
}

/** Plays the whole of responding from a seed, and tells what was found to be wrong. */
export async function simulate(options: SimulationOptions): Promise<SimulationEnd> {
  return new Simulation(options).play();
}

class Simulation {
  private readonly options: SimulationOptions;
  private readonly connections: Connections;
  private readonly turns: Turns;
  private readonly engine: SimulatedEngine;
  private readonly world: DemoWorld;
  private readonly oracle: Oracle;
  private readonly aws: SimulatedAws;
  private readonly events: SimulatedEvents;
  private readonly estate: BaselineEstate;
  private restarts = 0;

  constructor(options: SimulationOptions) {
    const { seed, crashOneIn, database } = options;
    this.options = options;
    this.connections = new Connections(database);
    const turns = new Turns(seed, crashOneIn, this.connections.end);
    this.turns = turns;
    this.engine = new SimulatedEngine(database, turns);
    this.world = demoWorld(40, turns.now);
    this.estate = new BaselineEstate(this.world.estate);
    this.oracle = new Oracle(turns, database, STALE_MS);
    this.aws = new SimulatedAws(turns, this.world, this.oracle);
    const { engine, world, oracle, aws, estate } = this;
    this.events = new SimulatedEvents({ turns, engine, database, oracle, world, aws, controls, estate });
  }

  async play(): Promise<SimulationEnd> {
    const { turns, engine, oracle, world, events, aws } = this;
    const { database, findings } = this.options;
    await this.connections.renew();
    await engine.install();
    await oracle.install();
    await events.install();
    const wanted = openFindings(world.estate, CONTROLS, findings);
    const accounts = [...new Set(wanted.map(({ accountId }) => accountId))];
    const [shut = '', , , late = ''] = accounts;
    await setResponseSettings(
      database,
      { exclude: [{ accounts: [shut] }], rates: [{ perSecond: 20, burst: 5 }] },
      { over: 0, by: { name: 'setup' }, now: turns.now() },
    );
    this.mind();
    const asking = this.begin('people', async (people) => {
      await new SimulatedPeople({
        turns,
        people,
        engine,
        database,
        oracle,
        aws,
        ports: world.ports,
        findings: wanted,
        late,
      }).live();
    });
    this.begin('intruder', (actor) => events.intrude(actor, Math.ceil(findings / 8)));
    this.begin('queue', (actor) => events.bring(actor));
    await turns.play(
      async () => oracle.violations.length > 0 || (asking.ended && (await this.isOver())),
      () => this.befall(),
    );
    // All who still wait at the gate wait for ever: the play is over.
    for (const actor of turns.actors) {
      actor.dead = true;
      for (const client of actor.leased) client.release(true);
    }
    await this.lookBack(
      wanted.map((_, place) => `run-${place}`),
      shut,
    );
    return this.end();
  }

  /** Lets somebody act; what they throw is a fault. */
  private begin(name: string, work: (actor: Actor) => Promise<void>, mayDie = false): { ended: boolean } {
    const actor = this.turns.actor(name, mayDie);
    const state = { ended: false };
    const acting = async (): Promise<void> => {
      try {
        await work(actor);
        state.ended = true;
        // Whoever has nothing to do any more waits for ever.
        actor.until = Infinity;
        await this.turns.turn(actor, () => Promise.resolve());
      } catch (error) {
        this.oracle.wrong(
          `${name} fell over: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        actor.dead = true;
      }
    };
    void acting();
    return state;
  }

  private work(name: string): void {
    const hasLedger = !this.turns.random.chance(LEDGERLESS);
    this.begin(name, (actor) => this.engine.work(actor, this.contextOf(actor, DOUBT_MS, hasLedger)), true);
  }

  private contextOf(actor: Actor, doubtMs: number, hasLedger: boolean): RunContext {
    const { turns, world, engine, aws, estate } = this;
    const own = turningDatabase(this.options.database, turns, actor);
    const ledger: ResponseLedger = {
      size: () => turns.turn(actor, () => world.ledger.size()),
      append: (record, unlessFrom) => turns.turn(actor, () => world.ledger.append(record, unlessFrom)),
      find: (digests) => turns.turn(actor, () => world.ledger.find(digests)),
    };
    const scribe = new Scribe(own, ledger, turns.now);
    const send = aws.sendOf(actor);
    const ports: ResponsePorts = {
      ...world.ports,
      controls,
      estate: () => Promise.resolve(estate),
      connection: (accountId) => Promise.resolve({ send, caller: `arn:aws:iam::${accountId}:role/hikeshi` }),
      findings: {
        ...world.ports.findings,
        looked: (...told) => turns.turn(actor, () => world.ports.findings.looked(...told)),
      },
      notifications: { tell: () => turns.turn(actor, () => Promise.resolve()) },
      now: turns.now,
      sleep: (milliseconds) => turns.sleep(actor, milliseconds),
    };
    const attest = () => (hasLedger ? scribe.attest() : Promise.resolve());
    return { database: own, ports, enqueue: engine.enqueue, worker: actor.name, attest, doubtMs };
  }

  /** What a supervisor does: starts a worker for one that died. And what workers do now and then, beside their work. */
  private mind(): void {
    const { turns, events } = this;
    let born = 0;
    const raise = (kind: string, most: number, start: (name: string) => void): void => {
      const alive = turns.actors.filter(({ name, dead }) => name.startsWith(kind) && !dead).length;
      for (let each = alive; each < most; each++) start(`${kind} ${(born += 1)}`);
    };
    const all = (): void => {
      raise('worker', WORKERS, (name) => this.work(name));
      raise('decider', DECIDERS, (name) => this.begin(name, (actor) => events.decide(actor), true));
      raise('chores', 1, (name) => this.begin(name, (actor) => this.doChores(actor), true));
    };
    all();
    this.begin('minder', async (actor) => {
      for (;;) {
        await turns.sleep(actor, 2000);
        all();
      }
    });
  }

  private async doChores(actor: Actor): Promise<never> {
    const { database } = this.options;
    const context = this.contextOf(actor, 0, true);
    const alive = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
      const text = `select id from sim.workflow where id = any($1) and status <> 'done'`;
      const { rows } = await database.query<{ id: string }>(text, [ids]);
      return new Set(rows.map(({ id }) => id));
    };
    const chores = [
      context.attest,
      () => expireProposals(context),
      () => warnOwners(context),
      () => restartLost(context, alive),
    ];
    for (;;) {
      await this.turns.sleep(actor, 5000);
      for (const chore of chores) {
        await chore().catch((error: unknown) => {
          if (!isConnectionLost(error)) throw error;
        });
      }
    }
  }

  /** Now and then the database's server is restarted, in an orderly way or by kill -9. */
  private async befall(): Promise<void> {
    const { turns, connections } = this;
    if (turns.crashOneIn === 0 || !turns.random.chance(1 / RESTART_ONE_IN)) return;
    const how = turns.random.pick(['stop', 'kill', 'kill-session'] as const);
    await connections.lose(() => this.options.restart(how));
    this.restarts += 1;
    turns.awayUntil = turns.monoMs + turns.random.below(AWAY_MS_MAX);
    for (const actor of turns.actors.filter(({ mayDie, dead }) => mayDie && !dead)) {
      if (!turns.random.chance(0.7)) continue;
      actor.lost = true;
      actor.diesAt = turns.monoMs + turns.random.below(LINGER_MS_MAX);
    }
  }

  /** Whether all is done; from when all was asked for, nothing befalls anybody any more. */
  private async isOver(): Promise<boolean> {
    this.turns.crashOneIn = 0;
    if ((await this.engine.unfinished()) > 0 || !(await this.events.isQuiet())) return false;
    const { rows } = await this.options.database.query<{ n: number }>(
      `select (select count(*) from hikeshi.run where state in ('requested', 'approved', 'applying', 'undoing'))
         + (select count(*) from hikeshi.run_attestation where ledger_index is null) as n`,
    );
    return rows[0]?.n === 0;
  }

  private async lookBack(wanted: readonly string[], shut: string): Promise<void> {
    const { oracle, world, estate, aws } = this;
    await oracle.watched();
    // What was cut short by a violation is whole in nothing else.
    if (oracle.violations.length > 0) return;
    await oracle.runsAreWhole(wanted, shut);
    await oracle.doubtsAreResolved();
    await oracle.ledgerIsWhole(world.ledger.records);
    await oracle.verdictsAreTrue(estate, controls, (call, onAnswer) => aws.real(call, onAnswer));
    await this.events.areAnswered();
  }

  private async end(): Promise<SimulationEnd> {
    const { turns, oracle, events, restarts } = this;
    const { database } = this.options;
    const { rows } = await database.query<{ state: string; n: number }>(
      'select state, count(*) as n from hikeshi.run group by 1 order by 1',
    );
    const waves = await database.query<{ n: number }>(
      `select count(distinct wave) as n from hikeshi.run where reason like '%is broken%'`,
    );
    const again = await database.query<{ n: number }>(
      `select count(distinct run_id) as n from hikeshi.run_entry where entry->>'kind' = 'planned-again'`,
    );
    return {
      crashes: turns.crashes,
      freezes: turns.freezes,
      restarts,
      cuts: turns.cuts,
      turns: turns.turns,
      states: Object.fromEntries(rows.map(({ state, n }) => [state, n])),
      events: events.count,
      effects: oracle.effects.length,
      brokenWaves: waves.rows[0]?.n ?? 0,
      plannedAgain: again.rows[0]?.n ?? 0,
      violations: oracle.violations,
    };
  }
}
