import type { ServerResponse } from 'node:http';
import { sees, type Principal } from '../access/principal.js';
import { Refusal } from '../http/api-error.js';
import type { EventFeed, FedEvent } from './event-feed.js';

/** Between two signs of life, at each of which it is checked that the watcher may still watch. */
export const HEARTBEAT_MS = 15_000;
/** Streams at once, of all clients. */
const STREAMS_MAX = 500;
/** Bytes that wait for a client that does not read, before it is left. */
const WAITING_BYTES_MAX = 256 * 1024;

const open = new WeakMap<EventFeed, Set<ServerResponse>>();

export interface StreamOptions {
  readonly lastEventId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly heartbeatMs?: number;
  /** Whether who watches may still watch: a token may have been revoked since. */
  readonly stillAllowed: () => Promise<boolean>;
}

/**
 * Writes server-sent events: first what a client missed, then what happens. Source: HTML standard, "Server-sent events".
 *
 * @throws Refusal `too-many-streams`.
 */
export function streamEvents(
  feed: EventFeed,
  principal: Principal,
  response: ServerResponse,
  options: StreamOptions,
): void {
  const streams = streamsOf(feed);
  if (streams.size >= STREAMS_MAX)
    throw new Refusal(503, 'too-many-streams', `there are ${STREAMS_MAX} streams already`);
  streams.add(response);
  response.writeHead(200, {
    ...options.headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const write = (text: string) => {
    response.write(text);
    if (response.writableLength > WAITING_BYTES_MAX) response.destroy();
  };
  const tell = (fed: FedEvent) => {
    if (sees(principal, fed.event.accountId)) write(textOf(fed));
  };
  begin(feed, options.lastEventId, write, tell);
  const stop = feed.listen(tell);
  const heart = setInterval(() => {
    options.stillAllowed().then(
      (allowed) => (allowed ? write(': alive\n\n') : response.end()),
      () => response.end(),
    );
  }, options.heartbeatMs ?? HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(heart);
    stop();
    streams.delete(response);
  });
}

/** Ends all streams of a feed: the server stops. */
export function endStreams(feed: EventFeed): void {
  for (const response of streamsOf(feed)) response.end();
}

export function streamCount(feed: EventFeed): number {
  return streamsOf(feed).size;
}

function begin(
  feed: EventFeed,
  lastEventId: string | undefined,
  write: (text: string) => void,
  tell: (fed: FedEvent) => void,
): void {
  const missed = lastEventId === undefined ? [] : feed.since(lastEventId);
  if (missed === undefined) write(`event: reset\nid: ${feed.last}\ndata: {}\n\n`);
  else if (lastEventId === undefined) write(`event: hello\nid: ${feed.last}\ndata: {}\n\n`);
  for (const fed of missed ?? []) tell(fed);
}

/** JSON has no line breaks outside of its texts, and escapes those inside. */
function textOf({ id, event }: FedEvent): string {
  return `event: run\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

function streamsOf(feed: EventFeed): Set<ServerResponse> {
  const known = open.get(feed) ?? new Set<ServerResponse>();
  open.set(feed, known);
  return known;
}
