import { randomUUID } from 'node:crypto';
import { didYouMean } from '../../base/nearest.js';
import { Problem } from '../../base/problem.js';
import type { KeyMaterial, PublicPart } from '../../keys/key-material.js';
import { algorithmsOf, usagesOf } from '../../keys/key-spec.js';
import type { KeyStore } from '../../keys/key-store.js';
import { sign, verify } from '../../keys/sign.js';
import type { SigningAlgorithm } from '../../keys/signing-algorithm.js';
import type { IndexedKey, KeyIndex, KeyIndexFile, KeyState } from '../../store/key-index.js';
import type { CreateKey, KeyService, Message, ServedKey } from './key-service.js';

const DAY_MS = 24 * 3600 * 1000;
export const DELETION_DAYS = { least: 7, most: 30 } as const;

/** Keys in the embedded key store: an index that anybody may see, and the material, which nobody does. */
export class EmbeddedKeys implements KeyService {
  readonly place = 'the embedded key store';
  private readonly index: KeyIndexFile;
  readonly #store: KeyStore;
  private readonly now: () => Date;

  constructor(index: KeyIndexFile, store: KeyStore, now: () => Date) {
    this.index = index;
    this.#store = store;
    this.now = now;
  }

  async create({ spec, usage, alias, description }: CreateKey): Promise<ServedKey> {
    if (!usagesOf(spec).includes(usage)) {
      const next = `its usages are ${usagesOf(spec).join(', ')}`;
      throw new Problem('key-usage', `a key of spec \`${spec}\` cannot be for \`${usage}\``, {
        next,
        exit: 'badUsage',
      });
    }
    const key: IndexedKey = {
      id: randomUUID(),
      spec,
      usage,
      state: 'Enabled',
      createdAt: this.now().toISOString(),
      ...(description === undefined ? {} : { description }),
    };
    // The material is there before anything names it.
    this.#store.obtain(key.id, spec);
    const made = this.index.change(({ keys, aliases }) => {
      if (alias !== undefined && Object.hasOwn(aliases, alias)) {
        throw new Problem('alias-taken', `there is a key \`${alias}\` already`, {
          next: `\`hikeshi keys rotate ${alias}\` makes a new one in its place`,
          exit: 'badUsage',
        });
      }
      const index = { keys: [...keys, key], aliases: alias === undefined ? aliases : { ...aliases, [alias]: key.id } };
      return { index, result: served(index, key) };
    });
    return this.orForget(key.id, made);
  }

  /** Destroys material that came to have no name. On a full disk even that may fail: what is left then is encrypted. */
  private async orForget<T>(id: string, change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (error) {
      try {
        this.#store.destroy(id);
      } catch (second) {
        if (!(second instanceof Problem)) throw second;
      }
      throw error;
    }
  }

  async list(): Promise<readonly ServedKey[]> {
    const index = await this.settled();
    return index.keys.filter(({ state }) => state !== 'Deleted').map((key) => served(index, key));
  }

  async describe(name: string): Promise<ServedKey> {
    const index = await this.settled();
    return served(index, find(index, name));
  }

  async publicPart(name: string): Promise<PublicPart> {
    return this.material(find(await this.settled(), name)).publicPart;
  }

  async sign(name: string, algorithm: SigningAlgorithm, { type, bytes }: Message): Promise<Uint8Array> {
    return sign(await this.usable(name, algorithm), algorithm, type, bytes);
  }

  async verify(name: string, algorithm: SigningAlgorithm, message: Message, signature: Uint8Array): Promise<boolean> {
    const material = await this.usable(name, algorithm);
    return verify(material.publicPart, algorithm, message.type, message.bytes, signature);
  }

  async rotate(name: string): Promise<{ before: ServedKey; now: ServedKey }> {
    const old = find(await this.settled(), name);
    const made: IndexedKey = { ...old, id: randomUUID(), state: 'Enabled', createdAt: this.now().toISOString() };
    this.#store.obtain(made.id, made.spec);
    const rotated = this.index.change((present) => {
      const before = find(present, old.id);
      if (before.replacedBy !== undefined) {
        throw new Problem('key-replaced', `the key \`${name}\` was rotated already, to \`${before.replacedBy}\``, {
          next: 'rotate that one, or use its alias',
          exit: 'badUsage',
        });
      }
      requireState(before, ['Enabled', 'Disabled'], name);
      const aliases = Object.fromEntries(
        Object.entries(present.aliases).map(([alias, id]) => [alias, id === before.id ? made.id : id]),
      );
      const replaced = { ...before, replacedBy: made.id };
      const keys = [...present.keys.map((key) => (key.id === before.id ? replaced : key)), made];
      const index = { keys, aliases };
      return { index, result: { before: served(index, replaced), now: served(index, made) } };
    });
    return this.orForget(made.id, rotated);
  }

  setEnabled(name: string, enabled: boolean): Promise<ServedKey> {
    return this.move(name, ['Enabled', 'Disabled'], { state: enabled ? 'Enabled' : 'Disabled' });
  }

