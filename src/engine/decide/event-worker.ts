import { messageOf, Problem } from '../../base/problem.js';
import type { AnyControl } from '../../controls/control.js';
import type { Finding } from '../../findings/finding.js';
import { deliver, type DeliverOptions, type DeliveryTarget } from '../../integrations/events/deliver.js';
import type { Queries } from '../../store/postgres/database.js';
import type { DecisionRow, EventInbox, WaitingEvent } from '../../store/postgres/events/event-inbox.js';
import type { Responses } from '../respond/responses.js';
import { isInvalid } from '../../base/checked.js';
import type { CurrentRules } from './current-rules.js';
import { decide, type Action, type RuleDecision } from './decide.js';
import { parseEvent } from './hub-event.js';
import type { ScopeFacts } from '../scope/scope.js';

/** How often an event is tried, and a delivery, before it is put aside. */
export const EVENT_ATTEMPTS_MAX = 5;
const DELIVERY_ATTEMPTS_MAX = 8;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;

export interface EventWorkerOptions {
  readonly inbox: EventInbox;
  readonly rules: CurrentRules;
  readonly responses: Pick<Responses, 'request'>;
  readonly controls: readonly AnyControl[];
  readonly factsOf: (finding: Finding) => Promise<ScopeFacts>;
  readonly isSuppressed: (finding: Finding) => Promise<boolean>;
  /** Brings a finding that an event made into the findings of the hub, before it is answered. */
  readonly keep: (finding: Finding, causes: readonly string[]) => Promise<void>;
  readonly deliver: DeliverOptions;
  readonly now: () => Date;
}

/** Decides events and makes deliveries, one at a time. Any number of workers share the work. */
export class EventWorker {
  private readonly options: EventWorkerOptions;

  constructor(options: EventWorkerOptions) {
    this.options = options;
  }

  /**
   * Works until nothing is due any more. Answers how many events were decided and deliveries tried.
   *
   * @param onProgress told after each of them.
   */
  async drain(onProgress: () => void = () => undefined): Promise<{ events: number; deliveries: number }> {
    const { inbox, now } = this.options;
    let events = 0;
    let deliveries = 0;
    const work = (event: WaitingEvent, client: Queries) => this.decideOne(event, client);
    while (await inbox.workOnNext(work, { now: now(), attemptsMax: EVENT_ATTEMPTS_MAX })) {
      events += 1;
      onProgress();
    }
    const sending = { now, attemptsMax: DELIVERY_ATTEMPTS_MAX, pauseMs };
    const send = ({ id, target, body }: { id: string; target: unknown; body: unknown }) =>
      deliver(id, target as DeliveryTarget, body, this.options.deliver);
    while ((await inbox.deliverNext(send, sending)) !== 'none') {
      deliveries += 1;
      onProgress();
    }
    return { events, deliveries };
  }

  private async decideOne(waiting: WaitingEvent, client: Queries): Promise<DecisionRow[]> {
    const event = parseEvent(waiting.body);
    if (isInvalid(event)) throw new Error(`${event.invalid.field}: ${event.invalid.rule}`);
    const rules = await this.options.rules.get();
    const { controls, factsOf, isSuppressed, now } = this.options;
    const decisions = await decide(event, rules, {
      ...{ controls, factsOf, isSuppressed },
      causes: waiting.causes,
      eventKey: waiting.id,
      now: now(),
    });
    const rows: DecisionRow[] = [];
    for (const decision of decisions) rows.push(await this.carryOut(waiting, decision, client));
    return rows;
  }

  /** Runs are asked for before the decision is committed: asking twice for the same one is asking once. */
  private async carryOut(
    event: WaitingEvent,
    { rule, fired, why, actions }: RuleDecision,
    client: Queries,
  ): Promise<DecisionRow> {
    const done: unknown[] = [];
    for (const action of actions) done.push(await this.act(event, rule, action, client));
    return { rule, fired, why, actions: done };
  }

  private async act(event: WaitingEvent, rule: string, action: Action, client: Queries): Promise<unknown> {
    const { inbox, now, responses, keep } = this.options;
    switch (action.kind) {
      case 'left':
        return action;
      case 'deliver':
        await inbox.enqueue(client, { id: action.id, eventId: event.id, rule, target: action.target }, now());
        return { kind: action.kind, id: action.id, target: action.target };
      case 'respond': {
        const { id, finding, mode } = action.request;
        try {
          // The findings of Security Hub are there already; those that an event alone tells of are brought in.
          if (action.request.origin.kind === 'event') await keep(finding, [...event.causes, rule]);
          const { state } = await responses.request(action.request);
          return { kind: action.kind, run: id, finding: finding.id, mode, state };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return { kind: 'left', about: finding.id, why: messageOf(error) };
        }
      }
    }
  }
}

/** Twice as long every time, up to an hour. */
function pauseMs(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}
