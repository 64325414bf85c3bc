import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { encodeMaterial } from './encode-material.js';
import { generateMaterial } from './generate-material.js';
import { keySpecs, type KeySpec } from './key-spec.js';
import { MemoryKeyStore } from './key-store.js';

const specs = Object.keys(keySpecs) as KeySpec[];
const seed = Buffer.alloc(32, 7);

describe('a key store in memory', () => {
  it.each(specs)('%s: the same seed makes the same key, another seed another', (spec) => {
    const made = (given: Buffer) => encodeMaterial(new MemoryKeyStore(given).obtain('a', spec));
    expect(made(seed)).toEqual(made(seed));
    expect(made(seed)).not.toEqual(made(Buffer.alloc(32, 8)));
  });

  it('makes each key by its id alone, whatever was asked before', () => {
    const store = new MemoryKeyStore(seed);
    store.obtain('b', 'HMAC_256');
    const other = new MemoryKeyStore(seed);
    expect(encodeMaterial(store.obtain('a', 'ECC_NIST_P256'))).toEqual(
      encodeMaterial(other.obtain('a', 'ECC_NIST_P256')),
    );
    expect(encodeMaterial(store.obtain('c', 'HMAC_256'))).not.toEqual(encodeMaterial(store.obtain('b', 'HMAC_256')));
  });

  it('is forked: what one fork imports or destroys, the other does not notice', () => {
    const store = new MemoryKeyStore(seed);
    const before = encodeMaterial(store.obtain('a', 'HMAC_256'));
    const fork = store.fork();
    fork.put('b', generateMaterial('HMAC_256'));
    fork.destroy('a');
    expect(store.get('b')).toBeUndefined();
    expect(encodeMaterial(store.obtain('a', 'HMAC_256'))).toEqual(before);
    expect(encodeMaterial(fork.obtain('c', 'HMAC_256'))).toEqual(encodeMaterial(store.obtain('c', 'HMAC_256')));
  });

  it('never makes destroyed material again', () => {
    const store = new MemoryKeyStore(seed);
    store.obtain('a', 'HMAC_256');
    store.destroy('a');
    expect(store.get('a')).toBeUndefined();
    expect(() => store.obtain('a', 'HMAC_256')).toThrow('the key material `a` was destroyed');
    expect(() => store.fork().obtain('a', 'HMAC_256')).toThrow('was destroyed');
  });
});

describe('key material', () => {
  it.each(specs)('%s shows itself to nobody', (spec) => {
    const store = new MemoryKeyStore(seed);
    const material = store.obtain('a', spec);
    expect(JSON.stringify({ material, store })).toBe('{"material":"[key material]","store":"[key store]"}');
    expect(`${String(material)} ${inspect(material)}`).toBe('[key material] [key material]');
    expect(Object.entries(material)).toEqual([['spec', spec]]);
    expect(structuredClone(material)).toEqual({ spec });
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain(seed.toString('hex').slice(0, 12));
  });

  it.each(specs)('%s made at random differs each time', (spec) => {
    expect(encodeMaterial(generateMaterial(spec))).not.toEqual(encodeMaterial(generateMaterial(spec)));
  });
});
