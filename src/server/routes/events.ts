import { Type } from '@sinclair/typebox';
import { route } from '../http/route.js';
import { streamEvents } from '../stream/event-stream.js';

export const eventRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/events',
    permission: 'runs:read',
    summary: 'What happens to runs, as server-sent events; `Last-Event-ID` continues where a connection broke',
    tag: 'runs',
    answer: Type.Unknown({ description: 'text/event-stream' }),
    handle: (call) => {
      const { request, reply, principal, feed, authenticate } = call;
      const last = request.headers['last-event-id'];
      const headers = Object.fromEntries(
        Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
      );
      streamEvents(feed, principal, reply.raw, {
        lastEventId: typeof last === 'string' ? last : undefined,
        headers,
        stillAllowed: async () => sameScope(principal.accounts, (await authenticate()).accounts),
      });
      reply.hijack();
      return Promise.resolve(undefined);
    },
  }),
];

function sameScope(before: readonly string[] | undefined, now: readonly string[] | undefined): boolean {
  return before?.join() === now?.join();
}
