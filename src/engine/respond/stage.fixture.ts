import { afterAll, beforeAll } from 'vitest';
import { Fork } from '../../estate/fork.js';
import type { Finding } from '../../findings/finding.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { workflowId, type Durable, type Enqueue, type WorkflowInput, type WorkflowName } from './durable.js';
import { setResponseSettings } from './manage-responses.js';
import { openResponses } from './open-responses.js';
import type { ResponsePorts } from './ports.js';
import type { ResponseRequest, Responses, ResponseView } from './responses.js';
import type { RunContext } from './run-context.js';
import type { RunTracing } from './run-tracing.js';
import { Scribe } from './scribe.js';
import { defaultSettings, type ResponseSettings } from './settings.js';
import { demoWorld, NOW, openFindings, type DemoWorld } from './testing.fixture.js';
import { workflows } from './workflows.js';

const READ = /^(Describe|Get|List|Head)/;
export const DOUBT_MS = 15_000;
const DONE_MAX = 20;

/** What may befall a call on its way; what is thrown is what the caller is told. */
export interface Fate {
  /** Before it is made. */
  readonly before?: (call: ApiCall, place: number) => Promise<void> | void;
  /** Once it has had its effect. */
  readonly after?: (call: ApiCall, place: number) => Promise<void> | void;
}

/**
 * One run on a real database and the demo's twin. Its workflows are begun when a test says so and not by an engine, and time
 * goes on only while somebody waits: so each thing that may go wrong can be put exactly where it hurts.
 */
export class Stage {
  readonly database: Database;
  readonly world: DemoWorld = demoWorld(8, () => this.now);
  readonly responses: Responses;
  now = NOW;
  /** Changing calls that had their effect, in order. */
  readonly effects: string[] = [];
  /** How long each wait of a worker was, in milliseconds. */
  readonly waits: number[] = [];
  /** How long each wait of the engine was, between two looks. */
  readonly pauses: number[] = [];
  /** What befalls changing calls. */
  fate: Fate = {};
  /** What happens while a worker waits. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  /** Traces runs, where a test wants it. */
  tracing: RunTracing | undefined;
  /** Whether this machine has the ledger. */
  hasLedger = true;
  /** For so long after a change, reads may answer as if it had not been made. */
  readsLagMs = 0;
  private readonly scribe: Scribe;
  private before: { readonly send: Send; readonly atMs: number } | undefined;
  private changing = 0;
  private blindLooks = 0;

  constructor(database: Database) {
    this.database = database;
    this.scribe = new Scribe(database, this.world.ledger, () => this.now);
    this.responses = openResponses({ database, enqueue: this.enqueue, now: () => this.now });
  }

  /** Workflows are rows, as with the real engine: they are there if what they follow from is. */
  readonly enqueue: Enqueue = async (client, name, { runId, turn }, { at }) => {
    await client.query('insert into stage.begun values ($1, $2, $3, $4, $5)', [
      workflowId(name, { runId, turn }),
      name,
      runId,
      turn,
      (at ?? new Date(0)).toISOString(),
    ]);
  };

  /** The first open finding of a control. */
  finding(controlId: string): Finding {
    const [finding] = openFindings(this.world.estate, [controlId], 1);
    if (finding === undefined) throw new Error(`the demo has no finding of ${controlId}`);
    return finding;
  }

  ask(controlId: string, wish: Partial<ResponseRequest> = {}): Promise<ResponseView> {
    const finding = this.finding(controlId);
    const origin = { kind: 'person' } as const;
    return this.responses.request({ id: 'run', finding, mode: 'ask', requestedBy: 'aya', origin, ...wish });
  }

  /** As many persons as it needs approve it, none of them who asked. */
  async approve(id = 'run'): Promise<ResponseView> {
    let run: ResponseView = await this.responses.show(id);
    for (const name of ['ken', 'mei'].slice(0, run.approvalsNeeded))
      run = await this.responses.approve(id, { name }, run.proposalHash ?? '');
    return run;
  }

  /** A run that was rehearsed and waits for persons. */
  async proposed(controlId: string, wish: Partial<ResponseRequest> = {}): Promise<void> {
    await this.ask(controlId, wish);
    await this.work();
  }

  /** A run that was approved and is about to begin. */
  async approved(controlId: string, wish: Partial<ResponseRequest> = {}): Promise<void> {
    await this.proposed(controlId, wish);
    await this.approve(wish.id);
  }

