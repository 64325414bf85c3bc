import { canonicalJson } from '../../base/json.js';
import type { AnyControl } from '../../controls/control.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import { canonicalRecord, digestOf, type LedgerRecord } from '../../ledger/record/statement.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import type { Database } from '../../store/postgres/database.js';
import type { RunEntry } from '../../store/run-file.js';
import { lookAgain } from '../fix/verify.js';
import type { Turns } from './simulation.fixture.js';

/** A kill switch is obeyed within this: a call that was allowed a moment before it may still be made. */
const OBEYED_MS = 3000;

/** A change that was made, and whose. */
export interface Effect {
  readonly run: string;
  readonly step: string;
  readonly verb: 'apply' | 'undo';
  readonly resource: string;
  readonly call: string;
  readonly atMs: number;
}

/** What is held against a run in the very transaction that begins it, in SQL of its own. */
const WATCH = `
create table sim.wrong (what text not null);
create table sim.closed (account text primary key);
create table sim.closed_claim (run_id text primary key, epoch bigint not null);
create function sim.watch() returns trigger language plpgsql as $$
declare
  held record;
begin
  if new.state = 'applying' and old.state <> 'applying' then
    if exists (select 1 from hikeshi.run r where r.resource_arn = new.resource_arn and r.id <> new.id and r.state = 'applying') then
      insert into sim.wrong values (new.id || ' began while another run was at its resource');
    end if;
    if (select engaged from hikeshi.kill_switch) then
      insert into sim.wrong values (new.id || ' began although the kill switch was engaged');
    end if;
    if exists (select 1 from sim.closed where account = new.account_id) then
      insert into sim.wrong values (new.id || ' began in an account that was excluded');
    end if;
    if old.began_at is null and new.expires_at <= new.updated_at then
      insert into sim.wrong values (new.id || ' began although it had expired');
    end if;
    if new.not_before > new.updated_at or (new.not_before is not null and new.warned_at is null) then
      insert into sim.wrong values (new.id || ' began before its grace period was over and its owner warned');
    end if;
    if new.wave is not null then
      select w.*, g.* into held from hikeshi.wave w, lateral (
        select count(*) filter (where r.state in ('resolved', 'still-open', 'stopped', 'undone', 'undo-stopped')
            and r.updated_at > coalesce(w.closed_at, '-infinity')) as ended,
          count(*) filter (where r.state in ('still-open', 'stopped', 'undone', 'undo-stopped')
            and r.updated_at > coalesce(w.closed_at, '-infinity')) as failed,
          count(*) filter (where r.began_at > new.began_at - interval '1 hour') as lately
        from hikeshi.run r where r.wave = new.wave and r.id <> new.id and r.began_at is not null) g where w.id = new.wave;
      if held.broken_reason is not null then
        insert into sim.wrong values (new.id || ' began in a wave that was broken');
      end if;
      if held.ended >= held.failures_after and held.failed::float8 / held.ended > held.failure_rate_max then
        insert into sim.wrong values (new.id || ' began in a wave that failed too often');
      end if;
      if old.began_at is null and held.lately >= held.per_hour_max then
        insert into sim.wrong values (new.id || ' began in a wave that had begun enough that hour');
      end if;
    end if;
  end if;
  return new;
end $$;
create trigger watch after update on hikeshi.run for each row execute function sim.watch();`;

/** Knows what must be true, and notes what is not. Looks at every change as it is made, and at everything once all is over. */
export class Oracle {
  readonly violations: string[] = [];
  readonly effects: Effect[] = [];
  /** When the kill switch was engaged, while it is. */
  switchedMs: number | undefined;
  /** Who changed a resource last: a run, or somebody else. */
  private readonly touched = new Map<string, string>();
  private readonly turns: Turns;
  private readonly database: Database;
  /** How long a read may not show a change. */
  private readonly staleMs: number;

  constructor(turns: Turns, database: Database, staleMs: number) {
    this.turns = turns;
    this.database = database;
    this.staleMs = staleMs;
  }

  async install(): Promise<void> {
    await this.database.query(WATCH);
  }

  /** Notes that an account is excluded from now on; a run that is being carried out may end what it has begun. */
  async close(account: string): Promise<void> {
    await this.database.query('insert into sim.closed values ($1)', [account]);
    await this.database.query(
      `insert into sim.closed_claim select c.run_id, c.epoch from hikeshi.run_claim c join hikeshi.run r on r.id = c.run_id
       where r.account_id = $1`,
      [account],
    );
  }

