import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMaterial } from './encode-material.js';
import { FileKeyStore } from './file-key-store.js';
import { generateMaterial } from './generate-material.js';
import { keySpecs, type KeySpec } from './key-spec.js';
import {
  createRootKeyFile,
  rootKeyFromEnvironment,
  rootKeyFromFile,
  rootKeyFromPassphrase,
  RootKey,
} from './root-key.js';

const root = () => new RootKey(Buffer.alloc(32, 5));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hikeshi-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keyFiles = () => readdirSync(join(folder, 'store')).filter((name) => name.endsWith('.key'));
const open = (key = root()) => FileKeyStore.open(join(folder, 'store'), key);

/** The stable code of what was thrown. */
function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code ?? (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('a key store on disk', () => {
  it.each(Object.keys(keySpecs) as KeySpec[])('%s is there again when the store is opened again', (spec) => {
    const made = encodeMaterial(open().obtain('a', spec));
    expect(encodeMaterial(open().obtain('a', spec))).toEqual(made);
    const [name = ''] = keyFiles();
    const bytes = readFileSync(join(folder, 'store', name));
    expect(bytes.includes(made.subarray(-16))).toBe(false);
    expect(statSync(join(folder, 'store', name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'store')).mode & 0o777).toBe(0o700);
  });

  it('is not opened with another root key', () => {
    open().obtain('a', 'HMAC_256');
    expect(codeOf(() => open(new RootKey(Buffer.alloc(32, 6))))).toBe('key-store-root');
  });

  it.each([
    ['one byte changed', (bytes: Buffer) => bytes.fill((bytes[40] ?? 0) ^ 1, 40, 41)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 20)],
    ['emptied', () => Buffer.alloc(0)],
  ])('tells that a file was %s', (_how, change) => {
    open().obtain('a', 'ECC_NIST_P256');
    const path = join(folder, 'store', keyFiles()[0] ?? '');
    writeFileSync(path, change(readFileSync(path)));
    expect(codeOf(() => open().obtain('a', 'ECC_NIST_P256'))).toBe('key-store-corrupt');
  });

  it('tells that one key’s file was put in the place of another’s', () => {
    open().obtain('a', 'HMAC_256');
    const [first = ''] = keyFiles();
    open().obtain('b', 'HMAC_256');
    const second = keyFiles().find((name) => name !== first) ?? '';
    writeFileSync(join(folder, 'store', second), readFileSync(join(folder, 'store', first)));
    expect(codeOf(() => open().get('b'))).toBe('key-store-corrupt');
  });

  it('forgets what is destroyed for good, and leaves no unfinished files', () => {
    const store = open();
    store.put('a', generateMaterial('RSA_2048'));
    store.destroy('a');
    for (const each of [store, open()]) {
      expect(each.get('a')).toBeUndefined();
      expect(() => each.obtain('a', 'RSA_2048')).toThrow('was destroyed');
    }
    expect(readdirSync(join(folder, 'store')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(JSON.stringify(store)).toBe('"[key store]"');
  });

  it('keeps the key of whoever was first, when two make one at once', () => {
    const [one, two] = [open(), open()];
    expect(encodeMaterial(one.obtain('a', 'HMAC_512'))).toEqual(encodeMaterial(two.obtain('a', 'HMAC_512')));
  });

  it('says when it cannot write', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(() => FileKeyStore.open(join(folder, 'file', 'store'), root()))).toBe('key-store-unwritable');
  });
});

describe('root keys', () => {
  const path = () => join(folder, 'root.key');

  it('come from a file of their owner', () => {
    const sealed = createRootKeyFile(path()).seal('a', Buffer.from('text'));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(rootKeyFromFile(path()).open('a', sealed)?.toString()).toBe('text');
    expect(rootKeyFromFile(path()).open('b', sealed)).toBeUndefined();
    expect(codeOf(() => createRootKeyFile(path()))).toBe('root-key-exists');
    chmodSync(path(), 0o640);
    expect(codeOf(() => rootKeyFromFile(path()))).toBe('root-key-mode');
  });

  it('come from the environment', () => {
    const key = rootKeyFromEnvironment({ K: '05'.repeat(32) }, 'K');
    expect(
      root()
        .open('a', key.seal('a', Buffer.from('text')))
        ?.toString(),
    ).toBe('text');
    expect(codeOf(() => rootKeyFromEnvironment({}, 'K'))).toBe('root-key-missing');
    expect(codeOf(() => rootKeyFromEnvironment({ K: 'secret?' }, 'K'))).toBe('root-key-form');
    expect(() => rootKeyFromEnvironment({ K: 'secret?' }, 'K')).not.toThrow(/secret/);
  });

  it('come from a passphrase and the store’s own salt', () => {
    const salt = FileKeyStore.salt(join(folder, 'store'));
    expect(FileKeyStore.salt(join(folder, 'store'))).toEqual(salt);
    const sealed = rootKeyFromPassphrase('correct horse battery', salt).seal('a', Buffer.from('text'));
    expect(rootKeyFromPassphrase('correct horse battery', salt).open('a', sealed)?.toString()).toBe('text');
    expect(rootKeyFromPassphrase('correct horse batterx', salt).open('a', sealed)).toBeUndefined();
    expect(codeOf(() => rootKeyFromPassphrase('short', salt))).toBe('passphrase-short');
  });

  it('are missed by name', () => {
    expect(codeOf(() => rootKeyFromFile(path()))).toBe('root-key-missing');
    writeFileSync(path(), 'not a key', { mode: 0o600 });
    expect(codeOf(() => rootKeyFromFile(path()))).toBe('root-key-form');
  });

  it('show themselves to nobody', () => {
    expect(JSON.stringify({ key: root() })).toBe('{"key":"[root key]"}');
    expect(String(root())).toBe('[root key]');
  });
});
