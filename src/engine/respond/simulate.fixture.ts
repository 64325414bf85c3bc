import { canonicalJson } from '../../base/json.js';
import { ApiError } from '../../reference/api-error.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import type { Finding } from '../../findings/finding.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { Database } from '../../store/postgres/database.js';
import { controls } from '../../controls/catalogue.js';
import { canonicalRecord, digestOf } from '../../ledger/record/statement.js';
import { restartLost } from './chores.js';
import { setResponseSettings } from './manage-responses.js';
import { openResponses } from './open-responses.js';
import type { ResponseLedger, ResponsePorts } from './ports.js';
import type { ResponseRequest } from './responses.js';
import type { RunContext } from './run-context.js';
import { Scribe } from './scribe.js';
import { SimulatedEngine, Turns, turningDatabase, type Actor } from './simulation.fixture.js';
import { demoWorld, openFindings } from './testing.fixture.js';

const CONTROLS = ['KMS.4', 'EC2.13', 'EC2.7', 'EC2.2', 'EC2.8'];
const WORKERS = 3;
const READ = /^(Describe|Get|List|Head)/;
/** Reads may be older than a write by this much. */
const STALE_MS = 8000;

export interface SimulationOptions {
  readonly seed: number;
  readonly findings: number;
  readonly crashOneIn: number;
  /** It goes on until there were so many crashes (with new requests), and then until all is done. */
  readonly database: Database;
}

export interface SimulationEnd {
  readonly crashes: number;
  readonly freezes: number;
  readonly turns: number;
  readonly states: Readonly<Record<string, number>>;
  readonly effects: number;
  readonly violations: readonly string[];
}

interface Effect {
  readonly run: string;
  readonly step: string;
  readonly verb: 'apply' | 'undo';
}

