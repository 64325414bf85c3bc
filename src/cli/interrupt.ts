import { setMaxListeners } from 'node:events';
import { Problem } from '../base/problem.js';
import type { Terminal } from './terminal.js';

/**
 * Runs work that Ctrl-C stops cleanly: the first raises the signal, so that what is finished is kept; the second ends
 * the process at once.
 */
export async function untilInterrupted<T>(terminal: Terminal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, controller.signal);
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    terminal.err('\nstopping; what was read is kept, and the same command goes on from there\n');
    controller.abort(
      new Problem('interrupted', 'interrupted', { next: 'run the same command again to go on', exit: 'interrupted' }),
    );
  };
  process.on('SIGINT', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}
