import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Problem } from '../base/problem.js';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SHOWN = '[root key]';

/** OWASP's advice for scrypt, with N so large that one guess takes about a third of a second and 128 MiB. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 } as const;
const PASSPHRASE_MIN = 12;

/** The key that encrypts the material of a file key store. Like the material, it shows itself to nobody. */
export class RootKey {
  readonly #key: Buffer;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new TypeError(`a root key has ${KEY_BYTES} bytes`);
    this.#key = Buffer.from(bytes);
  }

  /**
   * Encrypts with AES-256-GCM, under a key that only serves this label: random IVs of 96 bits would otherwise have to
   * last for all that the store ever writes.
   *
   * @param label what the bytes are; authenticated, so that one entry cannot stand in for another.
   */
  seal(label: string, plaintext: Uint8Array): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(label), iv);
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** Decrypts; undefined when the bytes were changed, or sealed under another root key or label. */
  open(label: string, sealed: Uint8Array): Buffer | undefined {
    if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.keyFor(label), sealed.subarray(0, IV_BYTES));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plaintext = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return plaintext;
  }

  private keyFor(label: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, Buffer.alloc(0), `hikeshi key store v1\0${label}`, KEY_BYTES));
  }

  toJSON(): string {
    return SHOWN;
  }

  toString(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/**
 * Reads a root key from a file that only its owner may read, 64 hexadecimal digits.
 *
 * @throws Problem `root-key-missing`, `root-key-mode` when others may read it, `root-key-form`.
 */
export function rootKeyFromFile(path: string): RootKey {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    const next = 'name the file that was made with the key store, or make a new store with a new one';
    throw new Problem('root-key-missing', `the root key file \`${path}\` cannot be read`, { next, cause });
  }
  try {
    // The open file is asked, not the path: what is checked is what is read.
    const { mode } = fstatSync(file);
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      const next = `chmod 0600 ${path}`;
      throw new Problem('root-key-mode', `others than its owner may use \`${path}\`: its mode is \`${shown}\``, {
        next,
      });
    }
    return parse(readFileSync(file, 'utf8').trim(), `the file \`${path}\``);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a new root key in a new file with mode 0600.
 *
 * @throws Problem `root-key-exists` rather than replace one: what it encrypts would be lost.
 */
export function createRootKeyFile(path: string): RootKey {
  const bytes = randomBytes(KEY_BYTES);
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST') throw rootKeyUnwritable(path, cause);
    const next = 'use it, or move it away when you are sure that nothing is encrypted under it';
    throw new Problem('root-key-exists', `\`${path}\` exists already`, { next });
  }
  try {
    writeFileSync(file, `${bytes.toString('hex')}\n`);
    fsyncSync(file);
  } catch (cause) {
    // Half a root key would be taken for one that somebody changed.
    rmSync(path, { force: true });
    throw rootKeyUnwritable(path, cause);
  } finally {
    closeSync(file);
  }
  return new RootKey(bytes);
}

function rootKeyUnwritable(path: string, cause: unknown): Problem {
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const next = 'check the free space, its owner and its mode';
  return new Problem('root-key-unwritable', `the root key file \`${path}\` cannot be written (\`${why}\`)`, {
    next,
    cause,
  });
}

/**
 * Reads a root key from an environment variable, 64 hexadecimal digits.
 *
 * @throws Problem `root-key-missing` when it is not set, `root-key-form`.
 */
export function rootKeyFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): RootKey {
  const text = environment[name];
  if (text === undefined || text === '') {
    const next = 'set it to 64 hexadecimal digits, for example of `openssl rand -hex 32`';
    throw new Problem('root-key-missing', `the environment variable \`${name}\` is not set`, { next });
  }
  return parse(text.trim(), `the environment variable \`${name}\``);
}

/**
 * Derives a root key from a passphrase with scrypt (RFC 7914). Slow on purpose.
 *
 * @param salt random, at least 16 bytes, kept beside what the key encrypts.
 * @throws Problem `passphrase-short`.
 */
export function rootKeyFromPassphrase(passphrase: string, salt: Uint8Array): RootKey {
  if (passphrase.length < PASSPHRASE_MIN) {
    const next = 'take four or more random words';
    throw new Problem('passphrase-short', `the passphrase has fewer than \`${PASSPHRASE_MIN}\` characters`, { next });
  }
  return new RootKey(scryptSync(passphrase.normalize('NFKC'), salt, KEY_BYTES, SCRYPT));
}

/** The text itself is never told: it may be a key with one wrong digit. */
function parse(text: string, where: string): RootKey {
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    const next = 'give 64 hexadecimal digits, for example of `openssl rand -hex 32`';
    throw new Problem('root-key-form', `${where} does not hold a root key`, { next });
  }
  return new RootKey(Buffer.from(text, 'hex'));
}
