import { Problem } from '../base/problem.js';
import type {
  KillSwitch,
  Responder,
  ResponseDetail,
  ResponseEvent,
  ResponseState,
  Responses,
} from '../engine/respond/responses.js';

/** Runs in memory that never plan anything: what is asked for is proposed at once. */
export function memoryResponses(now: () => Date): Responses & { tell(event: ResponseEvent): void } {
  const runs = new Map<string, ResponseDetail>();
  const listeners = new Set<(event: ResponseEvent) => void>();
  let killSwitch: KillSwitch = { engaged: false };
  const tell = (event: ResponseEvent) => listeners.forEach((listener) => listener(event));
  const find = (id: string): ResponseDetail => {
    const run = runs.get(id);
    if (run === undefined) throw new Problem('unknown-run', `there is no run \`${id}\``);
    return run;
  };
  const move = (run: ResponseDetail, state: ResponseState, more: Partial<ResponseDetail> = {}) => {
    const moved = { ...run, ...more, state, updatedAt: now().toISOString() };
    runs.set(run.id, moved);
    tell({ runId: run.id, state, accountId: run.finding.accountId, at: moved.updatedAt, text: state });
    return Promise.resolve(moved);
  };
  const proposed = (id: string, { name }: Responder): ResponseDetail => {
    const run = find(id);
    if (run.state !== 'proposed') throw new Problem('not-awaiting-approval', `the run \`${id}\` is ${run.state}`);
    if (run.approvalsNeeded === 2 && run.requestedBy === name) {
      throw new Problem('own-request', `\`${name}\` asked for the run \`${id}\``);
    }
    return run;
  };
  return {
    tell,
    request: (request) => {
      const { id, finding, mode, origin, requestedBy } = request;
      const known = runs.get(id);
      if (known !== undefined) return Promise.resolve(known);
      const at = now().toISOString();
      const base = {
        id,
        finding,
        mode,
        origin,
        requestedBy,
        requestedAt: at,
        updatedAt: at,
        approvals: [],
        entries: [],
      };
      const approvalsNeeded = request.approvalsNeeded ?? 1;
      return move({ ...base, approvalsNeeded, state: 'requested', proposalHash: 'a'.repeat(64) }, 'proposed');
    },
    approve: async (id, by, proposalHash) => {
      const run = proposed(id, by);
      if (run.proposalHash !== proposalHash) throw new Problem('proposal-changed', 'it was planned again');
      const approval = { by: by.name, decision: 'approved' as const, at: now().toISOString(), proposalHash };
      const approvals = [...run.approvals, approval];
      return move(run, approvals.length >= run.approvalsNeeded ? 'approved' : 'proposed', { approvals });
    },
    decline: async (id, by) => move(proposed(id, by), 'declined'),
    cancel: async (id) => move(find(id), 'cancelled'),
    resume: async (id) => move(find(id), 'applying'),
    undo: async (id) => move(find(id), 'undoing'),
    list: ({ accounts, states, limit }) => {
      const all = [...runs.values()].filter(
        (run) => (accounts?.includes(run.finding.accountId) ?? true) && (states?.includes(run.state) ?? true),
      );
      return Promise.resolve({ runs: all.slice(0, limit) });
    },
    show: async (id) => find(id),
    killSwitch: () => Promise.resolve(killSwitch),
    setKillSwitch: (engaged, by, reason) => {
      killSwitch = { engaged, by: by.name, at: now().toISOString(), reason };
      return Promise.resolve(killSwitch);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
