import { matchEvent } from '../../events/machine.js';
import type {
  AsffFinding,
  ChangeOutcome,
  FindingHub,
  ImportContext,
  ImportOutcome,
} from '../../findings/hub/finding-hub.js';
import { knownVersions } from '../../findings/hub/known-versions.js';
import { importedEvent } from '../../findings/hub/security-hub-events.js';
import type { EventInbox } from '../../store/postgres/events/event-inbox.js';
import type { CurrentRules } from '../decide/current-rules.js';

/** Which rules somebody acts for: what follows from them is not answered by them again. */
const causes = new Map<string, readonly string[]>();
/** Each is asked for right after it was told; older ones are over. */
const CAUSES_MAX = 10_000;

/** The identity under which a run changes findings, and the rules it follows from. */
export function actingFor(identity: string, rules: readonly string[]): string {
  causes.delete(identity);
  causes.set(identity, rules);
  for (const oldest of causes.keys()) {
    if (causes.size <= CAUSES_MAX) break;
    causes.delete(oldest);
  }
  return identity;
}

/**
 * Findings that are answered: whatever comes in or changes is the event that AWS sends of it. Only events that some rule
 * asks for are kept: of a million findings that no rule is about, none costs a row.
 *
 * What is acknowledged has its event: an import that died before it was answered is imported again by who sent it, and its
 * event then has the same id.
 */
export class AnsweringFindings implements FindingHub {
  private readonly hub: FindingHub;
  private readonly inbox: EventInbox;
  private readonly rules: CurrentRules;
  readonly documents: FindingHub['documents'];
  readonly findings: FindingHub['findings'];
  readonly history: FindingHub['history'];
  readonly countBy: FindingHub['countBy'];

  constructor(hub: FindingHub, inbox: EventInbox, rules: CurrentRules) {
    this.hub = hub;
    this.inbox = inbox;
    this.rules = rules;
    this.documents = hub.documents;
    this.findings = hub.findings.bind(hub);
    this.history = hub.history.bind(hub);
    this.countBy = hub.countBy.bind(hub);
  }

  async importFindings(findings: readonly AsffFinding[], context: ImportContext): Promise<readonly ImportOutcome[]> {
    const outcomes = await this.hub.importFindings(findings, context);
    const told = outcomes.flatMap((outcome) => ('finding' in outcome ? [outcome.finding] : []));
    await this.tell(told, context.now, context.actor.identity, '');
    // Whoever died between an import and its events sends it again; it then changes nothing.
    if (outcomes.some(({ kind }) => kind === 'unchanged') && (await this.rules.get()).askForFindings) {
      await this.tell(await this.knownAgain(findings, outcomes), context.now, context.actor.identity, '');
    }
    return outcomes;
  }

  /** What is known of findings that came in again: where the hub below had to look, it says so. */
  private async knownAgain(
    findings: readonly AsffFinding[],
    outcomes: readonly ImportOutcome[],
  ): Promise<readonly AsffFinding[]> {
    const known: AsffFinding[] = [];
    const unknown: AsffFinding[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind !== 'unchanged') continue;
      if (outcome.known === undefined) unknown.push(findings[index] as AsffFinding);
      else if (outcome.known !== 'older') known.push(outcome.known);
    }
    return [...known, ...(await knownVersions(this.hub, unknown))];
  }

  async changeFindings(
    identifiers: Parameters<FindingHub['changeFindings']>[0],
    change: Parameters<FindingHub['changeFindings']>[1],
    context: Parameters<FindingHub['changeFindings']>[2],
  ): Promise<readonly ChangeOutcome[]> {
    const outcomes = await this.hub.changeFindings(identifiers, change, context);
    const changed = outcomes.flatMap((outcome) => (outcome.kind === 'changed' ? [outcome.finding] : []));
    await this.tell(changed, context.now, context.actor.identity, context.now.toISOString());
    return outcomes;
  }

  /** @param cause what tells apart two changes of a finding between which its product said nothing. */
  private async tell(findings: readonly AsffFinding[], now: Date, identity: string, cause: string): Promise<void> {
    if (findings.length === 0) return;
    const rules = await this.rules.get();
    if (!rules.askForFindings) return;
    for (const finding of findings) {
      const event = importedEvent(finding, { now }, cause);
      if (matchEvent(rules.machine, event).length === 0) continue;
      await this.inbox.take({ id: event.id, source: 'hub', body: event, causes: causes.get(identity) ?? [] }, now);
    }
  }
}