  async scheduleDeletion(name: string, days: number): Promise<ServedKey> {
    checkDeletionDays(days);
    const deletionDate = new Date(this.now().getTime() + days * DAY_MS).toISOString();
    return this.move(name, ['Enabled', 'Disabled'], { state: 'PendingDeletion', deletionDate });
  }

  cancelDeletion(name: string): Promise<ServedKey> {
    return this.move(name, ['PendingDeletion'], { state: 'Disabled' });
  }

  close(): void {
    // Nothing is open.
  }

  private async move(
    name: string,
    from: readonly KeyState[],
    to: { readonly state: KeyState; readonly deletionDate?: string },
  ): Promise<ServedKey> {
    await this.settled();
    return this.index.change((present) => {
      const { deletionDate: _, ...key } = find(present, name);
      requireState(key, from, name);
      const moved: IndexedKey = { ...key, ...to };
      const index = { ...present, keys: present.keys.map((each) => (each.id === key.id ? moved : each)) };
      return { index, result: served(index, moved) };
    });
  }

  /** The index, after destroying the material of keys whose window is over. */
  private async settled(): Promise<KeyIndex> {
    const present = await this.index.read();
    const now = this.now().toISOString();
    const isOver = ({ state, deletionDate = '' }: IndexedKey) => state === 'PendingDeletion' && deletionDate <= now;
    if (!present.keys.some(isOver)) return present;
    return this.index.change((index) => {
      const over = index.keys.filter(isOver);
      for (const { id } of over) this.#store.destroy(id);
      const gone = new Set(over.map(({ id }) => id));
      const keys = index.keys.map((key): IndexedKey => (gone.has(key.id) ? { ...key, state: 'Deleted' } : key));
      const aliases = Object.fromEntries(Object.entries(index.aliases).filter(([, id]) => !gone.has(id)));
      return { index: { keys, aliases }, result: { keys, aliases } };
    });
  }

  private async usable(name: string, algorithm: SigningAlgorithm): Promise<KeyMaterial> {
    const key = find(await this.settled(), name);
    requireState(key, ['Enabled'], name);
    if (!algorithmsOf(key.spec, key.usage).includes(algorithm)) {
      const next = `it does ${algorithmsOf(key.spec, key.usage).join(', ')}`;
      throw new Problem('key-usage', `the key \`${name}\` (${key.spec}, ${key.usage}) does not do \`${algorithm}\``, {
        next,
        exit: 'badUsage',
      });
    }
    return this.material(key);
  }

  private material({ id }: IndexedKey): KeyMaterial {
    const material = this.#store.get(id);
    if (material !== undefined) return material;
    const next = 'restore the folder of the keys from a backup';
    throw new Problem('key-store-corrupt', `the material of key \`${id}\` is not in the key store`, { next });
  }
}

/** @throws Problem `deletion-window` outside 7 to 30 days, which is also KMS's. */
export function checkDeletionDays(days: number): void {
  if (Number.isInteger(days) && days >= DELETION_DAYS.least && days <= DELETION_DAYS.most) return;
  const next = `give ${DELETION_DAYS.least} to ${DELETION_DAYS.most} days`;
  throw new Problem('deletion-window', `a key cannot be deleted in \`${days}\` days`, { next, exit: 'badUsage' });
}

function served({ aliases }: KeyIndex, { replacedBy: _, ...key }: IndexedKey): ServedKey {
  const own = Object.entries(aliases).filter(([, id]) => id === key.id);
  return { ...key, aliases: own.map(([alias]) => alias) };
}

function find({ keys, aliases }: KeyIndex, name: string): IndexedKey {
  const plain = name.replace(/^alias\//, '');
  const id = Object.hasOwn(aliases, plain) ? aliases[plain] : plain;
  const found = keys.find((key) => key.id === id && key.state !== 'Deleted');
  if (found !== undefined) return found;
  const deleted = keys.find((key) => key.id === id);
  const like = didYouMean(plain, [...Object.keys(aliases), ...keys.map((key) => key.id)]);
  const next = like ?? 'there are no keys yet: `hikeshi keys create` makes one';
  throw new Problem(
    'unknown-key',
    deleted === undefined
      ? `there is no key \`${name}\``
      : `the key \`${name}\` was deleted on ${deleted.deletionDate}`,
    { next, exit: 'badUsage' },
  );
}

function requireState({ state, deletionDate }: IndexedKey, wanted: readonly KeyState[], name: string): void {
  if (wanted.includes(state)) return;
  const next: Readonly<Record<KeyState, string>> = {
    Enabled: 'nothing is to be done',
    Disabled: `\`hikeshi keys enable ${name}\``,
    PendingDeletion: `\`hikeshi keys cancel-deletion ${name}\`, before ${deletionDate}`,
    Deleted: 'it is gone',
  };
  throw new Problem('key-state', `the key \`${name}\` is ${state}`, { next: next[state], exit: 'badUsage' });
}
