import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterGrace } from './grace.js';
import { askForOpen, shortOf } from './ask-for-open.js';
import { settingsIn, type RunContext } from './run-context.js';
import type { ResponseSchedule } from './settings.js';

const PREFIX = 'hikeshi-';
let context: RunContext | undefined;
let kept = '';

/** Each tick once, whichever worker is there: the workflow's id is made of the schedule and the moment. */
const tick = DBOS.registerWorkflow(
  async (at: Date, schedule: unknown): Promise<void> => {
    await DBOS.runStep(() => askAtTick(schedule as ResponseSchedule, new Date(at)), {
      name: 'ask',
      retriesAllowed: true,
    });
  },
  { name: 'schedule@1' },
);

/** Brings the engine's schedules in line with the settings. */
export async function keepSchedules(own: RunContext): Promise<void> {
  context = own;
  const { schedules } = await settingsIn(own.database);
  const wanted = JSON.stringify(schedules);
  if (wanted === kept) return;
  const names = new Set(schedules.map(({ name }) => PREFIX + name));
  for (const { scheduleName } of await DBOS.listSchedules({ scheduleNamePrefix: PREFIX })) {
    if (!names.has(scheduleName)) await DBOS.deleteSchedule(scheduleName);
  }
  await DBOS.applySchedules(
    schedules.map((schedule) => ({
      scheduleName: PREFIX + schedule.name,
      workflowFn: tick,
      schedule: schedule.cron,
      context: schedule,
      cronTimezone: 'UTC',
    })),
  );
  kept = wanted;
}

/** Asks for a run for each open finding in the schedule's scope. The same finding at the same tick is one run. */
async function askAtTick(schedule: ResponseSchedule, at: Date): Promise<void> {
  if (context === undefined) throw new Error('the worker of this process has ended');
  const { name, scope, mode, runsMax } = schedule;
  const tickId = `schedule/${name}/${at.toISOString().replaceAll(':', '-')}`.replaceAll(' ', '-');
  await askForOpen(context, {
    scope,
    runsMax,
    request: (finding) => ({
      id: `${tickId}/${shortOf(finding)}`,
      finding,
      mode,
      requestedBy: `schedule:${name}`,
      origin: { kind: 'schedule', name },
      ...afterGrace(schedule.graceDays, at),
    }),
  });
}
