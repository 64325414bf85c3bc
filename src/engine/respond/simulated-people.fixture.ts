import type { Finding } from '../../findings/finding.js';
import { isConnectionLost, type Database } from '../../store/postgres/database.js';
import { responseSettings, setResponseSettings } from './manage-responses.js';
import { openResponses } from './open-responses.js';
import type { ResponseRequest } from './responses.js';
import type { SimulatedAws } from './simulated-aws.fixture.js';
import type { Actor, SimulatedEngine, Turns } from './simulation.fixture.js';
import type { Oracle } from './simulation-oracle.fixture.js';
import type { ResponsePorts } from './ports.js';
import { turningDatabase } from './turning-database.fixture.js';
import { openWaves, type Waves } from './waves.js';

const MINUTE_MS = 60_000;
/** Longer than a call in doubt is waited for: a run that waited meanwhile must not go on. */
const SWITCHED_MS = 20_000;
/** AWS falters, and somebody who sees it within this may engage the switch: runs wait and try again meanwhile. */
const ALARM_MS = 2000;
const ROUND_SECONDS = 20;
const WAVES = [
  { id: 'careful', perHourMax: 12, failureRateMax: 0.5, failuresAfter: 8 },
  { id: 'fragile', failureRateMax: 0.1, failuresAfter: 3 },
];

export interface PeopleOptions {
  readonly turns: Turns;
  readonly people: Actor;
  readonly engine: SimulatedEngine;
  readonly database: Database;
  readonly ports: ResponsePorts;
  readonly oracle: Oracle;
  readonly aws: Pick<SimulatedAws, 'falteredMs'>;
  readonly findings: readonly Finding[];
  /** An account that is excluded while runs of it are under way. */
  readonly late: string;
}

/** What people do: ask (twice, in any order), look, approve late, decline, cancel, resume, take back, pull the switch. */
export class SimulatedPeople {
  private readonly options: PeopleOptions;
  private readonly responses: ReturnType<typeof openResponses>;
  private readonly waves: Waves;

  constructor(options: PeopleOptions) {
    const { turns, people, engine, database, ports } = options;
    this.options = options;
    const own = turningDatabase(database, turns, people);
    this.responses = openResponses({ database: own, enqueue: engine.enqueue, now: turns.now });
    this.waves = openWaves({ database: own, enqueue: engine.enqueue, ports }, this.responses);
  }

  async live(): Promise<void> {
    const { turns, people } = this.options;
    const { random } = turns;
    for (const { id, ...limits } of WAVES) await this.surely(() => this.waves.start(id, limits, { name: 'lead' }));
    const requests = this.wishes();
    for (const [place, request] of requests.entries()) {
      await this.surely(() => this.responses.request(request()));
      await turns.sleep(people, random.below(400));
      if (random.chance(0.3)) await this.decideSome(4);
      if (random.chance(0.01) || this.isAlarmed()) await this.pullSwitch();
      if (place === Math.floor(requests.length / 2)) await this.excludeLate();
    }
    for (let round = 0; round < 40; round++) {
      await this.watch();
      await this.decideSome(60);
      // What was approved a moment ago is about to begin.
      if (random.chance(0.3)) await this.pullSwitch();
      if (random.chance(0.2)) await this.mendWaves();
    }
  }

  /** The same wish twice, and another run for the same resource; some in a wave, with an end or with a grace period. */
  private wishes(): (() => ResponseRequest)[] {
    const { turns, findings } = this.options;
    const { random } = turns;
    const soon = (minutes: number): string => new Date(turns.now().getTime() + minutes * MINUTE_MS).toISOString();
    const requests = findings.flatMap((finding, place): (() => ResponseRequest)[] => {
      const wish = {
        id: `run-${place}`,
        finding,
        mode: random.pick(['ask', 'ask', 'automatic'] as const),
        requestedBy: 'rule:night',
        origin: { kind: 'rule' as const, name: 'night' },
        ...(random.chance(0.3) ? { wave: random.pick(WAVES).id } : {}),
      };
      const ends = random.chance(0.1) ? 5 + random.below(10) : undefined;
      const waits = random.chance(0.1) ? 1 + random.below(4) : undefined;
      // By the clock as it is when it is asked: what has ended by then would be refused.
      const request = (): ResponseRequest => ({
        ...wish,
        ...(ends === undefined ? {} : { expiresAt: soon(ends) }),
        ...(waits === undefined ? {} : { notBefore: soon(waits) }),
      });
      const again = (): ResponseRequest => ({ ...request(), id: `run-${place}-again` });
      return [request, request, ...(random.chance(0.3) ? [again] : [])];
    });
    for (let place = requests.length - 1; place > 0; place--) {
      const other = random.below(place + 1);
      [requests[place], requests[other]] = [
        requests[other] as () => ResponseRequest,
        requests[place] as () => ResponseRequest,
      ];
    }
    return requests;
  }

