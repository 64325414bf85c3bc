import { parseArn, type Arn } from '../../../base/arn.js';
import { canonicalJson } from '../../../base/json.js';
import { controls } from '../../../controls/catalogue.js';
import { toAsff } from '../../../findings/asff.js';
import type { Finding } from '../../../findings/finding.js';
import type { Actor, AsffFinding } from '../../../findings/hub/finding-hub.js';
import { updatesBetween as historyUpdates } from '../../../findings/hub/updates-between.js';
import type { KeptFindings } from '../../kept-findings.js';
import type { Database, Queries } from '../database.js';
import { LOCK_SPACE } from '../migration.js';
import { textOf } from './blocks.js';
import { columnsOf, forms } from './columns.js';
import { readDocuments } from './documents.js';
import { internActor, type NewEvent } from './events.js';
import { storeProblem } from './failures.js';
import { keyOf } from './key.js';
import { writeOwn } from './own-rows.js';
import { lockRows } from './rows.js';
import { Terms } from './terms.js';
import { applyStates, type State } from './write-states.js';

const OWN_LOCK = 2;
const BATCH_MAX = 5_000;

/** An own finding that somebody imported from a file is read as it came. */
const asItCame = {
  import: (_before: unknown, finding: AsffFinding) => ({ kind: 'created' as const, finding }),
};

interface Known {
  readonly key: string;
  readonly observed_at: number;
  readonly document: Finding;
}

/**
 * Own findings in PostgreSQL. The lifecycle is decided by `reconcile`, as for the file; here only what it changed is
 * written, its history appended, and each finding shown as ASFF among all others, under one key: once.
 *
 * People may decide about a finding between this process's `read` and its `write`. What is written is the change that was
 * made of what was read; a decision that came meanwhile stays.
 */
export class PostgresFindings implements KeptFindings {
  private readonly store: { readonly database: Database; readonly terms: Terms };
  private readonly by: { readonly actor: Actor; readonly now: () => Date };
  private base = new Map<string, Finding>();

  constructor(database: Database, by: { readonly actor: Actor; readonly now: () => Date }) {
    this.store = { database, terms: new Terms(database) };
    this.by = by;
  }

  async read(): Promise<Finding[]> {
    const known = await all(this.store.database);
    const findings = known.map(asRead);
    this.base = new Map(findings.map((finding) => [finding.id, finding]));
    return findings;
  }

  async write(findings: readonly Finding[]): Promise<void> {
    const changed = findings.filter((finding) => !same(this.base.get(finding.id), finding));
    const written = new Set(changed);
    const seen = findings.filter(
      (finding) => !written.has(finding) && finding.lastObservedAt !== this.base.get(finding.id)?.lastObservedAt,
    );
    const here = new Set(findings.map(({ id }) => id));
    const gone = [...this.base.values()].filter(({ id }) => !here.has(id));
    const actor = await internActor(this.store.terms, this.by.actor);
    try {
      await this.store.database.transaction(async (client) => {
        await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, OWN_LOCK]);
        for (let at = 0; at < changed.length; at += BATCH_MAX)
          await this.writeChanged(client, changed.slice(at, at + BATCH_MAX), actor);
        await observe(client, seen);
        await forget(client, gone);
      });
    } catch (error) {
      throw storeProblem(error);
    }
    this.base = new Map(findings.map((finding) => [finding.id, finding]));
  }

  private async writeChanged(
    client: Parameters<Parameters<Database['transaction']>[0]>[0],
    changed: readonly Finding[],
    actor: number,
  ): Promise<void> {
    const { store } = this;
    const at = this.by.now().getTime();
    const keys = changed.map(keyOfOwn);
    const rows = await lockRows(client, keys);
    const documents = await readDocuments(client, asItCame, rows);
    const shown = new Map(rows.map((row, place) => [row.key, { row, finding: documents[place] as AsffFinding }]));
    const now = new Map((await some(client, keys)).map((known) => [known.key, known.document]));
    const draft = store.terms.draft();
    const states = new Map<string, State>();
    const events: NewEvent[] = [];
    const own: { key: string; finding: Finding }[] = [];
    for (const [place, wanted] of changed.entries()) {
      const key = keys[place] as string;
      const finding = decided(wanted, this.base.get(wanted.id), now.get(key));
      own.push({ key, finding });
      const before = shown.get(key);
      const after = shownAs(finding, before?.finding);
      if (after === undefined) continue;
      if (before !== undefined) events.push({ key, updates: historyUpdates(before.finding, after) });
      const kept = { columns: columnsOf(after, draft.number), text: textOf(JSON.stringify(after)), form: forms.own };
      states.set(key, { row: before?.row, updatedAt: Date.parse(finding.updatedAt), finding: () => after, kept });
    }
    await writeOwn(client, own);
    const told = events.filter(({ updates }) => updates.length > 0);
    await applyStates(client, draft, { states, events: told }, { actor, at });
  }
}

