import { Problem } from '../../base/problem.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import { customActionEvent } from '../../findings/hub/security-hub-events.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { isInvalid } from '../../base/checked.js';
import type { AnyControl } from '../../controls/control.js';
import { findingsOf } from '../decide/event-findings.js';
import { EVENT_BYTES_MAX, parseEvent, type HubEvent } from '../decide/hub-event.js';
import type { ActionRunner, Intake, IntakeOutcome } from './hub.js';

/** Where events come in, whoever brings them: read whole, refused by the name of the member, or safe on the disk. */
export function hubIntake(inbox: EventInbox, controls: readonly AnyControl[], now: () => Date): Intake {
  return {
    async accept(value, source, accounts): Promise<IntakeOutcome> {
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
      const beyond = accounts === undefined ? undefined : beyondAccounts(event, accounts, controls);
      if (beyond !== undefined) return { kind: 'refused', code: 'account-not-allowed', ...beyond };
      // Ids of one source say nothing of another's: nobody takes the place of an event that is yet to come.
      await inbox.take({ id: `${source}/${event.id}`, source, body: event }, now());
      return { kind: 'accepted', id: event.id };
    },
  };
}

/** The first thing of an event that is of another account than it may be. */
function beyondAccounts(
  event: HubEvent,
  accounts: readonly string[],
  controls: readonly AnyControl[],
): { readonly field: string; readonly message: string } | undefined {
  const of = (account: string) => `this source may not send events about account \`${account}\``;
  if (!accounts.includes(event.account)) return { field: 'account', message: of(event.account) };
  for (const [index, each] of findingsOf(event, controls).entries()) {
    if ('refused' in each || accounts.includes(each.finding.accountId)) continue;
    return { field: `detail.findings.${index}.AwsAccountId`, message: of(each.finding.accountId) };
  }
  return undefined;
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
