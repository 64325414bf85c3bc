import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { Problem } from '../base/problem.js';

/** Who holds a lock: one process of one machine, and what it holds it for. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When that process started, in the kernel's ticks: a number that is used again is another process. Linux only. */
  readonly started?: string;
  /** One holding of the lock. */
  readonly token: string;
  readonly about: string;
}

export type LockAttempt = { readonly release: () => Promise<void> } | { readonly holder: LockHolder | undefined };

/**
 * Takes a lock that is a file: who makes it has it. The lock of a process that is gone is taken over. That of another
 * machine on a shared folder never is: whether it still runs cannot be seen from here.
 *
 * @param about what the lock is held for, in the words of a message.
 * @returns what releases it, or who holds it (undefined where that cannot be read).
 * @throws Problem `lock-unwritable` for a full disk, a missing permission: nothing was locked, and nothing is left behind.
 */
export async function tryLock(path: string, about: string): Promise<LockAttempt> {
  const failed = (cause: unknown): never => {
    throw unwritable(path, cause);
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(failed);
  for (;;) {
    const own = await makeLockFile(path, about).catch(failed);
    if (own) return { release: () => rm(path, { force: true }) };
    const holder = await readHolder(path);
    if (holder === 'gone') continue;
    if (holder === undefined || (await mayRun(holder))) return { holder };
    if (!(await breakLock(path, holder))) return { holder };
  }
}

/** Since when this process runs. */
let ownStart: Promise<string | undefined> | undefined;

async function makeLockFile(path: string, about: string): Promise<boolean> {
  const started = await (ownStart ??= startOf(process.pid));
  const token = randomBytes(8).toString('hex');
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    ...(started === undefined ? {} : { started }),
    token,
    about,
  };
  // Written whole beside it and then linked: a process that dies, or a disk that is full, leaves no lock without a holder.
  const whole = `${path}.${process.pid}.${token}.tmp`;
  try {
    await writeFile(whole, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
    await link(whole, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

function unwritable(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  const next = 'check the free space, its owner and its mode; nothing was changed';
  return new Problem('lock-unwritable', `the lock \`${path}\` cannot be written (\`${code}\`)`, { next, cause });
}

/**
 * Removes the lock of a process that is gone. A second file lets only one process do it at a time, and it looks again:
 * otherwise a slow one could remove the lock that a quick one has just taken.
 */
async function breakLock(path: string, dead: LockHolder): Promise<boolean> {
  const guard = `${path}.breaking`;
  if (!(await makeLockFile(guard, `breaking the lock of process ${dead.pid}`))) {
    const breaker = await readHolder(guard);
    if (typeof breaker !== 'object' || (await mayRun(breaker))) return false;
    throw new Problem('lock-broken', `process ${breaker.pid} died while it removed the lock \`${path}\``, {
      next: `make sure that no hikeshi runs, then remove \`${guard}\` and \`${path}\``,
    });
  }
  try {
    const now = await readHolder(path);
    if (typeof now === 'object' && now.token === dead.token) await rm(path, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function readHolder(path: string): Promise<LockHolder | 'gone' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Something else in its place, such as a folder, is a lock that nobody can take over.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    // Not of this program, or damaged.
    return undefined;
  }
}

async function mayRun(holder: LockHolder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.started === undefined || holder.started === (await startOf(holder.pid));
}

/** Field 22 of /proc/PID/stat; the second field may contain spaces and ends with the last parenthesis. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