  /** Does what is due, and what follows from it without waiting. @returns the run as it stands then. */
  async work(id = 'run', most = DONE_MAX): Promise<ResponseView> {
    for (let done = 0; done < most; done++) {
      const { rows } = await this.database.query<{ name: WorkflowName; run: string; turn: number }>(
        `delete from stage.begun where id = (select id from stage.begun where at <= $1 order by at, id limit 1)
         returning name, run_id as run, turn`,
        [this.now.toISOString()],
      );
      const row = rows[0];
      if (row === undefined) break;
      await this.carry(row.name, { runId: row.run, turn: row.turn });
    }
    return this.responses.show(id);
  }

  /** Carries a workflow once, as a worker of which something is otherwise. */
  carry(name: WorkflowName, input: WorkflowInput, otherwise: Partial<RunContext> = {}): Promise<void> {
    const durable: Durable = {
      step: (_name, work) => work(),
      sleep: (milliseconds) => {
        this.pauses.push(milliseconds);
        return this.pass(milliseconds);
      },
      isLost: () => false,
    };
    return workflows[name](durable, { ...this.context, ...otherwise }, input);
  }

  get context(): RunContext {
    const ports: ResponsePorts = {
      ...this.world.ports,
      connection: (accountId) =>
        Promise.resolve({ send: this.connect(), caller: `arn:aws:iam::${accountId}:role/hikeshi` }),
      sleep: async (milliseconds) => {
        this.waits.push(milliseconds);
        await this.pass(milliseconds);
        await this.meanwhile();
      },
    };
    const attest = () => (this.hasLedger ? this.scribe.attest() : Promise.resolve());
    const { database, enqueue, tracing } = this;
    const traced = tracing === undefined ? {} : { tracing };
    return { database, ports, enqueue, worker: 'worker', attest, doubtMs: DOUBT_MS, ...traced };
  }

  pass(milliseconds: number): Promise<void> {
    this.now = new Date(this.now.getTime() + milliseconds);
    return Promise.resolve();
  }

  async set(settings: Partial<ResponseSettings>): Promise<void> {
    const by = { name: 'lead' };
    await setResponseSettings(this.database, { ...defaultSettings, ...settings }, { over: 0, by, now: this.now });
  }

  async switchOff(reason = 'looks wrong'): Promise<void> {
    await this.responses.setKillSwitch(true, { name: 'oncall' }, reason);
  }

  /** After the next change so many looks, each with a connection of its own, come to a server that has not heard of it yet. */
  blind(looks: number): void {
    this.blindLooks = looks;
    this.before = undefined;
  }

  /** Who holds a resource. */
  async holders(): Promise<string[]> {
    const { rows } = await this.database.query<{ run: string }>('select run_id as run from hikeshi.resource_guard');
    return rows.map(({ run }) => run);
  }

  private connect(): Send {
    const isBlind = this.before !== undefined && this.blindLooks > 0;
    if (isBlind) this.blindLooks -= 1;
    return async (call, onAnswer) => {
      const { send } = await this.world.ports.connection(call.accountId);
      if (READ.test(call.operation)) {
        const { before, now, readsLagMs } = this;
        const lags = before !== undefined && (isBlind || now.getTime() - before.atMs < readsLagMs);
        return (lags ? before.send : send)(call, onAnswer);
      }
      const place = (this.changing += 1);
      await this.fate.before?.(call, place);
      this.before = { send: this.world.sendOn(new Fork(this.world.twin.estate)), atMs: this.now.getTime() };
      const output = await send(call, onAnswer);
      this.effects.push(call.operation);
      await this.fate.after?.(call, place);
      return output;
    };
  }
}

/** The stages of a test file, one after another on one database. */
export interface Stages {
  readonly database: Database;
  /** An empty stage: nothing of an earlier test is left in the database. */
  set(): Promise<Stage>;
}

/** Opens them before the first test of the file that calls it, and closes them after the last. */
export function openStages(): Stages {
  let postgres: TestPostgres | undefined;
  let database: Database;
  beforeAll(async () => {
    postgres = await testPostgres();
    database = await postgres.database();
    await database.query(`create schema stage;
      create table stage.begun (id text primary key, name text, run_id text, turn integer, at timestamptz)`);
  });
  afterAll(() => postgres?.stop());
  return {
    get database() {
      return database;
    },
    async set() {
      await database.query(`delete from hikeshi.run; delete from hikeshi.wave; delete from hikeshi.token_bucket;
        delete from hikeshi.response_settings; delete from stage.begun; update hikeshi.kill_switch set engaged = false`);
      return new Stage(database);
    },
  };
}
