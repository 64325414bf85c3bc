import type { Database, Queries } from '../database.js';

/** A document with who changed it last. */
export interface Kept<Document> {
  readonly name: string;
  readonly document: Document;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** Rules: few, small, and read whole. Every change moves the revision, so that workers know. */
export class RuleBook<Rule> {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** A number that is another one after every change. */
  async revision(): Promise<number> {
    const { rows } = await this.database.query<{ revision: number }>(
      'select case when is_called then last_value else 0 end as revision from hikeshi.rules_revision',
    );
    return rows[0]?.revision ?? 0;
  }

  rules(): Promise<Kept<Rule>[]> {
    return this.list();
  }

  async rule(name: string): Promise<Kept<Rule> | undefined> {
    return (await this.list(name))[0];
  }

  putRule(name: string, rule: Rule, by: string, now: Date): Promise<void> {
    return this.put(name, rule, by, now);
  }

  /** Whether it was there. */
  async removeRule(name: string): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query('delete from hikeshi.event_rule where name = $1', [name]);
      await moved(client);
      return rowCount === 1;
    });
  }

  private async list(name?: string): Promise<Kept<Rule>[]> {
    const { rows } = await this.database.query<{
      name: string;
      document: Rule;
      updated_at: Date;
      updated_by: string;
    }>(
      `select name, document, updated_at, updated_by from hikeshi.event_rule where ($1::text is null or name = $1) order by name`,
      [name ?? null],
    );
    return rows.map(({ updated_at, updated_by, ...row }) => ({
      ...row,
      updatedAt: updated_at.toISOString(),
      updatedBy: updated_by,
    }));
  }

  private put(name: string, document: Rule, by: string, now: Date): Promise<void> {
    return this.database.transaction(async (client) => {
      await client.query(
        `insert into hikeshi.event_rule (name, document, updated_at, updated_by) values ($1, $2, $3, $4)
         on conflict (name) do update set document = excluded.document, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
        [name, JSON.stringify(document), now, by],
      );
      await moved(client);
    });
  }
}

async function moved(client: Queries): Promise<void> {
  await client.query(`select nextval('hikeshi.rules_revision')`);
}