/** Plays the whole of responding from a seed, and tells what was found to be wrong. */
export async function simulate({ seed, findings, crashOneIn, database }: SimulationOptions): Promise<SimulationEnd> {
  const turns = new Turns(seed, crashOneIn);
  const engine = new SimulatedEngine(database, turns);
  await engine.install();
  const world = demoWorld(40, turns.now);
  const violations: string[] = [];
  const effects: Effect[] = [];
  const faults = new Faults(turns, database, effects, violations);
  const wanted = openFindings(world.estate, CONTROLS, findings);
  const shut = wanted[0]?.accountId ?? '';
  await setResponseSettings(
    database,
    { exclude: [{ accounts: [shut] }], rates: [{ perSecond: 20, burst: 5 }] },
    { over: 0, by: { name: 'setup' }, now: turns.now() },
  );

  const born: Actor[] = [];
  const bear = (): void => {
    const actor = turns.actor(`worker ${born.length + 1}`, true);
    born.push(actor);
    const own = turningDatabase(database, turns, actor);
    const ledger: ResponseLedger = {
      append: (record) => turns.turn(actor, () => world.ledger.append(record)),
      find: (digests) => turns.turn(actor, () => world.ledger.find(digests)),
    };
    const scribe = new Scribe(own, ledger, turns.now);
    const { send } = faults.around(actor, world.ports);
    const ports: ResponsePorts = {
      ...world.ports,
      controls: controls.filter(({ id }) => CONTROLS.includes(id)),
      connection: (accountId) => Promise.resolve({ send, caller: `arn:aws:iam::${accountId}:role/hikeshi` }),
      findings: {
        ...world.ports.findings,
        looked: (...told) => turns.turn(actor, () => world.ports.findings.looked(...told)),
      },
      notifications: { tell: () => turns.turn(actor, () => Promise.resolve()) },
      now: turns.now,
      sleep: (milliseconds) => turns.sleep(actor, milliseconds),
    };
    const context: RunContext = {
      database: own,
      ports,
      enqueue: engine.enqueue,
      worker: actor.name,
      attest: () => scribe.attest(),
      doubtMs: 15_000,
    };
    void engine.work(actor, context).catch((error: unknown) => {
      violations.push(
        `${actor.name} fell over: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      actor.dead = true;
    });
  };
  for (let each = 0; each < WORKERS; each++) bear();

  const people = turns.actor('people', false);
  const minder = turns.actor('minder', false);
  let asked = false;
  void populate(turns, people, engine, database, wanted).then(
    () => {
      asked = true;
      people.until = Infinity;
      return turns.turn(people, () => Promise.resolve());
    },
    (error: unknown) => violations.push(`people: ${String(error)}`),
  );
  void mind(turns, minder, engine, { database, ports: world.ports }, () => {
    if (turns.actors.filter(({ mayDie, dead }) => mayDie && !dead).length < WORKERS) bear();
  });

  await turns.play(async () => {
    if (violations.length > 0) return true;
    if (asked) turns.crashOneIn = 0;
    if (!asked || (await engine.unfinished()) > 0) return false;
    return (await active(database)) === 0;
  });
  // All who still wait at the gate wait for ever: the play is over.
  for (const actor of turns.actors) {
    actor.dead = true;
    for (const client of actor.leased) client.release(true);
  }
  const states = await statesOf(database);
  violations.push(
    ...(await aftermath(
      database,
      wanted,
      effects,
      shut,
      world.ledger.records.map((record) => digestOf(canonicalRecord(record))),
    )),
  );
  return {
    crashes: turns.crashes,
    freezes: turns.freezes,
    turns: turns.turns,
    states,
    effects: effects.length,
    violations,
  };
}

async function active(database: Database): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `select count(*) as n from hikeshi.run where state in ('requested', 'approved', 'applying', 'undoing')`,
  );
  return rows[0]?.n ?? 0;
}

async function statesOf(database: Database): Promise<Record<string, number>> {
  const { rows } = await database.query<{ state: string; n: number }>(
    'select state, count(*) as n from hikeshi.run group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** What people do: ask (twice, in any order), look, approve late, decline, cancel, resume, take back, pull the switch. */
async function populate(
  turns: Turns,
  people: Actor,
  engine: SimulatedEngine,
  database: Database,
  findings: readonly Finding[],
): Promise<void> {
  const { random } = turns;
  const own = turningDatabase(database, turns, people);
  const responses = openResponses({ database: own, enqueue: engine.enqueue, now: turns.now });
  const attempt = (work: () => Promise<unknown>): Promise<unknown> =>
    work().catch((error: { code?: string }) => {
      if (error.code === undefined) throw error;
    });
  const requests = findings.flatMap((finding, place): ResponseRequest[] => {
    const mode = random.pick(['ask', 'ask', 'automatic'] as const);
    const request = {
      id: `run-${place}`,
      finding,
      mode,
      requestedBy: 'rule:night',
      origin: { kind: 'rule' as const, name: 'night' },
    };
    // The same wish twice, and another run for the same resource.
    return [request, request, ...(random.chance(0.3) ? [{ ...request, id: `run-${place}-again` }] : [])];
  });
  for (let place = requests.length - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [requests[place], requests[other]] = [requests[other] as ResponseRequest, requests[place] as ResponseRequest];
  }
  for (const request of requests) {
    await responses.request(request);
    await turns.sleep(people, random.below(400));
    if (random.chance(0.3)) await decideSome(turns, people, responses, attempt, 4);
    if (random.chance(0.01)) {
      await responses.setKillSwitch(true, { name: 'oncall' }, 'looks wrong');
      await turns.sleep(people, 5000);
      await responses.setKillSwitch(false, { name: 'oncall' }, 'was nothing');
    }
  }
  for (let round = 0; round < 40; round++) {
    await turns.sleep(people, 20_000);
    await decideSome(turns, people, responses, attempt, 60);
  }
}

async function decideSome(
  turns: Turns,
  people: Actor,
  responses: ReturnType<typeof openResponses>,
  attempt: (work: () => Promise<unknown>) => Promise<unknown>,
  most: number,
): Promise<void> {
  const { random } = turns;
  const states = ['proposed', 'stopped', 'applying', 'resolved', 'still-open', 'undo-stopped'] as const;
  const { runs } = await responses.list({ states: [random.pick(states), 'proposed'], limit: most });
  for (const { id, state, proposalHash = '' } of runs) {
    const chance = random.next();
    if (state === 'proposed') {
      if (chance < 0.05) await attempt(() => responses.decline(id, { name: 'mei' }));
      else if (chance < 0.08) await attempt(() => responses.approve(id, { name: 'eve' }, 'not this'));
      else for (const name of ['aya', 'ken']) await attempt(() => responses.approve(id, { name }, proposalHash));
    } else if (state === 'applying' && chance < 0.1) await attempt(() => responses.cancel(id, { name: 'ken' }));
    else if (state === 'stopped' && chance < 0.5) await attempt(() => responses.resume(id, { name: 'ken' }));
    else if (chance < 0.1) await attempt(() => responses.undo(id, { name: 'ken' }));
  }
  await turns.sleep(people, 1);
}

/** What a supervisor does: starts a worker for one that died, and begins lost workflows anew. */
async function mind(
  turns: Turns,
  actor: Actor,
  engine: SimulatedEngine,
  given: Pick<RunContext, 'database' | 'ports'>,
  bear: () => void,
): Promise<void> {
  const context: RunContext = {
    database: turningDatabase(given.database, turns, actor),
    ports: { ...given.ports, now: turns.now },
    enqueue: engine.enqueue,
    worker: 'minder',
    attest: () => Promise.resolve(),
    doubtMs: 0,
  };
  for (;;) {
    await turns.sleep(actor, 2000);
    bear();
    await restartLost(context, async (ids) => {
      const { rows } = await given.database.query<{ id: string }>(
        `select id from sim.workflow where id = any($1) and status <> 'done'`,
        [ids],
      );
      return new Set(rows.map(({ id }) => id));
    });
  }
}

/** AWS at its worst: throttles, answers that are lost after the effect, reads that are older than writes. */
class Faults {
  private readonly turns: Turns;
  private readonly database: Database;
  private readonly effects: Effect[];
  private readonly violations: string[];
  private readonly seen = new Map<string, { output: Record<string, unknown>; atMs: number }>();
  private wroteMs = 0;

  constructor(turns: Turns, database: Database, effects: Effect[], violations: string[]) {
    this.turns = turns;
    this.database = database;
    this.effects = effects;
    this.violations = violations;
  }

  around(actor: Actor, ports: ResponsePorts): { readonly send: Send } {
    const send: Send = async (call, onAnswer) => {
      const isRead = READ.test(call.operation);
      return this.turns.turn(
        actor,
        () => (isRead ? this.read(call, ports) : this.change(call, ports, onAnswer)),
        isRead ? 'plain' : 'call',
      );
    };
    return { send };
  }

  private async real(
    call: ApiCall,
    ports: ResponsePorts,
    onAnswer?: (id: string) => void,
  ): Promise<Record<string, unknown>> {
    return (await ports.connection(call.accountId)).send(call, onAnswer);
  }

  private async read(call: ApiCall, ports: ResponsePorts): Promise<Record<string, unknown>> {
    const { random, monoMs } = this.turns;
    if (random.chance(0.005)) throw new ApiError(call, 'ThrottlingException', 'slow down', 400);
    const key = canonicalJson(call);
    const known = this.seen.get(key);
    const isStale = known !== undefined && monoMs - this.wroteMs < STALE_MS && monoMs - known.atMs < STALE_MS;
    if (isStale && random.chance(0.3)) return known.output;
    const output = await this.real(call, ports);
    // Only a read after a write changes what may still be seen of before it.
    if (!isStale) this.seen.set(key, { output, atMs: monoMs });
    return output;
  }

  private async change(
    call: ApiCall,
    ports: ResponsePorts,
    onAnswer?: (id: string) => void,
  ): Promise<Record<string, unknown>> {
    const { random } = this.turns;
    if (random.chance(0.04)) throw new ApiError(call, 'ThrottlingException', 'slow down', 400);
    const isLost = random.chance(0.05);
    const effect = await this.rightOf(call);
    const output = await this.real(call, ports, onAnswer);
    this.wroteMs = this.turns.monoMs;
    if (effect !== undefined) this.note(effect);
    if (isLost) throw new ApiError(call, 'NetworkingError', 'the answer was lost');
    return output;
  }

  /** Whose call this is, and whether it may be made now. */
  private async rightOf(call: ApiCall): Promise<Effect | undefined> {
    const { rows } = await this.database.query<{
      id: string;
      state: string;
      plan: Plan;
      holder: string | null;
      needed: number;
      given: number;
      policy: boolean;
      attested: boolean;
    }>(
      `select r.id, r.state, p.plan, g.run_id as holder, r.approvals_needed as needed,
         (select count(*) from hikeshi.run_approval a where a.run_id = r.id and a.decision = 'approved' and a.proposal_hash = r.proposal_hash) as given,
         exists (select 1 from hikeshi.run_entry e where e.run_id = r.id and e.entry->>'how' = 'policy') as policy,
         not exists (select 1 from hikeshi.run_attestation t where t.run_id = r.id and t.step like 'approval:%' and t.ledger_index is null) as attested
       from hikeshi.run r join hikeshi.run_proposal p on p.run_id = r.id left join hikeshi.resource_guard g on g.resource_arn = r.resource_arn
       where r.state in ('applying', 'undoing')`,
    );
    const wanted = canonicalJson({ ...call });
    for (const row of rows) {
      for (const step of row.plan.steps) {
        const isApply = row.state === 'applying' && sameShape(step.call, call, wanted);
        const isUndo =
          row.state === 'undoing' &&
          Array.isArray(step.undo) &&
          step.undo.some((each: ApiCall) => sameShape(each, call, wanted));
        if ((!isApply && !isUndo) || row.holder !== row.id) continue;
        const approved = row.needed === 0 ? row.policy : row.given >= row.needed;
        if (!approved) this.violations.push(`${row.id} changes something without its approval`);
        if (!row.attested) this.violations.push(`${row.id} changes something before its approval is in the ledger`);
        return { run: row.id, step: step.id, verb: isApply ? 'apply' : 'undo' };
      }
    }
    this.violations.push(`nobody has the right to call ${call.operation} ${JSON.stringify(call.input)}`);
    return undefined;
  }

  private note(effect: Effect): void {
    const last = this.effects.findLast(({ run, step }) => run === effect.run && step === effect.step);
    if (last?.verb === effect.verb)
      this.violations.push(`${effect.run} did step ${effect.step} twice (${effect.verb})`);
    this.effects.push(effect);
  }
}

/** A planned call, whose values may be answers of earlier steps, against the call as it was made. */
function sameShape(planned: ApiCall, call: ApiCall, text: string): boolean {
  if (planned.operation !== call.operation || planned.accountId !== call.accountId || planned.region !== call.region)
    return false;
  return JSON.stringify(planned.input).includes('$output') || canonicalJson({ ...planned }) === text;
}

/** What must be true when all is over. */
async function aftermath(
  database: Database,
  wanted: readonly Finding[],
  effects: readonly Effect[],
  shut: string,
  digests: readonly string[],
): Promise<string[]> {
  const wrong: string[] = [];
  const { rows: runs } = await database.query<{ id: string; account: string; state: string }>(
    'select id, account_id as account, state from hikeshi.run',
  );
  const known = new Map(runs.map((run) => [run.id, run]));
  wanted.forEach((_, place) => {
    if (!known.has(`run-${place}`)) wrong.push(`run-${place} is lost`);
  });
  for (const { run } of effects) if (known.get(run)?.account === shut) wrong.push(`${run} changed an excluded account`);
  for (const run of runs)
    if (run.account === shut && !['refused', 'already-closed', 'cancelled'].includes(run.state))
      wrong.push(`${run.id} of an excluded account is ${run.state}`);
  const { rows: attested } = await database.query<{ run: string; step: string; index: number | null }>(
    'select run_id as run, step, ledger_index as index from hikeshi.run_attestation',
  );
  for (const { run, step, index } of attested) if (index === null) wrong.push(`${run} ${step} is not in the ledger`);
  for (const run of new Set(effects.map((effect) => effect.run))) {
    for (const about of ['approval', 'run']) {
      if (!attested.some((each) => each.run === run && each.step.startsWith(about)))
        wrong.push(`${run} has an effect and no ${about} in the ledger`);
    }
  }
  if (new Set(digests).size !== digests.length) wrong.push('the ledger has an entry twice');
  const { rows: guards } = await database.query<{ run: string }>('select run_id as run from hikeshi.resource_guard');
  for (const { run } of guards) wrong.push(`${run} still holds its resource`);
  return wrong;
}
