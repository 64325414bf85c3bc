import { isConnectionLost, type Database, type Queries } from '../database.js';

/** An event that was taken in and is not decided yet. */
export interface WaitingEvent {
  readonly id: string;
  readonly source: string;
  readonly body: unknown;
  /** The rules it follows from. */
  readonly causes: readonly string[];
  readonly attempts: number;
}

/** What is kept of what a rule said of an event. */
export interface DecisionRow {
  readonly rule: string;
  readonly fired: boolean;
  readonly why: string;
  readonly actions: unknown;
}

export interface DecisionRecord extends DecisionRow {
  readonly eventId: string;
  /** The account that the event is of. */
  readonly account: string;
  readonly at: string;
}

/** Something that was tried again and again, and given up. */
export interface FailureRecord {
  readonly kind: 'event' | 'delivery';
  readonly id: string;
  readonly eventId: string;
  readonly rule: string | null;
  /** Of a delivery: the kind of its target. */
  readonly target: string | null;
  readonly at: string;
  readonly error: string;
}

/** Something to be sent somewhere, with the event it is about. */
export interface Delivery {
  readonly id: string;
  readonly rule: string;
  readonly target: unknown;
  readonly body: unknown;
  readonly attempts: number;
}

/** Channel on which workers are told that something waits. */
export const EVENT_CHANNEL = 'hikeshi_event';

/**
 * Events on their way: taken in, decided, delivered. An event is taken in once, however often it arrives, and is
 * acknowledged only when it is committed. What is decided is committed together with the mark that it is.
 */
