import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../base/problem.js';

/**
 * One run at a time per resource, on one machine: a file made exclusively, holding the process that made it. A lock
 * whose process is gone is taken over. (Many machines share locks in the database of the hub.)
 *
 * @returns what releases it.
 * @throws Problem `locked` while another run holds the resource.
 */
export async function lockResource(folder: string, resourceArn: string, runId: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${createHash('sha256').update(resourceArn).digest('hex').slice(0, 32)}.lock`);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.write(JSON.stringify({ pid: process.pid, runId, resourceArn }));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await holderOf(path);
      if (holder !== undefined && isAlive(holder.pid)) {
        throw new Problem('locked', `run ${holder.runId} is working on \`${resourceArn}\``, {
          next: 'wait for it to end, or look at it with `hikeshi explain RUN`',
        });
      }
      await rm(path, { force: true });
    }
  }
  throw new Problem('locked', `\`${resourceArn}\` was taken by another run just now`, { next: 'try again' });
}

async function holderOf(path: string): Promise<{ pid: number; runId: string } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as { pid: number; runId: string };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