  /** Somebody else changed a resource. */
  foreign(resource: string): void {
    this.touched.set(resource, 'somebody else');
  }

  /** Whose call this is, and whether it may be made now. */
  async rightOf(call: ApiCall): Promise<Effect | undefined> {
    const { rows } = await this.database.query<{
      id: string;
      state: string;
      resource: string;
      plan: Plan;
      holder: string | null;
      needed: number;
      given: number;
      policy: boolean;
      attested: boolean;
      closed: boolean;
    }>(
      `select r.id, r.state, r.resource_arn as resource, p.plan, g.run_id as holder, r.approvals_needed as needed,
         (select count(*) from hikeshi.run_approval a where a.run_id = r.id and a.decision = 'approved' and a.proposal_hash = r.proposal_hash) as given,
         exists (select 1 from hikeshi.run_entry e where e.run_id = r.id and e.entry->>'how' = 'policy' and not exists (
           select 1 from hikeshi.run_entry l where l.run_id = r.id and l.seq > e.seq and l.entry->>'kind' = 'planned-again')) as policy,
         not exists (select 1 from hikeshi.run_attestation t where t.run_id = r.id and t.step like 'approval:%' and t.ledger_index is null) as attested,
         exists (select 1 from sim.closed c join hikeshi.run_claim now on now.run_id = r.id left join sim.closed_claim before on before.run_id = r.id
           where c.account = r.account_id and now.epoch is distinct from before.epoch) as closed
       from hikeshi.run r join hikeshi.run_proposal p on p.run_id = r.id left join hikeshi.resource_guard g on g.resource_arn = r.resource_arn
       where r.state in ('applying', 'undoing')`,
    );
    const wanted = canonicalJson({ ...call });
    for (const row of rows) {
      for (const step of row.plan.steps) {
        const isApply = row.state === 'applying' && sameShape(step.call, call, wanted);
        const isUndo =
          row.state === 'undoing' &&
          Array.isArray(step.undo) &&
          step.undo.some((each: ApiCall) => sameShape(each, call, wanted));
        if ((!isApply && !isUndo) || row.holder !== row.id) continue;
        const approved = row.needed === 0 ? row.policy : row.given >= row.needed;
        if (!approved) this.wrong(`${row.id} changes something without its approval`);
        if (!row.attested) this.wrong(`${row.id} changes something before its approval is in the ledger`);
        if (isApply && row.closed) this.wrong(`${row.id} changes something of an excluded account`);
        if (isApply && this.switchedMs !== undefined && this.turns.monoMs - this.switchedMs > OBEYED_MS)
          this.wrong(`${row.id} changes something although the kill switch is engaged`);
        const verb = isApply ? 'apply' : 'undo';
        return { run: row.id, step: step.id, verb, resource: row.resource, call: wanted, atMs: this.turns.monoMs };
      }
    }
    this.wrong(`nobody has the right to call ${call.operation} ${JSON.stringify(call.input)}`);
    return undefined;
  }

  note(effect: Effect): void {
    const { run, step, verb, resource, call, atMs } = effect;
    const last = this.effects.findLast((each) => each.run === run && each.step === step);
    if (last?.verb === verb) this.wrong(`${run} did step ${step} twice (${verb})`);
    // Another run did the same, nobody has touched the resource since, and reads have shown it for long.
    const before = this.effects.findLast((each) => each.resource === resource);
    if (before?.call === call && before.run === this.touched.get(resource) && atMs - before.atMs > this.staleMs)
      this.wrong(`${run} did again what ${before.run} had done`);
    this.touched.set(resource, run);
    this.effects.push(effect);
  }

  wrong(what: string): void {
    this.violations.push(what);
  }

  /** What the watch in the database has seen. */
  async watched(): Promise<void> {
    const { rows } = await this.database.query<{ what: string }>('select what from sim.wrong');
    this.violations.push(...rows.map(({ what }) => what));
  }

  /** Every run that was asked for is there; those of accounts that were excluded from the first came to nothing. */
  async runsAreWhole(wanted: readonly string[], shut: string): Promise<void> {
    const { rows: runs } = await this.database.query<{ id: string; account: string; state: string }>(
      'select id, account_id as account, state from hikeshi.run',
    );
    const known = new Map(runs.map((run) => [run.id, run]));
    for (const id of wanted) if (!known.has(id)) this.wrong(`${id} is lost`);
    for (const { run } of this.effects)
      if (known.get(run)?.account === shut) this.wrong(`${run} changed an excluded account`);
    for (const run of runs)
      if (run.account === shut && !['refused', 'already-closed', 'cancelled'].includes(run.state))
        this.wrong(`${run.id} of an excluded account is ${run.state}`);
    const { rows: guards } = await this.database.query<{ run: string }>(
      'select run_id as run from hikeshi.resource_guard',
    );
    for (const { run } of guards) this.wrong(`${run} still holds its resource`);
  }

