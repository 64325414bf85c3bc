import { randomBytes } from 'node:crypto';
import { derivedMaterial } from './generate-material.js';
import type { KeyMaterial } from './key-material.js';
import type { KeySpec } from './key-spec.js';
import { seededBytes } from './seeded-bytes.js';

/**
 * The only place where private material is kept. Ids are the caller's: a text that names the key and, when it has
 * several, which of its materials.
 */
export interface KeyStore {
  /** The material under an id; undefined when there is none. */
  get(id: string): KeyMaterial | undefined;
  /** The material under an id, made on first use. Throws when it was destroyed: destroyed is for good. */
  obtain(id: string, spec: KeySpec): KeyMaterial;
  /** Keeps imported material. Replaces what was there. */
  put(id: string, material: KeyMaterial): void;
  /** Destroys the material under an id; destroying what is not there does nothing. */
  destroy(id: string): void;
}

const SEED_BYTES = 32;
const DESTROYED = null;

/**
 * Material in memory, for twins. What it makes follows from its seed and the id: a store of the same seed makes the same
 * keys, in whatever order it is asked. So forks of a twin agree on their keys without sharing any state, and estate keys
 * whose material was never seen get one that lasts.
 */
export class MemoryKeyStore implements KeyStore {
  readonly #seed: Uint8Array;
  readonly #materials: Map<string, KeyMaterial | typeof DESTROYED>;

  /** @param seed at least as hard to guess as the keys have to be; fresh and random unless given. */
  constructor(seed: Uint8Array = randomBytes(SEED_BYTES)) {
    this.#seed = seed;
    this.#materials = new Map();
  }

  /** A store that knows the same keys and forgets or imports on its own: for a fork of a twin. O(keys used so far). */
  fork(): MemoryKeyStore {
    const made = new MemoryKeyStore(this.#seed);
    for (const [id, material] of this.#materials) made.#materials.set(id, material);
    return made;
  }

  get(id: string): KeyMaterial | undefined {
    return this.#materials.get(id) ?? undefined;
  }

  obtain(id: string, spec: KeySpec): KeyMaterial {
    const known = this.#materials.get(id);
    if (known === DESTROYED) throw destroyed(id);
    if (known !== undefined) return known;
    const made = derivedMaterial(spec, seededBytes(this.#seed, id));
    this.#materials.set(id, made);
    return made;
  }

  put(id: string, material: KeyMaterial): void {
    this.#materials.set(id, material);
  }

  destroy(id: string): void {
    this.#materials.set(id, DESTROYED);
  }

  toJSON(): string {
    return '[key store]';
  }
}

/** A bug of the caller: it holds an id that it has destroyed. */
export function destroyed(id: string): Error {
  return new Error(`the key material \`${id}\` was destroyed`);
}
