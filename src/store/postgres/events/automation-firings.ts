import type { AutomationFiring, AutomationLog } from '../../../findings/hub/automation-log.js';
import type { AutomationRule } from '../../../findings/hub/automation-rule.js';
import type { FindingIdentifier } from '../../../findings/hub/finding-hub.js';
import type { Database } from '../database.js';
import { keyOf } from '../findings/key.js';

/** That a rule fired, as it is kept. */
export interface KeptFiring {
  /** The finding's Id. */
  readonly finding: string;
  readonly at: string;
  /** The rule as it was. */
  readonly rule: AutomationRule;
  /** Why its change was not made, where it was not. */
  readonly refused?: string;
}

interface FiringRow extends Record<string, unknown> {
  readonly finding: string;
  readonly at: number;
  readonly document: AutomationRule;
  readonly refused: string | null;
}

/** Of a finding whose account is no number. */
const NO_ACCOUNT = -1;
const columns = 'f.finding, f.at, v.document, f.refused';

/** Which automation rules fired. A row of some 200 bytes a firing, and the rules themselves once a version. */
export class AutomationFirings implements AutomationLog {
  private readonly database: Database;
  /** Versions of rules that are kept already. Versions are few. */
  private readonly versions = new Map<string, number>();

  constructor(database: Database) {
    this.database = database;
  }

  /** One statement for all of them, and one more when a rule fires for the first time since it changed. */
  async record(firings: readonly AutomationFiring[]): Promise<void> {
    const rules: number[] = [];
    for (const { rule } of firings) rules.push(await this.versionOf(rule));
    const keys = firings.map(({ identifier }) => keyOf(identifier));
    await this.database.query(
      `insert into hikeshi.automation_firing (key, at, account, rule, place, finding, refused)
       select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::smallint[], $6::text[], $7::text[])
       on conflict (key, at, place) do nothing`,
      [
        keys,
        firings.map(({ at }) => at.getTime()),
        firings.map(({ accountId }) => (/^\d{12}$/.test(accountId) ? Number(accountId) : NO_ACCOUNT)),
        rules,
        placesOf(keys),
        firings.map(({ identifier: { Id = '' } }) => Id),
        firings.map(({ refused }) => refused ?? null),
      ],
    );
  }

  /** Those of a finding from a time on, in their order. */
  async of(finding: FindingIdentifier, since: Date): Promise<KeptFiring[]> {
    const { rows } = await this.database.query<FiringRow>(
      `select ${columns} from hikeshi.automation_firing f join hikeshi.automation_rule_version v on v.id = f.rule
       where f.key = $1 and f.at >= $2 order by f.at, f.place`,
      [keyOf(finding), since.getTime()],
    );
    return rows.map(shown);
  }

  /** Newest first: of a rule by its name, of findings of some accounts. O(versions × limit), however many firings there are. */
  async newest(query: {
    readonly rule?: string;
    readonly accounts?: readonly string[];
    readonly limit: number;
  }): Promise<KeptFiring[]> {
    const { rows } = await this.database.query<FiringRow>(
      `select ${columns} from hikeshi.automation_rule_version v cross join lateral (
         select * from hikeshi.automation_firing where rule = v.id and ($2::bigint[] is null or account = any($2))
         order by at desc limit $3) f
       where $1::text is null or v.name = $1 order by f.at desc, f.finding, f.place limit $3`,
      [query.rule ?? null, query.accounts?.map(Number) ?? null, query.limit],
    );
    return rows.map(shown);
  }

  /** Removes those before a day, at most `most` at a time. */
  async forget(before: Date, most: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `delete from hikeshi.automation_firing where (key, at, place) in (
         select f.key, f.at, f.place from hikeshi.automation_rule_version v cross join lateral (
           select key, at, place from hikeshi.automation_firing where rule = v.id and at < $1 order by at limit $2) f
         limit $2)`,
      [before.getTime(), most],
    );
    return rowCount ?? 0;
  }

  private async versionOf(rule: AutomationRule): Promise<number> {
    const { RuleArn = '', RuleName = '', UpdatedAt = '' } = rule;
    const name = JSON.stringify([RuleArn, UpdatedAt]);
    const known = this.versions.get(name);
    if (known !== undefined) return known;
    const { rows } = await this.database.query<{ id: number }>(
      `insert into hikeshi.automation_rule_version (arn, version, name, document) values ($1, $2, $3, $4)
       on conflict (arn, version) do update set name = excluded.name returning id`,
      [RuleArn, UpdatedAt, RuleName, JSON.stringify(rule)],
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error(`the version of rule ${RuleArn} was not kept`);
    this.versions.set(name, id);
    return id;
  }
}

/** Of each key, how many of the same stand before it. */
function placesOf(keys: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return keys.map((key) => {
    const place = seen.get(key) ?? 0;
    seen.set(key, place + 1);
    return place;
  });
}

function shown({ finding, at, document: rule, refused }: FiringRow): KeptFiring {
  return { finding, at: new Date(at).toISOString(), rule, ...(refused === null ? {} : { refused }) };
}
