import { messageOf } from '../../base/problem.js';
import type { AnyControl } from '../../controls/control.js';
import { controls as scanned } from '../../controls/catalogue.js';
import { BaselineEstate } from '../../controls/tamper/baseline-estate.js';
import { tamperControls } from '../../controls/tamper/catalogue.js';
import type { Finding } from '../../findings/finding.js';
import { AutomatedFindingHub } from '../../findings/hub/automated-finding-hub.js';
import { findingRules } from '../../findings/hub/finding-rules.js';
import type { Send } from '../../reference/api-call.js';
import type { Database } from '../../store/postgres/database.js';
import { AutomationFirings } from '../../store/postgres/events/automation-firings.js';
import { EventInbox } from '../../store/postgres/events/event-inbox.js';
import { RuleBook } from '../../store/postgres/events/rule-book.js';
import { EstateTable } from '../../store/postgres/estates/estate-table.js';
import { PostgresFindingHub } from '../../store/postgres/findings/postgres-finding-hub.js';
import { countRuns, readRun } from '../../store/postgres/runs/run-table.js';
import { CurrentRules } from '../decide/current-rules.js';
import type { EventRule } from '../decide/event-rule.js';
import { EVENT_ATTEMPTS_MAX, EventWorker } from '../decide/event-worker.js';
import { scopeFacts } from '../scope/scope-facts.js';
import type { ScopeFacts } from '../scope/scope.js';
import { responseLedger } from '../respond/ledger-port.js';
import { responseSettings, setResponseSettings } from '../respond/manage-responses.js';
import { openResponses } from '../respond/open-responses.js';
import type { ResponsePorts } from '../respond/ports.js';
import type { Origin, Responses, ResponseView } from '../respond/responses.js';
import type { RunTracing } from '../respond/run-tracing.js';
import { openWaves } from '../respond/waves.js';
import { startWorker } from '../respond/worker.js';
import { AccountConnections, type Reach } from './account-connections.js';
import { AnsweringFindings } from './answering-findings.js';
import { runEventWorker, type EventLoop } from './event-loop.js';
import { hubActions, hubIntake } from './hub-intake.js';
import type { Backlog, ResponsePolicy } from './hub.js';
import { hubRules } from './hub-rules.js';
import type { HubGround, HubParts } from './open-hub.js';
import { LineImport, seenByRules } from './line-import.js';
import { readQueue } from './queue-loop.js';
import { HubResponseFindings } from './response-findings.js';

/** What a hub or a worker is told besides where its database is. */
export interface HubPartsOptions {
  readonly reach?: Reach;
  /** A queue that EventBridge sends to. */
  readonly queueArn?: string;
  /** Traces runs; left out where they are not. */
  readonly tracing?: RunTracing;
  /** Told of what failed in the background. */
  readonly onError: (error: unknown) => void;
}

/** All that findings may be of: the controls of scans, and those that events call for. */
const controls: readonly AnyControl[] = [...scanned, ...tamperControls];

/** What hubs and workers both stand on: the findings that are answered, the estates, the ways to accounts. */
export interface Groundwork {
  readonly findings: AnsweringFindings;
  readonly lineImport: LineImport;
  readonly responseFindings: HubResponseFindings;
  readonly inbox: EventInbox;
  readonly firings: AutomationFirings;
  readonly book: RuleBook<EventRule>;
  readonly rules: CurrentRules;
  readonly estates: EstateTable;
  readonly connections: AccountConnections;
  readonly ports: ResponsePorts;
}

export function groundwork(
  { database, organization, clock, home }: Omit<HubGround, 'ledger'>,
  reach: Reach | undefined,
): Groundwork {
  const connections = new AccountConnections(home, reach);
  const estates = new EstateTable(database);
  const inbox = new EventInbox(database);
  const firings = new AutomationFirings(database);
  const book = new RuleBook<EventRule>(database);
  const rules = new CurrentRules(book);
  const stored = new PostgresFindingHub(database, findingRules(clock));
  const findings = new AnsweringFindings(new AutomatedFindingHub(stored, firings), inbox, rules);
  const lineImport = new LineImport({
    hub: findings,
    quick: stored,
    isSeen: seenByRules(stored, rules),
    clock,
  });
  const responseFindings = new HubResponseFindings({
    hub: findings,
    controls,
    partition: organization.partition,
    nameOf: (accountId) => organization.nameOf(accountId),
    causesOf: async (runId) => {
      const name = ((await readRun(database, runId))?.origin as Origin | undefined)?.name;
      return name === undefined ? [] : [name];
    },
  });
  const ports: ResponsePorts = {
    controls,
    estate: async (accountId) => new BaselineEstate(await estates.of(accountId)),
    connection: (accountId) => connections.of(accountId),
    findings: responseFindings,
    notifications: { tell: (kind, run) => notify(inbox, kind, run, clock()) },
    now: clock,
    sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  };
  return { findings, lineImport, responseFindings, inbox, firings, book, rules, estates, connections, ports };
}

