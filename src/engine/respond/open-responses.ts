import { Problem } from '../../base/problem.js';
import type { Finding } from '../../findings/finding.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { RehearsalSummary } from '../../rehearsal/summary.js';
import type { Database, Queries } from '../../store/postgres/database.js';
import { readAttestations } from '../../store/postgres/runs/attestation-table.js';
import { readKillSwitch, writeKillSwitch } from '../../store/postgres/runs/kill-switch.js';
import { readApprovals, readProposal } from '../../store/postgres/runs/proposal-table.js';
import { listen } from '../../store/postgres/runs/run-events.js';
import { readEntries } from '../../store/postgres/runs/run-journal.js';
import type { RunRow } from '../../store/postgres/runs/run-row.js';
import { insertRun, lockRun, readRun, RUN_CHANNEL, searchRuns } from '../../store/postgres/runs/run-table.js';
import { checkQuery, checkRequest } from './check-request.js';
import { Decisions } from './decisions.js';
import type { Enqueue } from './durable.js';
import { viewOf } from './response-view.js';
import type {
  Responder,
  ResponseDetail,
  ResponseEvent,
  ResponseQuery,
  ResponseRequest,
  Responses,
  ResponseView,
} from './responses.js';
import { laneOf } from './run-record.js';
import { unknownRun } from './respond-problems.js';

export interface ResponsesOptions {
  readonly database: Database;
  /** How workflows are begun: `(await openEngine(database)).enqueue`. */
  readonly enqueue: Enqueue;
  readonly now?: () => Date;
}

/** The use cases of responding, on a database that workers share. Needs no worker in this process. */
export function openResponses(options: ResponsesOptions): Responses {
  const { database, enqueue, now = () => new Date() } = options;
  const decisions = new Decisions(database, enqueue, now);
  const view = async (client: Queries, run: RunRow): Promise<ResponseView> =>
    viewOf(run, (await readApprovals(client, [run.id])).get(run.id) ?? []);
  return {
    request: (request) => ask(options, now, request, view),
    approve: (id, by, hash, comment) => decisions.approve(id, by, hash, comment),
    decline: (id, by, comment) => decisions.decline(id, by, comment),
    cancel: (id, by, comment) => decisions.cancel(id, by, comment),
    resume: (id, by) => decisions.resume(id, by),
    undo: (id, by) => decisions.undo(id, by),
    list: (query) => list(database, query),
    show: (id) => show(database, id),
    killSwitch: () => readKillSwitch(database),
    async setKillSwitch(engaged, by: Responder, reason) {
      if (reason.trim() === '')
        throw new Problem('kill-switch-reason', 'the kill switch needs a reason', {
          next: 'say why',
          exit: 'badUsage',
        });
      return database.transaction(async (client) => {
        await writeKillSwitch(client, { engaged, by: by.name, at: now().toISOString(), reason });
        return readKillSwitch(client);
      });
    },
    subscribe: (listener) => subscribe(database, listener),
  };
}

async function ask(
  { database, enqueue }: ResponsesOptions,
  now: () => Date,
  request: ResponseRequest,
  view: (client: Queries, run: RunRow) => Promise<ResponseView>,
): Promise<ResponseView> {
  checkRequest(request, now());
  const { finding } = request;
  return database.transaction(async (client) => {
    const made = await insertRun(client, {
      id: request.id,
      mode: request.mode,
      findingId: finding.id,
      controlId: finding.controlId,
      accountId: finding.accountId,
      resourceArn: finding.resourceArn,
      finding,
      parameters: request.parameters ?? {},
      origin: request.origin,
      requestedBy: request.requestedBy,
      requestedAt: now().toISOString(),
      approvalsAsked: request.approvalsNeeded,
      expiresAt: request.expiresAt,
      notBefore: request.notBefore,
      wave: request.wave,
    });
    if (made) await enqueue(client, 'propose@1', { runId: request.id, turn: 0 }, { lane: laneOf(finding.resourceArn) });
    return view(client, (await lockRun(client, request.id)) as RunRow);
  });
}

async function list(
  database: Database,
  query: ResponseQuery,
): Promise<{ runs: readonly ResponseView[]; next?: string }> {
  const { after, ...search } = query;
  const place = checkQuery(query);
  const rows = await searchRuns(database, { ...search, ...(place === undefined ? {} : { after: place }) });
  const approvals = await readApprovals(
    database,
    rows.map(({ id }) => id),
  );
  const runs = rows.map((row) => viewOf(row, approvals.get(row.id) ?? []));
  const last = rows.at(-1);
  const more = last !== undefined && rows.length === query.limit;
  return { runs, ...(more ? { next: `${last.requestedAt}/${last.id}` } : {}) };
}

async function show(database: Database, id: string): Promise<ResponseDetail> {
  const run = await readRun(database, id);
  if (run === undefined) throw unknownRun(id);
  const [approvals, proposal, entries, attestations] = await Promise.all([
    readApprovals(database, [id]),
    readProposal(database, id),
    readEntries(database, id),
    readAttestations(database, id),
  ]);
  return {
    ...viewOf(run, approvals.get(id) ?? []),
    ...(proposal === undefined
      ? {}
      : { plan: proposal.plan as Plan, rehearsal: proposal.rehearsal as RehearsalSummary }),
    parameters: run.parameters,
    wholeFinding: run.finding as Finding,
    entries,
    attestations: attestations.map(({ step, index }) => ({ step, ...(index === undefined ? {} : { index }) })),
  };
}

function subscribe(database: Database, listener: (event: ResponseEvent) => void): () => void {
  const end = listen(database, [RUN_CHANNEL], (_channel, payload) => {
    const told = JSON.parse(payload) as Partial<ResponseEvent>;
    if (told.runId === undefined || told.at === undefined) return;
    listener({ ...(told as ResponseEvent), at: new Date(told.at).toISOString() });
  });
  return () => void end().catch(() => undefined);
}
