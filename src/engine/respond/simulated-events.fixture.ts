import { isOwnTrailAtHome } from '../../controls/cloudtrail/ownership.js';
import type { AnyControl } from '../../controls/control.js';
import type { Estate, Resource } from '../../estate/estate.js';
import { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { RuleBook } from '../../store/postgres/events/rule-book.js';
import { CurrentRules } from '../decide/current-rules.js';
import type { EventRule } from '../decide/event-rule.js';
import { EventWorker } from '../decide/event-worker.js';
import { scopeFacts } from '../scope/scope-facts.js';
import { callEvent, restoreTrails } from '../hub/call-events.js';
import { hubIntake } from '../hub/hub-intake.js';
import { openResponses } from './open-responses.js';
import { STALE_MS, type SimulatedAws } from './simulated-aws.fixture.js';
import { isConnectionLost, type Database } from '../../store/postgres/database.js';
import type { Actor, SimulatedEngine, Turns } from './simulation.fixture.js';
import type { Oracle } from './simulation-oracle.fixture.js';
import type { DemoWorld } from './testing.fixture.js';
import { spanningDatabase, turningDatabase } from './turning-database.fixture.js';

/** Beside the rule that puts trails back at once, one that asks: two runs follow from one event. */
const RULES = [
  restoreTrails,
  { ...restoreTrails, name: 'ask-about-trails', targets: [{ kind: 'respond', mode: 'ask' }] },
] as unknown as readonly EventRule[];

const PAUSE_MS = 500;
/** CloudTrail's events come seconds to minutes after the call; reads have settled by then. */
const LATE_MS = 60_000;

interface Waiting {
  readonly atMs: number;
  readonly event: { readonly id: string };
}

export interface EventsOptions {
  readonly turns: Turns;
  readonly engine: SimulatedEngine;
  readonly database: Database;
  readonly oracle: Oracle;
  readonly world: DemoWorld;
  readonly aws: SimulatedAws;
  readonly controls: readonly AnyControl[];
  /** The estate with its baselines. */
  readonly estate: Estate;
}

/** Somebody takes from trails what they record; CloudTrail tells of it, late, twice and in any order; rules answer. */
export class SimulatedEvents {
  private readonly options: EventsOptions;
  private waiting: Waiting[] = [];
  private heard = 0;
  private readonly known = new Set<string>();
  private intruding = true;

  constructor(options: EventsOptions) {
    this.options = options;
  }

  /** How many events there were. */
  get count(): number {
    return this.known.size;
  }

  /** Whether all events have come, and are decided. */
  async isQuiet(): Promise<boolean> {
    const { database } = this.options;
    const { rows } = await database.query<{ open: number }>(
      'select count(*) as open from hikeshi.event where decided_at is null',
    );
    return (
      !this.intruding &&
      this.waiting.length === 0 &&
      this.heard === this.options.world.calls.length &&
      rows[0]?.open === 0
    );
  }

  async install(): Promise<void> {
    const { database, turns } = this.options;
    const book = new RuleBook<EventRule>(database);
    for (const rule of RULES) await book.putRule(rule.name, rule, 'setup', turns.now());
  }

  /** Tampers with one trail after another, and with some again and again. */
  async intrude(actor: Actor, most: number): Promise<void> {
    const { turns, aws, world, oracle } = this.options;
    const { random } = turns;
    const trails = [...world.estate.list('AWS::CloudTrail::Trail')].filter(
      (trail) => isOwnTrailAtHome(trail) && trail.configuration.IsOrganizationTrail !== true,
    );
    for (let done = 0; done < most; done++) {
      await turns.sleep(actor, random.below(20_000));
      const trail = random.pick(trails.slice(0, Math.ceil(most / 2)));
      await turns.turn(actor, async () => {
        oracle.foreign(trail.arn);
        // What is gone already cannot be stopped: a refused call changes nothing and is told of all the same.
        await aws.foreign(tampering(trail, random.below(3))).catch(() => undefined);
      });
    }
    this.intruding = false;
  }

  /** Brings every changing call to the intake: at least once, late, and in any order. */
  async bring(actor: Actor): Promise<never> {
    const { turns, database, world } = this.options;
    const { random } = turns;
    const intake = hubIntake(new EventInbox(turningDatabase(database, turns, actor)), this.options.controls, turns.now);
    for (;;) {
      for (; this.heard < world.calls.length; this.heard++) {
        const event = this.eventOf(world.calls[this.heard] as DemoWorld['calls'][number]);
        if (event === undefined) continue;
        this.known.add(event.id);
        const times = random.chance(0.3) ? 2 + random.below(3) : 1;
        for (let time = 0; time < times; time++)
          this.waiting.push({ atMs: turns.monoMs + STALE_MS + random.below(LATE_MS), event });
      }
      for (const each of this.waiting.filter(({ atMs }) => atMs <= turns.monoMs)) {
        try {
          const outcome = await intake.accept(each.event as never, 'queue');
          if (outcome.kind === 'refused') this.options.oracle.wrong(`an event was refused: ${outcome.message}`);
          this.waiting = this.waiting.filter((other) => other !== each);
        } catch (error) {
          // A message that was not acknowledged comes again.
          if (!isConnectionLost(error)) throw error;
        }
      }
      await turns.sleep(actor, PAUSE_MS);
    }
  }

  /** A worker that decides events, until it is killed. */
  async decide(actor: Actor): Promise<never> {
    const { turns, database, engine, controls, estate } = this.options;
    const own = turningDatabase(database, turns, actor);
    const worker = new EventWorker({
      inbox: new EventInbox(spanningDatabase(database, turns, actor)),
      rules: new CurrentRules(new RuleBook<EventRule>(own)),
      responses: openResponses({ database: own, enqueue: engine.enqueue, now: turns.now }),
      controls,
      factsOf: (finding) => Promise.resolve(scopeFacts(finding, estate)),
      isSuppressed: () => Promise.resolve(false),
      keep: () => turns.turn(actor, () => Promise.resolve()),
      deliver: { send: () => Promise.reject(new Error('nothing is sent')), now: turns.now, secret: () => undefined },
      now: turns.now,
    });
    for (;;) {
      try {
        await worker.drain();
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
      }
      await turns.sleep(actor, 2000);
    }
  }

  /** Every event was decided by every rule, and each has one run for each rule that it fits. */
  async areAnswered(): Promise<void> {
    const { database, oracle } = this.options;
    const { rows: events } = await database.query<{ id: string; decided: boolean; fits: boolean; decisions: number }>(
      `select e.body->>'id' as id, e.decided_at is not null as decided,
         e.body->'detail'->>'eventName' = any($1) and e.body->'detail'->>'errorCode' is null
           and e.body->'detail'->>'eventSource' = 'cloudtrail.amazonaws.com' as fits,
         (select count(*) from hikeshi.rule_decision d where d.event_id = e.id) as decisions
       from hikeshi.event e where e.source = 'queue'`,
      [restoreTrails.pattern.detail.eventName],
    );
    const taken = new Map(events.map((event) => [event.id, event]));
    for (const id of this.known) if (!taken.has(id)) oracle.wrong(`event ${id} is lost`);
    const { rows: runs } = await database.query<{ event: string; rule: string; runs: number }>(
      `select origin->'event'->>'id' as event, origin->>'name' as rule, count(*) as runs
       from hikeshi.run where origin->>'kind' = 'event' group by 1, 2`,
    );
    const asked = new Map(runs.map(({ event, rule, runs: n }) => [`${event} ${rule}`, n]));
    for (const { id, decided, fits, decisions } of events) {
      if (!decided || decisions !== RULES.length) oracle.wrong(`event ${id} was not decided by every rule`);
      for (const { name } of RULES) {
        const n = asked.get(`${id} ${name}`) ?? 0;
        if (n !== (fits ? 1 : 0)) oracle.wrong(`event ${id} has ${n} runs of rule ${name}`);
      }
    }
  }

  /** The call as CloudTrail tells of it, under an id that follows from the seed. */
  private eventOf(call: DemoWorld['calls'][number]): { readonly id: string } | undefined {
    const event = callEvent(call) as { id: string; detail: object } | undefined;
    if (event === undefined) return undefined;
    const id = `event-${this.heard}`;
    return { ...event, id, detail: { ...event.detail, eventID: id } } as { readonly id: string };
  }
}

function tampering({ arn, accountId, region }: Resource<'AWS::CloudTrail::Trail'>, kind: number) {
  const place = { service: 'cloudtrail', accountId, region } as const;
  const narrow = [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true, DataResources: [] }];
  if (kind === 0) return { ...place, operation: 'StopLogging', input: { Name: arn } };
  if (kind === 1) return { ...place, operation: 'DeleteTrail', input: { Name: arn } };
  return { ...place, operation: 'PutEventSelectors', input: { TrailName: arn, EventSelectors: narrow } };
}