/**
 * The parts of a hub, put together: findings that are answered by rules, events decided, runs carried out by this process and
 * by any other worker of the same database.
 */
export async function hubParts(ground: HubGround, options: HubPartsOptions): Promise<HubParts> {
  const { database, clock } = ground;
  const { onError } = options;
  const base = groundwork(ground, options.reach);
  const { findings, lineImport, inbox, firings, book, connections } = base;
  const onTrouble = (what: string, error: unknown) =>
    onError(new Error(`${what}: ${messageOf(error)}`, { cause: error }));
  const worker = await startWorker({
    database,
    ports: base.ports,
    ledger: responseLedger(ground.ledger),
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    onTrouble,
  });
  const { enqueue } = worker.engine;
  const responses = openResponses({ database, enqueue, now: clock });
  const intake = hubIntake(inbox, controls, clock);
  const deciding = startDeciding(database, base, responses, clock, onError);
  const { queueArn } = options;
  const endQueue = queueArn === undefined ? undefined : readQueue(queueArn, sendBy(connections), intake, onError);
  return {
    findings,
    importLines: lineImport.importLines,
    responses,
    policy: policyIn(database, clock),
    waves: openWaves({ database, enqueue, ports: base.ports }, responses),
    intake,
    actions: hubActions(findings, inbox, clock),
    rules: hubRules({
      book,
      inbox,
      firings,
      findings,
      controls,
      now: clock,
      factsOf: factsIn(base.estates),
    }),
    backlog: () => backlogOf(database, inbox),
    probes: [{ name: 'events', check: () => deciding.check() }],
    async close() {
      await lineImport.end();
      await endQueue?.();
      await deciding.end();
      await worker.drain();
      await connections.close();
    },
  };
}

/** Decides events in this process too; any number of processes share them. */
export function startDeciding(
  database: Database,
  { inbox, rules, estates, responseFindings, connections }: Groundwork,
  responses: Responses,
  clock: () => Date,
  onError: (error: unknown) => void,
): EventLoop {
  const worker = new EventWorker({
    inbox,
    rules,
    responses,
    controls,
    factsOf: factsIn(estates),
    isSuppressed: (finding) => responseFindings.isSuppressed(finding),
    keep: (finding, causes) => responseFindings.keep(finding, clock(), causes),
    deliver: { send: sendBy(connections), now: clock, secret: (variable) => process.env[variable] },
    now: clock,
  });
  return runEventWorker(database, worker, onError);
}

function policyIn(database: Database, clock: () => Date): ResponsePolicy {
  const read = () => responseSettings(database);
  return {
    read,
    async write(document, over, by) {
      await setResponseSettings(database, document, { over, by: { name: by }, now: clock() });
      return read();
    },
  };
}

async function backlogOf(database: Database, inbox: EventInbox): Promise<Backlog> {
  const [{ waiting, aside, ...deliveries }, runs] = await Promise.all([
    inbox.counts(EVENT_ATTEMPTS_MAX),
    countRuns(database),
  ]);
  return { eventsWaiting: waiting, eventsAside: aside, ...deliveries, runs };
}

function sendBy(connections: AccountConnections): Send {
  return async (call, onAnswer) => (await connections.of(call.accountId)).send(call, onAnswer);
}

/** What estates know of a finding; where its account was never read nothing, and scopes that ask are not fulfilled. */
function factsIn(estates: EstateTable): (finding: Finding) => Promise<ScopeFacts> {
  return async (finding) => scopeFacts(finding, await estates.of(finding.accountId).catch(() => undefined));
}

/** What people are told is an event like any other: rules send it to a topic, a queue or a webhook. */
async function notify(inbox: EventInbox, kind: string, run: ResponseView, now: Date): Promise<void> {
  const { accountId, region } = run.finding;
  const body = {
    version: '0',
    // A run that is planned again is proposed again.
    id: `${run.id}-${kind}${kind === 'proposed' ? `-${(run.proposalHash ?? '').slice(0, 16)}` : ''}`,
    'detail-type': kind === 'proposed' ? 'Hikeshi Response Proposed' : 'Hikeshi Response Announced',
    source: 'hikeshi',
    account: accountId,
    time: now.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: region === 'global' ? 'us-east-1' : region,
    resources: [run.finding.resourceArn],
    detail: { run },
  };
  await inbox.take(
    { id: body.id, source: 'hub', body, causes: run.origin.name === undefined ? [] : [run.origin.name] },
    now,
  );
}