function keyOfOwn(finding: Finding): string {
  return keyOf({ Id: finding.id, ProductArn: productOf(finding) });
}

/** As `toAsff` names it. */
function productOf({ id, accountId }: Finding): string {
  const { partition, region } = arnOf(id);
  return `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`;
}

function arnOf(id: string): Arn {
  const arn = parseArn(id);
  if (arn === undefined) throw new Error(`the id \`${id}\` of a finding is no ARN`);
  return arn;
}

/** Of ASFF's members, those that only people set, of a finding that was there before. */
const peoples = ['Confidence', 'Criticality', 'RelatedFindings', 'UserDefinedFields', 'VerificationState'] as const;

/** The finding as ASFF, with what people said of it there. A control this version does not have cannot be told. */
function shownAs(finding: Finding, before: AsffFinding | undefined): AsffFinding | undefined {
  const control = controls.find(({ id }) => id === finding.controlId);
  if (control === undefined) return undefined;
  const made = toAsff(finding, control, { partition: arnOf(finding.id).partition });
  if (before === undefined) return made;
  const kept: Partial<AsffFinding> = {};
  for (const name of peoples) if (before[name] !== undefined) Object.assign(kept, { [name]: before[name] });
  const provided = before.FindingProviderFields;
  if (before.Severity?.Label !== provided?.Severity?.Label) Object.assign(kept, { Severity: before.Severity });
  if (canonicalJson(before.Types) !== canonicalJson(provided?.Types)) Object.assign(kept, { Types: before.Types });
  return { ...made, ...kept };
}

/** What is to be written, with what people decided since it was read. */
function decided(wanted: Finding, base: Finding | undefined, now: Finding | undefined): Finding {
  if (base === undefined || now === undefined) return wanted;
  const workflow = now.workflow === base.workflow ? wanted.workflow : now.workflow;
  const note = canonicalJson(now.note) === canonicalJson(base.note) ? wanted.note : now.note;
  const { note: _, ...rest } = wanted;
  return { ...rest, workflow, ...(note === undefined ? {} : { note }) };
}

/** Whether two are the same but for when they were last seen. */
function same(a: Finding | undefined, b: Finding): boolean {
  return a !== undefined && canonicalJson({ ...a, lastObservedAt: '' }) === canonicalJson({ ...b, lastObservedAt: '' });
}

function asRead({ document, observed_at }: Known): Finding {
  return { ...document, lastObservedAt: new Date(observed_at).toISOString() };
}

async function all(queries: Queries): Promise<Known[]> {
  const { rows } = await queries.query<Known & Record<string, unknown>>(
    'select key, observed_at, document from hikeshi.own_finding order by place',
  );
  return rows;
}

async function some(queries: Queries, keys: readonly string[]): Promise<Known[]> {
  const { rows } = await queries.query<Known & Record<string, unknown>>(
    'select key, observed_at, document from hikeshi.own_finding where key = any($1::uuid[])',
    [keys],
  );
  return rows;
}

async function observe(queries: Queries, seen: readonly Finding[]): Promise<void> {
  if (seen.length === 0) return;
  await queries.query(
    `update hikeshi.own_finding o set observed_at = w.observed_at
     from unnest($1::uuid[], $2::bigint[]) as w (key, observed_at) where o.key = w.key`,
    [seen.map(keyOfOwn), seen.map(({ lastObservedAt }) => Date.parse(lastObservedAt))],
  );
}

/** Own findings that are no longer kept. Among all findings they stay until retention: they were told. */
async function forget(queries: Queries, gone: readonly Finding[]): Promise<void> {
  if (gone.length === 0) return;
  await queries.query('delete from hikeshi.own_finding where key = any($1::uuid[])', [gone.map(keyOfOwn)]);
}
