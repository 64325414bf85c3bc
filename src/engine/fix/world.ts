import type { Send } from '../../reference/api-call.js';
import type { World } from '../../playbooks/execute.js';
import type { Journal, JournalEntry } from '../../playbooks/journal.js';
import type { Plan } from '../../playbooks/playbook.js';
import type { Report } from '../event.js';

export const realSleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** The real world for a run: its calls, its durable journal, its time; told step by step. */
export function worldOf(plan: Plan, send: Send, journal: Journal, report: Report): World {
  const titleOf = (step: string) => plan.steps.find(({ id }) => id === step)?.title ?? step;
  const tell = (entry: JournalEntry): void => {
    const { step } = entry;
    switch (entry.kind) {
      case 'intent':
        return report({ kind: 'step', step, title: titleOf(step), state: 'started' });
      case 'done':
        return report({ kind: 'step', step, title: titleOf(step), state: 'done' });
      case 'undone':
        return report({ kind: 'step', step, title: `taken back: ${titleOf(step)}`, state: 'done' });
      case 'failed':
      case 'undo-failed':
        return report({
          kind: 'step',
          step,
          title: `${titleOf(step)}: ${entry.error.code}: ${entry.error.message}`,
          state: 'failed',
        });
      case 'settled':
      case 'undo-intent':
        return;
    }
  };
  return {
    send,
    sleep: realSleep,
    journal: {
      write: async (entry) => {
        await journal.write(entry);
        tell(entry);
      },
    },
  };
}
