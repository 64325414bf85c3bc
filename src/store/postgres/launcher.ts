import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, Problem } from '../../base/problem.js';
import { tryLock } from '../process-lock.js';
import { findRuntime, runAs } from './runtime.js';

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** How to reach it: a Unix socket; there is no port. */
  readonly url: string;
  /** It ran already: another process of this user started it. */
  readonly reused: boolean;
  readonly pid: number;
  /** Ends it, letting what is under way be rolled back. Those still connected lose their connection. */
  stop(): Promise<void>;
}

/** A socket's whole path must fit into the kernel's `sun_path` (108 bytes on Linux, 104 on macOS). */
const SOCKET_PATH_MAX = 90;
const START_MS_MAX = 60_000;
const POLL_MS = 10;
const CONNECTIONS_MAX = 100;

/**
 * Starts PostgreSQL on a private folder, or finds it running there. It listens on a Unix socket that only this user (and
 * the unprivileged user it runs as) can open, and on no port.
 *
 * It goes on when the process that started it is killed: the next one finds it. Under a second for a new folder.
 *
 * @throws Problem `no-postgres`, or `postgres-failed` with the last words of its log.
 */
export async function startEmbedded(wanted: string): Promise<EmbeddedPostgres> {
  const user = runAs();
  const folder = reachableFolder(wanted);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const data = join(folder, 'data');
  const socket = socketFolder(folder);
  for (const path of [data, socket]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
    chmodSync(path, 0o700);
  }
  const release = await alone(folder);
  try {
    const running = runningIn(data);
    if (running !== undefined) return await opened(data, socket, running, true);
    const { bin } = findRuntime(folder);
    if (!existsSync(join(data, 'PG_VERSION'))) initialise(bin, data);
    return await start(bin, folder, data, socket);
  } finally {
    await release();
  }
}

/** Where services keep their data on a Unix machine, open for all to walk through. */
const SYSTEM_FOLDER = '/var/lib/hikeshi';

/**
 * The folder to use. The unprivileged user that stands in for root must be able to walk to it: below a private folder
 * (`/root`) it cannot, and the system's own place is used, under a name that is made of the wanted path.
 */
function reachableFolder(wanted: string): string {
  if (runAs().uid === undefined) return wanted;
  mkdirSync(dirname(wanted), { recursive: true });
  for (let path = dirname(wanted); path !== dirname(path); path = dirname(path)) {
    const openToOthers = (statSync(path).mode & 0o001) !== 0;
    if (!openToOthers) return join(SYSTEM_FOLDER, nameOf(wanted));
  }
  return wanted;
}

function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

/** A folder for the socket: in the store's own where its path is short enough, else under the system's temporary one. */
function socketFolder(folder: string): string {
  const own = join(folder, 'socket');
  if (Buffer.byteLength(own) <= SOCKET_PATH_MAX) return own;
  return join('/tmp', `hikeshi-${process.getuid?.() ?? 0}-${nameOf(folder)}`);
}

/** Two launchers at once would initialise the same folder. */
async function alone(folder: string): Promise<() => Promise<void>> {
  const until = Date.now() + START_MS_MAX;
  for (;;) {
    const attempt = await tryLock(join(folder, 'start.lock'), 'starting PostgreSQL');
    if ('release' in attempt) return attempt.release;
    if (Date.now() > until) {
      throw new Problem(
        'postgres-busy',
        `process ${attempt.holder?.pid ?? 'unknown'} is starting PostgreSQL in \`${folder}\``,
        {
          next: 'wait for it, or stop it',
        },
      );
    }
    await new Promise((done) => setTimeout(done, POLL_MS * 5));
  }
}

const environment = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '' };

function initialise(bin: string, data: string): void {
  const options = [
    '--username=hikeshi',
    '--auth=trust',
    '--no-locale',
    '--encoding=UTF8',
    '--no-sync',
    '--no-instructions',
  ];
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, ...options], {
    ...runAs(),
    env: environment,
    encoding: 'utf8',
  });
  if (made.status === 0) return;
  // A folder that is half made would be refused for ever; nothing of value is in it yet.
  for (const name of ['PG_VERSION', 'base', 'global']) rmSync(join(data, name), { recursive: true, force: true });
  throw failed(`initdb: ${(made.error?.message ?? made.stderr).trim()}`, data);
}

async function start(bin: string, folder: string, data: string, socket: string): Promise<EmbeddedPostgres> {
  const log = openSync(join(folder, 'postgres.log'), 'a', 0o600);
  const settings = {
    shared_buffers: '256MB',
    max_connections: String(CONNECTIONS_MAX),
    listen_addresses: '',
    max_wal_size: '4GB',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-k', socket, ...options], {
    ...runAs(),
    env: environment,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  await ready(child, folder, data);
  return opened(data, socket, child.pid ?? 0, false);
}

async function ready(child: ChildProcess, folder: string, data: string): Promise<void> {
  const failure = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(failed(messageOf(error), folder)));
    child.once('exit', (code) => reject(failed(`it ended with ${code}: ${lastWords(folder)}`, folder)));
  });
  const until = Date.now() + START_MS_MAX;
  const isReady = async (): Promise<void> => {
    while (statusIn(data) !== 'ready' || pidIn(data) !== child.pid) {
      if (Date.now() > until)
        throw failed(`it did not start in ${START_MS_MAX / 1000} s: ${lastWords(folder)}`, folder);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  };
  failure.catch(() => undefined);
  await Promise.race([isReady(), failure]);
  child.removeAllListeners();
}

async function opened(data: string, socket: string, pid: number, reused: boolean): Promise<EmbeddedPostgres> {
  const url = `postgresql://hikeshi@localhost/postgres?host=${encodeURIComponent(socket)}`;
  return { url, reused, pid, stop: () => stopped(data) };
}

async function stopped(data: string): Promise<void> {
  const pid = runningIn(data);
  if (pid === undefined) return;
  process.kill(pid, 'SIGINT');
  while (runningIn(data) !== undefined) await new Promise((done) => setTimeout(done, POLL_MS));
}

/** The process of the server in this folder, if it lives: a pid file outlives a server that was killed. */
function runningIn(data: string): number | undefined {
  const pid = pidIn(data);
  if (pid === undefined) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  return isPostgres(pid) ? pid : undefined;
}

/** Whether a process is a PostgreSQL: its number may be somebody else's by now. Where that cannot be seen, it is believed. */
function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return process.platform !== 'linux';
  }
}

function pidIn(data: string): number | undefined {
  const pid = Number(pidFile(data)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** The eighth line of the pid file: `starting` or `ready`. */
function statusIn(data: string): string | undefined {
  return pidFile(data)[7]?.trim();
}

function pidFile(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function lastWords(folder: string): string {
  try {
    return readFileSync(join(folder, 'postgres.log'), 'utf8').trim().split('\n').slice(-3).join(' | ');
  } catch {
    return 'it left no log';
  }
}

function failed(why: string, folder: string): Problem {
  return new Problem('postgres-failed', `PostgreSQL in \`${folder}\` could not be started: ${why}`, {
    next: 'see postgres.log there, or name a database with --database-url',
    exit: 'badConfiguration',
  });
}
