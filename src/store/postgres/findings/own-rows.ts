import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Finding } from '../../../findings/finding.js';
import type { Queries } from '../database.js';
import { forms } from './columns.js';
import type { State } from './write-states.js';

/** Own findings to write, under their keys. */
export async function writeOwn(
  queries: Queries,
  findings: readonly { readonly key: string; readonly finding: Finding }[],
): Promise<void> {
  if (findings.length === 0) return;
  await queries.query(
    `insert into hikeshi.own_finding (key, observed_at, document)
     select * from unnest($1::uuid[], $2::bigint[], $3::jsonb[]) as w (key, observed_at, document)
     on conflict (key) do update set observed_at = excluded.observed_at, document = excluded.document`,
    [
      findings.map(({ key }) => key),
      findings.map(({ finding }) => Date.parse(finding.lastObservedAt)),
      findings.map(({ finding }) => JSON.stringify(finding).replaceAll('\\u0000', '\\ufffd')),
    ],
  );
}

/** What people decided about own findings goes where the next scan will find it. */
export async function changeOwn(queries: Queries, states: ReadonlyMap<string, State>): Promise<void> {
  const changed = [...states].flatMap(([key, { kept, finding }]) =>
    kept?.form === forms.own && finding !== undefined ? [{ key, decided: decidedIn(finding()) }] : [],
  );
  if (changed.length === 0) return;
  await queries.query(
    `update hikeshi.own_finding o set document = o.document || w.decided
     from unnest($1::uuid[], $2::jsonb[]) as w (key, decided) where o.key = w.key`,
    [changed.map(({ key }) => key), changed.map(({ decided }) => JSON.stringify(decided))],
  );
}

/** The members of an own finding that are people's. */
function decidedIn({ Workflow, Note }: AsffFinding): Partial<Finding> {
  const workflow = Workflow?.Status;
  return {
    ...(workflow === undefined ? {} : { workflow }),
    ...(Note?.Text === undefined
      ? {}
      : { note: { text: Note.Text, updatedBy: Note.UpdatedBy ?? '', updatedAt: Note.UpdatedAt ?? '' } }),
  };
}
