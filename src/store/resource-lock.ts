import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../base/problem.js';
import { tryLock } from './process-lock.js';

/**
 * One run at a time per resource, on one machine. (Many machines share locks in the database of the hub.)
 *
 * @returns what releases it.
 * @throws Problem `locked` while another run holds the resource.
 */
export async function lockResource(folder: string, resourceArn: string, runId: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(resourceArn).digest('hex').slice(0, 32);
  const attempt = await tryLock(join(folder, `${name}.lock`), runId);
  if ('release' in attempt) return attempt.release;
  const run = attempt.holder === undefined ? 'another run' : `run ${attempt.holder.about}`;
  throw new Problem('locked', `${run} is working on \`${resourceArn}\``, {
    next: 'wait for it to end, or look at it with `hikeshi explain RUN`',
  });
}
