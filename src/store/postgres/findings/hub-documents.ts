import type { DocumentKind, HubDocuments } from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';

/** Insights, custom actions and automation rules, each under its ARN, in the order they came. */
export function hubDocuments(database: Database): HubDocuments {
  return {
    async list<Document>(kind: DocumentKind) {
      const { rows } = await database.query<{ document: Document }>(
        'select document from hikeshi.finding_document where kind = $1 order by place',
        [kind],
      );
      return rows.map(({ document }) => document);
    },
    async get<Document>(kind: DocumentKind, arn: string) {
      const { rows } = await database.query<{ document: Document }>(
        'select document from hikeshi.finding_document where kind = $1 and arn = $2',
        [kind, arn],
      );
      return rows[0]?.document;
    },
    async put(kind, arn, document) {
      await database.query(
        `insert into hikeshi.finding_document (kind, arn, document) values ($1, $2, $3)
         on conflict (kind, arn) do update set document = excluded.document`,
        [kind, arn, JSON.stringify(document)],
      );
    },
    async remove(kind, arn) {
      const { rowCount } = await database.query('delete from hikeshi.finding_document where kind = $1 and arn = $2', [
        kind,
        arn,
      ]);
      return rowCount === 1;
    },
  };
}
