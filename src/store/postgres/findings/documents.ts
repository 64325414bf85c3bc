import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { Queries } from '../database.js';
import { readPlaces } from './blocks.js';
import { forms } from './columns.js';
import type { FindingRules } from './rules.js';
import type { Row } from './rows.js';

/** What of a row says where its document is and how to read it. */
export type DocumentRow = Pick<Row, 'form' | 'block' | 'slot' | 'imported_at'>;

/** The findings of some rows, in their order. */
export async function readDocuments(
  queries: Queries,
  rules: Pick<FindingRules, 'import'>,
  rows: readonly DocumentRow[],
): Promise<AsffFinding[]> {
  const texts = await readPlaces(queries, rows);
  return rows.map((row, at) => {
    const document = JSON.parse(texts[at] as string) as AsffFinding;
    if (row.form !== forms.imported) return document;
    const made = rules.import(undefined, document, { now: new Date(row.imported_at) });
    if (made.kind !== 'created') throw new Error(`a stored finding can no longer be imported: ${JSON.stringify(made)}`);
    return made.finding;
  });
}
