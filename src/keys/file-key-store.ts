import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../base/problem.js';
import { decodeMaterial, encodeMaterial } from './encode-material.js';
import { generateMaterial } from './generate-material.js';
import type { KeyMaterial } from './key-material.js';
import { isKeySpec, type KeySpec } from './key-spec.js';
import { destroyed, type KeyStore } from './key-store.js';
import type { RootKey } from './root-key.js';

const CHECK_LABEL = 'check';
const CHECK_TEXT = Buffer.from('hikeshi key store\n');
const SALT_BYTES = 16;
/** What is left of destroyed material: proof that it is not merely missing. */
const TOMBSTONE = Buffer.from('destroyed\n');

/**
 * Material at rest: a folder with one file for each material, encrypted under a root key. A file's name is the hash of
 * its id, so that a listing tells nothing. Every file is written whole, flushed and then renamed into place: after a
 * power cut it is there or it is not. Nothing is cached on disk in any other form.
 */
export class FileKeyStore implements KeyStore {
  readonly #root: RootKey;
  readonly #known = new Map<string, KeyMaterial>();
  private readonly folder: string;

  private constructor(folder: string, root: RootKey) {
    this.folder = folder;
    this.#root = root;
  }

  /**
   * Opens the store in a folder; makes it when the folder is not there or empty of keys.
   *
   * @throws Problem `key-store-root` when it was made with another root key, `key-store-unwritable`.
   */
  static open(folder: string, root: RootKey): FileKeyStore {
    const store = new FileKeyStore(folder, root);
    const check = join(folder, 'check');
    makeFolder(folder);
    if (!existsSync(check)) store.writeNew(check, root.seal(CHECK_LABEL, CHECK_TEXT));
    if (root.open(CHECK_LABEL, readFileSync(check))?.equals(CHECK_TEXT) === true) return store;
    const next = 'give the root key that it was made with; without it the keys are lost';
    throw new Problem('key-store-root', `the key store \`${folder}\` was made with another root key`, { next });
  }

  /** The salt of a folder's passphrase; made when there is none. Not secret. */
  static salt(folder: string): Buffer {
    makeFolder(folder);
    const path = join(folder, 'salt');
    if (!existsSync(path)) writeDurably(folder, path, randomBytes(SALT_BYTES), 'new');
    return readFileSync(path);
  }

  /** @throws Problem `key-store-corrupt` when the file was changed or does not belong to this id. */
  get(id: string): KeyMaterial | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const bytes = this.read(id);
    if (bytes === undefined || bytes.equals(TOMBSTONE)) return undefined;
    const material = this.decode(id, bytes);
    this.#known.set(id, material);
    return material;
  }

  obtain(id: string, spec: KeySpec): KeyMaterial {
    const known = this.get(id);
    if (known !== undefined) return known;
    if (this.read(id) !== undefined) throw destroyed(id);
    const made = generateMaterial(spec);
    this.writeNew(this.pathOf(id), this.encode(id, made));
    // Another process may have been first: what is on disk is the key.
    return this.get(id) ?? made;
  }

  put(id: string, material: KeyMaterial): void {
    writeDurably(this.folder, this.pathOf(id), this.encode(id, material), 'replace');
    this.#known.set(id, material);
  }

  /** Overwrites nothing: on flash and copy-on-write file systems that would prove nothing. The root key is what counts. */
  destroy(id: string): void {
    this.#known.delete(id);
    const path = this.pathOf(id);
    if (existsSync(path)) writeDurably(this.folder, path, TOMBSTONE, 'replace');
  }

  toJSON(): string {
    return '[key store]';
  }

  private read(id: string): Buffer | undefined {
    const path = this.pathOf(id);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  private encode(id: string, material: KeyMaterial): Buffer {
    return this.#root.seal(labelOf(id), Buffer.concat([Buffer.from(`${material.spec}\n`), encodeMaterial(material)]));
  }

  private decode(id: string, sealed: Buffer): KeyMaterial {
    const plain = this.#root.open(labelOf(id), sealed);
    const end = plain?.indexOf('\n') ?? -1;
    const spec = plain?.toString('latin1', 0, end) ?? '';
    const material = isKeySpec(spec) && plain !== undefined ? decodeMaterial(spec, plain.subarray(end + 1)) : undefined;
    if (material !== undefined) return material;
    const next = 'restore the file from a backup of the store';
    throw new Problem('key-store-corrupt', `the key file \`${this.pathOf(id)}\` was changed`, { next });
  }

  private pathOf(id: string): string {
    return join(this.folder, `${createHash('sha256').update(id).digest('hex').slice(0, 40)}.key`);
  }

  private writeNew(path: string, bytes: Uint8Array): void {
    writeDurably(this.folder, path, bytes, 'new');
  }
}

const labelOf = (id: string) => `material\0${id}`;

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** `new` keeps a file that another process put there first. */
function writeDurably(folder: string, path: string, bytes: Uint8Array, mode: 'new' | 'replace'): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      // Goes on until all is written; `writeSync` may stop short where the disk is nearly full.
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (mode === 'replace') renameSync(temporary, path);
    else link(temporary, path);
    flushFolder(folder);
  } catch (cause) {
    if (existsSync(temporary)) unlinkSync(temporary);
    throw unwritable(folder, cause);
  }
}

function link(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  unlinkSync(temporary);
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unwritable(folder: string, cause: unknown): Problem {
  const next = 'check its owner, its mode and the free space';
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new Problem('key-store-unwritable', `the key store \`${folder}\` cannot be written (\`${why}\`)`, {
    next,
    cause,
  });
}
