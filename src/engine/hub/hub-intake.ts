import { Problem } from '../../base/problem.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import { customActionEvent } from '../../findings/hub/security-hub-events.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { isInvalid } from '../../base/checked.js';
import { EVENT_BYTES_MAX, parseEvent } from '../decide/hub-event.js';
import type { ActionRunner, Intake, IntakeOutcome } from './hub.js';

/** Where events come in, whoever brings them: read whole, refused by the name of the member, or safe on the disk. */
export function hubIntake(inbox: EventInbox, now: () => Date): Intake {
  return {
    async accept(value, source): Promise<IntakeOutcome> {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (bytes > EVENT_BYTES_MAX) {
        return {
          kind: 'refused',
          code: 'event-too-large',
          message: `the event has ${bytes} bytes; at most ${EVENT_BYTES_MAX} are taken`,
        };
      }
      const event = parseEvent(value);
      if (isInvalid(event)) {
        return {
          kind: 'refused',
          code: 'bad-event',
          message: `${event.invalid.field}: ${event.invalid.rule}`,
          field: event.invalid.field,
        };
      }
      await inbox.take({ id: event.id, source, body: event }, now());
      return { kind: 'accepted', id: event.id };
    },
  };
}

interface ActionTarget {
  readonly ActionTargetArn: string;
  readonly Name: string;
  readonly Description: string;
}

/** Custom actions: each selected finding is an event, exactly as Security Hub sends it. */
export function hubActions(findings: FindingHub, inbox: EventInbox, now: () => Date): ActionRunner {
  return {
    async run(actionArn, selected: readonly AsffFinding[], by) {
      const action = await findings.documents.get<ActionTarget>('action-target', actionArn);
      if (action === undefined) {
        throw new Problem('unknown-action', `there is no custom action \`${actionArn}\``, { exit: 'badUsage' });
      }
      const about = { actionArn, name: action.Name, description: action.Description };
      const at = now();
      let eventId = '';
      for (const finding of selected) {
        const event = customActionEvent(about, finding, at, `${by} ${at.toISOString()}`);
        await inbox.take({ id: event.id, source: `action:${by}`, body: event }, at);
        eventId ||= event.id;
      }
      return { eventId };
    },
  };
}