  /** What a call left behind whose answer was lost is found: nobody was stopped by what was his own doing. */
  async doubtsAreResolved(): Promise<void> {
    const { rows } = await this.database.query<{ id: string; resource: string; end: RunEntry }>(
      `select r.id, r.resource_arn as resource, e.entry as end from hikeshi.run r, lateral (
         select entry from hikeshi.run_entry where run_id = r.id order by seq desc limit 1) e where r.state = 'stopped'`,
    );
    for (const { id, resource, end } of rows) {
      if (end.kind !== 'ended' || end.outcome.status !== 'conflict' || this.touched.get(resource) !== id) continue;
      const { step } = end.outcome;
      const last = this.effects.findLast((effect) => effect.run === id && effect.step === step);
      if (last?.verb === 'apply') this.wrong(`${id} took its own step ${step} for somebody else's`);
    }
  }

  /** Every effect is in the ledger, after its approval, where the database says that it is, and once. */
  async ledgerIsWhole(records: readonly LedgerRecord[]): Promise<void> {
    const digests = records.map((record) => digestOf(canonicalRecord(record)));
    if (new Set(digests).size !== digests.length) this.wrong('the ledger has an entry twice');
    const { rows } = await this.database.query<{
      run: string;
      step: string;
      index: number | null;
      record: LedgerRecord;
    }>('select run_id as run, step, ledger_index as index, record from hikeshi.run_attestation order by run_id, step');
    const intents = new Map<string, number>();
    for (const { run, step, index, record } of rows) {
      if (index === null) this.wrong(`${run} ${step} is not in the ledger`);
      else if (digests[index] !== digestOf(canonicalRecord(record)))
        this.wrong(`${run} ${step} is not at ${index} in the ledger`);
      else if (step.startsWith('run')) {
        // The last record of a run has all of its journal.
        const { entries } = record.detail as unknown as { entries: { kind: string; step?: string }[] };
        for (const kind of ['intent', 'undo-intent']) {
          for (const { step: of } of entries.filter((entry) => entry.kind === kind))
            intents.set(`${run} ${of} ${kind}`, entries.filter((e) => e.kind === kind && e.step === of).length);
        }
      }
    }
    for (const run of new Set(this.effects.map((effect) => effect.run))) {
      if (!rows.some((row) => row.run === run && row.step.startsWith('approval')))
        this.wrong(`${run} has an effect and no approval in the ledger`);
    }
    const made = new Map<string, number>();
    for (const { run, step, verb } of this.effects) {
      const name = `${run} ${step} ${verb === 'apply' ? 'intent' : 'undo-intent'}`;
      made.set(name, (made.get(name) ?? 0) + 1);
    }
    for (const [name, count] of made) {
      // One intent to undo may be of several calls.
      const told = intents.get(name) ?? 0;
      if (told === 0 || (name.endsWith(' intent') && told < count))
        this.wrong(`${name}: ${count} effects, ${told} in the ledger`);
    }
  }

  /** What a run says of its resource is so, as long as nobody has touched it since. */
  async verdictsAreTrue(estate: Estate, controls: readonly AnyControl[], send: Send): Promise<void> {
    const { rows } = await this.database.query<{ id: string; state: string; resource: string; finding: Finding }>(
      `select id, state, resource_arn as resource, finding from hikeshi.run where state in ('resolved', 'undone', 'still-open')`,
    );
    for (const { id, state, resource, finding } of rows) {
      const control = controls.find((each) => each.id === finding.controlId);
      if (this.touched.get(resource) !== id || control === undefined) continue;
      const { status } = await lookAgain({ subject: finding, control, estate, send });
      const isClosed = status === 'PASSED' || status === 'absent';
      if (isClosed !== (state === 'resolved'))
        this.wrong(`${id} is ${state}, and in reality the control says ${status}`);
    }
  }
}

/** A planned call, whose values may be answers of earlier steps, against the call as it was made. */
function sameShape(planned: ApiCall, call: ApiCall, text: string): boolean {
  if (planned.operation !== call.operation || planned.accountId !== call.accountId || planned.region !== call.region)
    return false;
  return JSON.stringify(planned.input).includes('$output') || canonicalJson({ ...planned }) === text;
}