export class EventInbox {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** Takes an event in. Whether it is new; when this answers, it is safe. */
  async take(
    event: { id: string; source: string; body: unknown; causes?: readonly string[] },
    now: Date,
  ): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `with taken as (
         insert into hikeshi.event (id, source, body, causes, received_at) values ($1, $2, $3, $4, $5)
         on conflict (id) do nothing returning id)
       select pg_notify('${EVENT_CHANNEL}', '') from taken`,
      [event.id, event.source, JSON.stringify(event.body), event.causes ?? [], now],
    );
    return rowCount === 1;
  }

  /**
   * Works on the oldest waiting event, if there is one, in one transaction: what `work` writes through the connection
   * and the mark that the event is decided come together. Others skip it meanwhile; if this process dies, it waits again.
   * One that makes `work` throw is put aside after `attemptsMax`, with its error, and never lost.
   */
  async workOnNext(
    work: (event: WaitingEvent, client: Queries) => Promise<readonly DecisionRow[]>,
    options: { readonly now: Date; readonly attemptsMax: number },
  ): Promise<boolean> {
    let taken: WaitingEvent | undefined;
    try {
      return await this.database.transaction(async (client) => {
        const { rows } = await client.query<WaitingEvent>(
          `select id, source, body, causes, attempts from hikeshi.event
           where decided_at is null and attempts < $1 order by received_at limit 1 for update skip locked`,
          [options.attemptsMax],
        );
        taken = rows[0];
        if (taken === undefined) return false;
        const decisions = await work(taken, client);
        for (const { rule, fired, why, actions } of decisions) {
          await client.query(
            `insert into hikeshi.rule_decision (event_id, rule, fired, why, actions, at) values ($1, $2, $3, $4, $5, $6)
             on conflict (event_id, rule) do nothing`,
            [taken.id, rule, fired, why, JSON.stringify(actions), options.now],
          );
        }
        await client.query('update hikeshi.event set decided_at = $2, last_error = null where id = $1', [
          taken.id,
          options.now,
        ]);
        return true;
      });
    } catch (error) {
      // A database that went away says nothing of the event: it waits, and is no attempt nearer to being given up.
      if (taken === undefined || isConnectionLost(error)) throw error;
      const said = error instanceof Error ? error.message : String(error);
      await this.database.query('update hikeshi.event set attempts = attempts + 1, last_error = $2 where id = $1', [
        taken.id,
        said.slice(0, 2000),
      ]);
      return true;
    }
  }

  /** Puts a delivery in line: part of the transaction of its event. */
  async enqueue(
    client: Queries,
    delivery: { id: string; eventId: string; rule: string; target: unknown },
    now: Date,
  ): Promise<void> {
    await client.query(
      `insert into hikeshi.delivery (id, event_id, rule, target, next_at) values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
      [delivery.id, delivery.eventId, delivery.rule, JSON.stringify(delivery.target), now],
    );
  }

  /**
   * Sends the next delivery that is due, if there is one. A failure is tried again later; after `attemptsMax` it is given
   * up, and stays in the table with its error.
   */
  async deliverNext(
    send: (delivery: Delivery) => Promise<void>,
    options: { readonly now: () => Date; readonly attemptsMax: number; readonly pauseMs: (attempt: number) => number },
  ): Promise<'none' | 'done' | 'again' | 'failed'> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<Delivery>(
        `select d.id, d.rule, d.target, d.attempts, e.body from hikeshi.delivery d join hikeshi.event e on e.id = d.event_id
         where d.done_at is null and d.failed_at is null and d.next_at <= $1 order by d.next_at limit 1 for update of d skip locked`,
        [options.now()],
      );
      const delivery = rows[0];
      if (delivery === undefined) return 'none';
      try {
        await send(delivery);
        await client.query('update hikeshi.delivery set done_at = $2, last_error = null where id = $1', [
          delivery.id,
          options.now(),
        ]);
        return 'done';
      } catch (error) {
        const attempt = delivery.attempts + 1;
        const said = (error instanceof Error ? error.message : String(error)).slice(0, 2000);
        const over = attempt >= options.attemptsMax;
        const next = new Date(options.now().getTime() + options.pauseMs(attempt));
        await client.query(
          `update hikeshi.delivery set attempts = $2, last_error = $3, next_at = $4, failed_at = $5 where id = $1`,
          [delivery.id, attempt, said, next, over ? options.now() : null],
        );
        return over ? 'failed' : 'again';
      }
    });
  }

  /** What rules said, newest first: of one rule, of one event, or of all. */
  async decisions(query: {
    rule?: string;
    eventId?: string;
    fired?: boolean;
    /** Only of events of these accounts. */
    accounts?: readonly string[];
    limit: number;
  }): Promise<DecisionRecord[]> {
    const { rows } = await this.database.query<{
      event_id: string;
      rule: string;
      fired: boolean;
      why: string;
      actions: unknown;
      at: Date;
      account: string;
    }>(
      `select d.event_id, d.rule, d.fired, d.why, d.actions, d.at, e.body ->> 'account' as account
       from hikeshi.rule_decision d join hikeshi.event e on e.id = d.event_id
       where ($1::text is null or rule = $1) and ($2::text is null or event_id = $2) and ($3::boolean is null or fired = $3)
         and ($5::text[] is null or e.body ->> 'account' = any($5))
       order by at desc, event_id, rule limit $4`,
      [query.rule ?? null, query.eventId ?? null, query.fired ?? null, query.limit, query.accounts ?? null],
    );
    return rows.map(({ event_id, at, ...row }) => ({ eventId: event_id, at: at.toISOString(), ...row }));
  }

  /** What waits, and what was put aside: for health and metrics. */
  async counts(
    attemptsMax: number,
  ): Promise<{ waiting: number; aside: number; deliveriesWaiting: number; deliveriesFailed: number }> {
    const { rows } = await this.database.query<{ waiting: number; aside: number; deliveries: number; failed: number }>(
      `select (select count(*) from hikeshi.event where decided_at is null and attempts < $1) as waiting,
              (select count(*) from hikeshi.event where decided_at is null and attempts >= $1) as aside,
              (select count(*) from hikeshi.delivery where done_at is null and failed_at is null) as deliveries,
              (select count(*) from hikeshi.delivery where failed_at is not null) as failed`,
      [attemptsMax],
    );
    const [row] = rows;
    return {
      waiting: row?.waiting ?? 0,
      aside: row?.aside ?? 0,
      deliveriesWaiting: row?.deliveries ?? 0,
      deliveriesFailed: row?.failed ?? 0,
    };
  }

  /** What was given up, newest first, with the error of the last attempt: events that could not be decided, deliveries not taken. */
  async failures(attemptsMax: number, most: number): Promise<FailureRecord[]> {
    const { rows } = await this.database.query<Omit<FailureRecord, 'at'> & { at: Date }>(
      `select * from (
         select 'event' as kind, id, id as "eventId", null as rule, null as target, received_at as at,
           coalesce(last_error, '') as error from hikeshi.event where decided_at is null and attempts >= $1
         union all
         select 'delivery', id, event_id, rule, target ->> 'kind', failed_at, coalesce(last_error, '')
           from hikeshi.delivery where failed_at is not null) f
       order by at desc, id limit $2`,
      [attemptsMax, most],
    );
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  }

  /** Lets everything that was given up be tried again. @returns how much it was. */
  async retryFailures(attemptsMax: number, now: Date): Promise<number> {
    return this.database.transaction(async (client) => {
      const events = await client.query(
        'update hikeshi.event set attempts = 0 where decided_at is null and attempts >= $1',
        [attemptsMax],
      );
      const deliveries = await client.query(
        'update hikeshi.delivery set attempts = 0, failed_at = null, next_at = $1 where failed_at is not null',
        [now],
      );
      await client.query(`select pg_notify('${EVENT_CHANNEL}', '')`);
      return (events.rowCount ?? 0) + (deliveries.rowCount ?? 0);
    });
  }

  /** Removes events that were decided before a day, with what was said of them; at most `most` at a time. */
  async forget(before: Date, most: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `delete from hikeshi.event where id in (
         select e.id from hikeshi.event e where e.decided_at < $1
           and not exists (select 1 from hikeshi.delivery d where d.event_id = e.id and d.done_at is null and d.failed_at is null)
         limit $2)`,
      [before, most],
    );
    return rowCount ?? 0;
  }
}