  /** Somebody presses the button again until the database has answered; the second time it may be refused. */
  private async surely(work: () => Promise<unknown>): Promise<void> {
    const { turns, people } = this.options;
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!isConnectionLost(error)) {
          // A refusal has a name of ours; anything else is a fault.
          if (/^[a-z]+(-[a-z]+)+$/.test((error as { code?: string }).code ?? '')) return;
          throw error;
        }
        await turns.sleep(people, 1000);
      }
    }
  }

  private async decideSome(most: number): Promise<void> {
    const { turns, people } = this.options;
    const { random } = turns;
    const states = ['proposed', 'stopped', 'applying', 'resolved', 'still-open', 'undo-stopped'] as const;
    let runs: Awaited<ReturnType<typeof this.responses.list>>['runs'] = [];
    await this.surely(async () => {
      ({ runs } = await this.responses.list({ states: [random.pick(states), 'proposed'], limit: most }));
    });
    const { responses } = this;
    for (const { id, state, proposalHash = '' } of runs) {
      const chance = random.next();
      if (state === 'proposed') {
        if (chance < 0.05) await this.surely(() => responses.decline(id, { name: 'mei' }));
        else if (chance < 0.08) await this.surely(() => responses.approve(id, { name: 'eve' }, 'not this'));
        else for (const name of ['aya', 'ken']) await this.surely(() => responses.approve(id, { name }, proposalHash));
      } else if (state === 'applying' && chance < 0.1) await this.surely(() => responses.cancel(id, { name: 'ken' }));
      else if (state === 'stopped' && chance < 0.5) await this.surely(() => responses.resume(id, { name: 'ken' }));
      else if (chance < 0.1) await this.surely(() => responses.undo(id, { name: 'ken' }));
    }
    await turns.sleep(people, 1);
  }

  /** Lets some time pass with an eye on AWS. */
  private async watch(): Promise<void> {
    const { turns, people } = this.options;
    for (let second = 0; second < ROUND_SECONDS; second++) {
      await turns.sleep(people, 1000);
      if (this.isAlarmed()) return this.pullSwitch();
    }
  }

  private isAlarmed(): boolean {
    const { turns, aws } = this.options;
    return turns.monoMs - aws.falteredMs < ALARM_MS && turns.random.chance(0.5);
  }

  private async pullSwitch(): Promise<void> {
    const { turns, people, oracle } = this.options;
    const by = { name: 'oncall' };
    await this.surely(() => this.responses.setKillSwitch(true, by, 'looks wrong'));
    oracle.switchedMs = turns.monoMs;
    await turns.sleep(people, SWITCHED_MS);
    oracle.switchedMs = undefined;
    await this.surely(() => this.responses.setKillSwitch(false, by, 'was nothing'));
  }

  /** Excludes one more account, in one turn with what the oracle notes of it. */
  private async excludeLate(): Promise<void> {
    const { turns, people, database, oracle, late } = this.options;
    await turns.turn(people, async () => {
      const { version, settings } = await responseSettings(database);
      const exclude = [...settings.exclude, { accounts: [late] }];
      await setResponseSettings(
        database,
        { ...settings, exclude },
        { over: version, by: { name: 'lead' }, now: turns.now() },
      );
      await oracle.close(late);
    });
  }

  private async mendWaves(): Promise<void> {
    for (const { id } of WAVES) {
      await this.surely(async () => {
        if ((await this.waves.show(id)).broken !== undefined) await this.waves.goOn(id, { name: 'lead' });
      });
    }
  }
}
