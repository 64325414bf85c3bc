import { randomBytes } from 'node:crypto';
import type { ResponseEvent, Responses } from '../../engine/respond/responses.js';

/** Events kept for those whose connection broke. */
const KEPT_MAX = 1000;

/** An event with its place in the feed: `EPOCH-NUMBER`. */
export interface FedEvent {
  readonly id: string;
  readonly event: ResponseEvent;
}

/**
 * What happened to runs since the server started. Ids are of this process: after a restart, or on another machine, an old
 * id is unknown and who sends it is told to read everything again, rather than miss what happened meanwhile.
 */
export class EventFeed {
  private readonly epoch = randomBytes(6).toString('hex');
  private readonly kept: { readonly number: number; readonly event: ResponseEvent }[] = [];
  private readonly listeners = new Set<(fed: FedEvent) => void>();
  private readonly unsubscribe: () => void;
  private number = 0;

  constructor(responses: Pick<Responses, 'subscribe'>) {
    this.unsubscribe = responses.subscribe((event) => this.feed(event));
  }

  /** What came after an id, oldest first; undefined when that is not known any more. */
  since(id: string): readonly FedEvent[] | undefined {
    const match = /^([0-9a-f]{12})-(\d{1,15})$/.exec(id);
    const number = Number(match?.[2]);
    const first = this.kept[0]?.number ?? this.number + 1;
    if (match?.[1] !== this.epoch || number < first - 1 || number > this.number) return undefined;
    return this.kept.filter((each) => each.number > number).map((each) => this.fed(each.number, each.event));
  }

  listen(listener: (fed: FedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Where the feed stands: the id of its last event. */
  get last(): string {
    return `${this.epoch}-${this.number}`;
  }

  close(): void {
    this.unsubscribe();
    this.listeners.clear();
  }

  private feed(event: ResponseEvent): void {
    this.number++;
    this.kept.push({ number: this.number, event });
    if (this.kept.length > KEPT_MAX) this.kept.shift();
    for (const listener of this.listeners) listener(this.fed(this.number, event));
  }

  private fed(number: number, event: ResponseEvent): FedEvent {
    return { id: `${this.epoch}-${number}`, event };
  }
}
