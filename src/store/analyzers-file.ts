import { readFile } from 'node:fs/promises';
import { Problem } from '../base/problem.js';
import type { DecidedAccess } from '../estate/decided-access.js';
import { isFilterKey, type ArchiveRule, type Criterion, type Filter } from '../policy/questions/archive-rules.js';
import { writeWhole } from './durable-file.js';
import { tryLock } from './process-lock.js';

/** What is looked at, and which of it is meant to be. */
export interface Analyzer {
  readonly name: string;
  /** The account that is the zone of trust; the organization when absent. */
  readonly accountId?: string;
  readonly rules: readonly ArchiveRule[];
}

/** The analyzer that there always is. */
export const ORGANIZATION: Analyzer = { name: 'organization', rules: [] };

const VERSION = 1;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,254}$/;

/** The analyzers of this machine, in a file that a person can read and keep under version control. */
export class AnalyzersFile {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Problem `analyzers-file` that names the field. */
  async read(): Promise<readonly Analyzer[]> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [ORGANIZATION];
      throw this.bad('it cannot be read');
    }
    const found = this.parse(text);
    return found.some(({ name }) => name === ORGANIZATION.name) ? found : [ORGANIZATION, ...found];
  }

  /** @throws Problem `unknown-analyzer`. */
  async find(name: string): Promise<Analyzer> {
    const all = await this.read();
    const found = all.find((each) => each.name === name);
    if (found !== undefined) return found;
    throw new Problem('unknown-analyzer', `there is no analyzer \`${name}\``, {
      next: `there are ${all.map((each) => `\`${each.name}\``).join(', ')}`,
      exit: 'badUsage',
    });
  }

  /**
   * Changes the analyzers while no other process does. What cannot be read again is not written.
   *
   * @param confirm runs when the change is known to be good, right before it is written; when it throws, it is not.
   */
  async change(
    change: (analyzers: readonly Analyzer[]) => readonly Analyzer[],
    confirm: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const attempt = await tryLock(`${this.path}.lock`, 'changing analyzers');
    if (!('release' in attempt)) {
      throw new Problem('analyzers-busy', 'another process is changing the analyzers', { next: 'try again' });
    }
    try {
      const text = JSON.stringify({ version: VERSION, analyzers: change(await this.read()) }, undefined, 1);
      this.parse(text);
      await confirm();
      await writeWhole(this.path, [text]);
    } finally {
      await attempt.release();
    }
  }

  private parse(text: string): Analyzer[] {
    let value: { version?: unknown; analyzers?: unknown };
    try {
      value = JSON.parse(text) as typeof value;
    } catch {
      throw this.bad('it is not JSON');
    }
    if (value.version !== VERSION) throw this.bad(`\`version\` is ${JSON.stringify(value.version)}, not ${VERSION}`);
    if (!Array.isArray(value.analyzers)) throw this.bad('`analyzers` is not a list');
    const analyzers = value.analyzers.map((each: unknown, place) => this.analyzer(each, `analyzers[${place}]`));
    this.unique(analyzers, 'analyzers');
    return analyzers;
  }

  private analyzer(value: unknown, at: string): Analyzer {
    const { name, accountId, rules } = members(value);
    const named = this.name(name, at);
    if (accountId !== undefined && (typeof accountId !== 'string' || !/^\d{12}$/.test(accountId)))
      throw this.bad(`\`${at}.accountId\` is no account`);
    if (!Array.isArray(rules)) throw this.bad(`\`${at}.rules\` is not a list`);
    const read = rules.map((rule: unknown, place) => this.rule(rule, `${at}.rules[${place}]`));
    this.unique(read, `${at}.rules`);
    return { name: named, rules: read, ...(accountId === undefined ? {} : { accountId }) };
  }

  private rule(value: unknown, at: string): ArchiveRule {
    const { name, filter, reason, owner, expiresAt, about } = members(value);
    if (expiresAt !== undefined && (typeof expiresAt !== 'string' || Number.isNaN(Date.parse(expiresAt))))
      throw this.bad(`\`${at}.expiresAt\` is no date`);
    const keys = Object.entries(members(filter));
    if (keys.length === 0) throw this.bad(`\`${at}.filter\` is empty: it would archive everything`);
    for (const [key, criterion] of keys) this.criterion(key, criterion, `${at}.filter`);
    return {
      name: this.name(name, at),
      filter: filter as Filter,
      reason: this.said(reason, `${at}.reason`),
      owner: this.said(owner, `${at}.owner`),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(about === undefined ? {} : { about: this.about(members(about), `${at}.about`) }),
    };
  }

  /** What a rule about one finding was made on. */
  private about(given: Readonly<Record<string, unknown>>, at: string): DecidedAccess {
    const { findingId, resourceArn, isOnly, policies, controlLevels } = given;
    const { type, value } = members(given['principal']);
    const text = (of: unknown, field: string): string => {
      if (typeof of === 'string') return of;
      throw this.bad(`\`${at}.${field}\` is no text`);
    };
    const list = (of: unknown, field: string): unknown[] => {
      if (Array.isArray(of)) return of;
      throw this.bad(`\`${at}.${field}\` is not a list`);
    };
    const policy = (field: string) => (one: unknown) => {
      const { kind, name, text: document } = members(one);
      return { kind: text(kind, `${field}.kind`), name: text(name, `${field}.name`), text: text(document, field) };
    };
    if (type !== 'AWS' && type !== 'Federated' && type !== 'CanonicalUser')
      throw this.bad(`\`${at}.principal.type\` is neither AWS, Federated nor CanonicalUser`);
    return {
      findingId: text(findingId, 'findingId'),
      resourceArn: text(resourceArn, 'resourceArn'),
      principal: { type, value: text(value, 'principal.value') },
      isOnly: isOnly === true,
      policies: list(policies, 'policies').map(policy('policies')),
      controlLevels: list(controlLevels, 'controlLevels').map((level) =>
        list(level, 'controlLevels').map(policy('controlLevels')),
      ),
    };
  }

  private said(text: unknown, at: string): string {
    if (typeof text === 'string' && text.trim() !== '') return text;
    throw this.bad(`\`${at}\` says nothing`);
  }

  private criterion(key: string, value: unknown, at: string): void {
    if (!isFilterKey(key)) throw this.bad(`\`${at}.${key}\` is no filter key of Access Analyzer`);
    const given = Object.entries(members(value) as Criterion);
    if (given.length === 0) throw this.bad(`\`${at}.${key}\` asks nothing`);
    for (const [operator, wanted] of given) {
      const isGood =
        operator === 'exists'
          ? typeof wanted === 'boolean'
          : ['eq', 'neq', 'contains'].includes(operator) &&
            Array.isArray(wanted) &&
            wanted.length > 0 &&
            wanted.every((each) => typeof each === 'string');
      if (!isGood)
        throw this.bad(`\`${at}.${key}.${operator}\` is neither eq, neq, contains (lists of texts) nor exists`);
    }
  }

  private name(name: unknown, at: string): string {
    if (typeof name === 'string' && NAME.test(name)) return name;
    throw this.bad(`\`${at}.name\` is no name: a letter, then letters, digits, \`_\`, \`.\` and \`-\``);
  }

  private unique(named: readonly { readonly name: string }[], at: string): void {
    const twice = named.find(({ name }, place) => named.findIndex((each) => each.name === name) !== place);
    if (twice !== undefined) throw this.bad(`\`${at}\` has \`${twice.name}\` twice`);
  }

  private bad(why: string): Problem {
    const next = 'mend it, or restore it from a backup';
    return new Problem('analyzers-file', `\`${this.path}\`: ${why}`, { next, exit: 'badConfiguration' });
  }
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
