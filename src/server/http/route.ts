import type { Static, TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEntry, Hub } from '../../engine/hub/hub.js';
import type { Permission } from '../access/permissions.js';
import type { Principal } from '../access/principal.js';
import type { EventFeed } from '../stream/event-feed.js';

type Of<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** A call that may be made and whose parts fit their schemas. */
export interface Call<Body = unknown, Query = unknown, Params = unknown> {
  readonly hub: Hub;
  readonly principal: Principal;
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What happens to runs, for those who watch. */
  readonly feed: EventFeed;
  /** What a change by this browser session must carry; undefined without one. */
  readonly csrf: string | undefined;
  /** Writes to the ledger how a call ended that is told there twice: its beginning is there already. */
  readonly recordEnd: (end: Pick<AuditEntry, 'bodySha256' | 'imported'>) => Promise<void>;
  /** Finds out again who the caller is; throws when they may no longer come in. */
  readonly authenticate: () => Promise<Principal>;
}

interface Definition<Body, Query, Params, Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly permission: Permission;
  /** What it does, in a line. */
  readonly summary: string;
  readonly tag: string;
  /** It reaches beyond any account: only for those whose scope is everything. */
  readonly wide?: true;
  /** It changes something: it is recorded before it is done. All that is not a GET, unless told. */
  readonly changes?: boolean;
  readonly bodyBytesMax?: number;
  /** The media type of a body that is read as it comes, by the route itself: it gets a `StreamedBody`. */
  readonly streams?: string;
  readonly body?: Body;
  readonly query?: Query;
  readonly params?: Params;
  readonly answer: Answer;
}

/** A route as the server sees it. */
export interface Route extends Definition<TSchema, TSchema, TSchema, TSchema> {
  handle(call: Call): unknown;
}

/** Defines a route: what it takes, who may call it, and what it does. Its parts get their types from its schemas. */
export function route<
  Answer extends TSchema,
  Body extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Params extends TSchema | undefined = undefined,
>(
  definition: Definition<Body, Query, Params, Answer> & {
    handle(call: Call<Of<Body>, Of<Query>, Of<Params>>): Promise<Static<Answer>>;
  },
): Route {
  return definition as unknown as Route;
}

export function changes({ changes: told, method }: Pick<Route, 'changes' | 'method'>): boolean {
  return told ?? method !== 'GET';
}
