import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../base/problem.js';
import { shareWork } from '../base/share-work.js';
import { isKeySpec, usagesOf, type KeySpec, type KeyUsage } from '../keys/key-spec.js';
import { writeWhole } from './durable-file.js';
import { tryLock } from './process-lock.js';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'Deleted';

/** What is known of a key of the embedded store; never its material. */
export interface IndexedKey {
  readonly id: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly state: KeyState;
  readonly createdAt: string;
  readonly description?: string;
  /** When its material is destroyed, or was. */
  readonly deletionDate?: string;
  /** The key that took its place. */
  readonly replacedBy?: string;
}

/** The keys of a store, and the names that point to them. */
export interface KeyIndex {
  readonly keys: readonly IndexedKey[];
  /** From an alias (without `alias/`) to a key's id. */
  readonly aliases: Readonly<Record<string, string>>;
}

const VERSION = 1;
const STATES: readonly string[] = ['Enabled', 'Disabled', 'PendingDeletion', 'Deleted'];
const LOCK_WAIT_MS = 30_000;
const LOCK_POLL_MS = 20;

/** The index of the embedded key store: one small file, written whole, changed by one process at a time. */
export class KeyIndexFile {
  private readonly path: string;
  /** A batch of signatures reads it once. @throws Problem `key-index` when it is damaged or of a newer version. */
  readonly read: () => Promise<KeyIndex>;

  constructor(path: string) {
    this.path = path;
    this.read = shareWork(() => this.readNow());
  }

  private async readNow(): Promise<KeyIndex> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], aliases: {} };
      throw this.damaged(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    return this.parse(text);
  }

  /**
   * Changes the index while no other process does.
   *
   * @param change is given the index as it is; what it returns is written before its result is.
   */
  async change<T>(change: (index: KeyIndex) => { readonly index: KeyIndex; readonly result: T }): Promise<T> {
    return this.alone(async () => {
      const { index, result } = change(await this.read());
      await writeWhole(this.path, [JSON.stringify({ version: VERSION, ...index }, undefined, 1)]);
      return result;
    });
  }

  /** Runs `work` while no other process changes the keys. @throws Problem `keys-busy`. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
      const attempt = await tryLock(`${this.path}.lock`, 'changing keys');
      if ('release' in attempt) {
        try {
          return await work();
        } finally {
          await attempt.release();
        }
      }
      if (waitedMs >= LOCK_WAIT_MS) {
        const next = `wait for it; if it is not there any more, remove \`${this.path}.lock\``;
        throw new Problem('keys-busy', `process ${attempt.holder?.pid ?? '?'} is changing the keys`, { next });
      }
      await sleep(LOCK_POLL_MS);
    }
  }

  private parse(text: string): KeyIndex {
    let value: { version?: unknown; keys?: unknown; aliases?: unknown };
    try {
      value = JSON.parse(text) as typeof value;
    } catch {
      throw this.damaged('it is not JSON');
    }
    if (value.version !== VERSION)
      throw this.damaged(`\`version\` is ${JSON.stringify(value.version)}, not ${VERSION}`);
    if (!Array.isArray(value.keys)) throw this.damaged('`keys` is not a list');
    const keys = value.keys.map((each: unknown, place) => this.parseKey(each as Partial<IndexedKey>, place));
    const ids = new Set(keys.map(({ id }) => id));
    const aliases = value.aliases;
    if (typeof aliases !== 'object' || aliases === null) throw this.damaged('`aliases` is not an object');
    for (const [alias, id] of Object.entries(aliases)) {
      if (!ids.has(id as string)) throw this.damaged(`\`aliases.${alias}\` names no key`);
    }
    return { keys, aliases: aliases as Record<string, string> };
  }

  private parseKey(key: Partial<IndexedKey> | null, place: number): IndexedKey {
    const { id, spec = '', usage = '', state = '', createdAt } = key ?? {};
    const at = `keys[${place}]`;
    if (typeof id !== 'string') throw this.damaged(`\`${at}.id\` is not a text`);
    if (!isKeySpec(spec)) throw this.damaged(`\`${at}.spec\` is no key spec`);
    if (!usagesOf(spec).includes(usage as KeyUsage)) throw this.damaged(`\`${at}.usage\` is none of ${spec}`);
    if (!STATES.includes(state)) throw this.damaged(`\`${at}.state\` is no key state`);
    if (typeof createdAt !== 'string') throw this.damaged(`\`${at}.createdAt\` is not a time`);
    return key as IndexedKey;
  }

  private damaged(why: string): Problem {
    const next = 'restore it from a backup; nothing was changed';
    return new Problem('key-index', `the index of the keys, \`${this.path}\`, is damaged: ${why}`, { next });
  }
}
