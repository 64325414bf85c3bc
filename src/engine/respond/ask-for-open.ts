import { createHash } from 'node:crypto';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import type { Database } from '../../store/postgres/database.js';
import { isAnswered } from '../../store/postgres/runs/run-table.js';
import { scopeFacts } from '../scope/scope-facts.js';
import { matchScope, type Scope } from '../scope/scope.js';
import type { Enqueue } from './durable.js';
import { openResponses } from './open-responses.js';
import type { ResponsePorts } from './ports.js';
import type { ResponseRequest } from './responses.js';

/** What asking for runs needs of the world. */
export interface AskContext {
  readonly database: Database;
  readonly enqueue: Enqueue;
  readonly ports: Pick<ResponsePorts, 'estate' | 'findings' | 'now'>;
}

/** Which findings, and what is asked for each. */
export interface OpenWish {
  readonly scope: Scope;
  /** 1 or more: no more runs than so many. */
  readonly runsMax: number;
  readonly request: (finding: Finding) => ResponseRequest;
}

export interface Asked {
  readonly asked: number;
  /** In scope, and a run for them is under way, or was asked for in this undertaking before. */
  readonly answered: number;
  /** Not surely in scope: what decides is not known. Nothing was asked for them. */
  readonly unknown: number;
  /** There is more in scope than was asked for. */
  readonly more: boolean;
}

/**
 * Asks for a run for each open finding that is surely in a scope and has no run. O(open findings of the scope's
 * accounts). Whoever crashes in between asks again: a finding whose run is there is not asked for twice.
 */
export async function askForOpen({ database, enqueue, ports }: AskContext, wish: OpenWish): Promise<Asked> {
  const responses = openResponses({ database, enqueue, now: () => ports.now() });
  const estates = new Map<string, Promise<Estate | undefined>>();
  let asked = 0;
  let answered = 0;
  let unknown = 0;
  for await (const finding of ports.findings.open(wish.scope)) {
    const { accountId } = finding;
    // Where an account was never read nothing is known of it, and a scope that asks is not fulfilled.
    const estate = estates.get(accountId) ?? ports.estate(accountId).catch(() => undefined);
    estates.set(accountId, estate);
    const { is } = matchScope(wish.scope, scopeFacts(finding, await estate));
    if (is === 'unknown') unknown += 1;
    if (is !== 'in') continue;
    const request = wish.request(finding);
    if (await isAnswered(database, finding.id, request.id)) {
      answered += 1;
      continue;
    }
    if (asked === wish.runsMax) return { asked, answered, unknown, more: true };
    await responses.request(request);
    asked += 1;
  }
  return { asked, answered, unknown, more: false };
}

/** A finding's id, short enough for the id of a run. */
export function shortOf({ id }: Finding): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24);
}
