import type { Clock } from '../../base/ports.js';
import type { Json } from '../../base/json.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import type { AccessStore } from '../../store/access/access-store.js';
import type { KeptSettings } from '../respond/manage-responses.js';
import type { Responses } from '../respond/responses.js';
import type { Waves } from '../respond/waves.js';
import type { ImportedLines, ImportLines } from './line-import.js';
import type { Rules } from './rules.js';
import type { Tokens } from './tokens.js';

/** Sends a custom action about findings to whoever listens, as Security Hub sends it. */
export interface ActionRunner {
  /** @param findings 1 to 20, as they are in an event of AWS's. @returns the event's id. */
  run(actionArn: string, findings: readonly AsffFinding[], by: string): Promise<{ readonly eventId: string }>;
}

/** What became of an event. The same `id` twice is one event. */
export type IntakeOutcome =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly field?: string };

/** Where events come in. What it answers `accepted` to is on the disk. */
export interface Intake {
  /** @param accounts of which an event may be: all that it is about, not only its envelope. All unless told. */
  accept(event: Json, source: string, accounts?: readonly string[]): Promise<IntakeOutcome>;
}

/** A changing call, told before it is carried out: nothing is done that could not be recorded. */
export interface AuditEntry {
  readonly at: string;
  readonly by: string;
  readonly role: string;
  /** How they came in: a token's id, `session`, `oidc`. */
  readonly through: string;
  readonly from: string;
  /** `POST /api/v1/findings/update`, or `securityhub:BatchImportFindings`. */
  readonly call: string;
  readonly subjects: readonly string[];
  /** SHA-256 of the body as it came in. */
  readonly bodySha256?: string;
  /** Of a stream, in an entry of its own at its end: how much came, and what became of it. */
  readonly imported?: Pick<ImportedLines, 'created' | 'updated' | 'unchanged' | 'refused'> & {
    readonly bytes: number;
    /** Why it ended early, if it did. */
    readonly cut?: string;
  };
}

/** A call that changed nothing: a read, or one that was refused. */
export interface NotedCall {
  readonly at: string;
  /** `unknown` where nobody could be made out. */
  readonly by: string;
  readonly through?: string;
  readonly from: string;
  readonly call: string;
  /** The HTTP status it was answered with, or the code of AWS's error. */
  readonly status: number | string;
}

export interface Audit {
  /** Before a change: nothing is done that could not be recorded. */
  record(entry: AuditEntry): Promise<void>;
  /** After any other call: gathered, and in the ledger within a minute. */
  note(call: NotedCall): void;
}

/** The accounts of the organization, for scopes that name units. */
export interface Organization {
  readonly partition: string;
  /** Where the hub's own documents (insights, custom actions) are said to be. */
  readonly accountId: string;
  readonly region: string;
  /** The accounts at or below these units. A unit that nobody knows has none. */
  accountsIn(units: readonly string[]): Promise<readonly string[]>;
  readonly nameOf: (accountId: string) => string;
}

/** What waits to be done, and what was given up. */
export interface Backlog {
  readonly eventsWaiting: number;
  /** Deciding them failed again and again. */
  readonly eventsAside: number;
  readonly deliveriesWaiting: number;
  readonly deliveriesFailed: number;
  readonly runs: readonly { readonly state: string; readonly count: number }[];
}

/** What decides whether and how responses may be applied. */
export interface ResponsePolicy {
  read(): Promise<KeptSettings>;
  /** Writes settings over those of a version that was looked at. @throws Problem `response-settings`, `settings-changed`. */
  write(document: unknown, over: number, by: string): Promise<KeptSettings>;
}

/** Something the hub cannot work without. */
export interface Probe {
  readonly name: string;
  /** Throws when it is not well. */
  check(): Promise<void>;
}

/** All that the faces of a hub need. Each member is a port: tests give one that is in memory. */
export interface Hub {
  readonly findings: FindingHub;
  readonly importLines: ImportLines;
  readonly responses: Responses;
  readonly policy: ResponsePolicy;
  readonly waves: Waves;
  readonly rules: Rules;
  readonly actions: ActionRunner;
  readonly intake: Intake;
  readonly access: AccessStore;
  readonly tokens: Tokens;
  readonly audit: Audit;
  readonly organization: Organization;
  readonly probes: readonly Probe[];
  readonly backlog: () => Promise<Backlog>;
  readonly clock: Clock;
  readonly version: string;
}
