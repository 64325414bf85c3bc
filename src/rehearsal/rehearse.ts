import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/json.js';
import { SeededRandom } from '../base/ports.js';
import { connect } from '../aws/send.js';
import type { AnyControl } from '../controls/control.js';
import { evaluateAccount } from '../controls/evaluate.js';
import { diff, type Change } from '../estate/diff.js';
import type { Estate } from '../estate/estate.js';
import { Fork } from '../estate/fork.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import { sameUnordered } from '../playbooks/check.js';
import { isSameDocument } from '../playbooks/same-document.js';
import { execute, undo, type Outcome, type World } from '../playbooks/execute.js';
import { MemoryJournal } from '../playbooks/journal.js';
import type { Plan, Subject } from '../playbooks/playbook.js';
import { homeRegion } from '../reference/partitions.js';
import { inProcessDoor } from '../twin/in-process-door.js';
import { Twin } from '../twin/twin.js';
import type { CallFacts } from '../twin/call-record.js';
import { accessChange } from './access-change.js';
import { compareResults } from './compare.js';
import type { ChangeSummary, RehearsalSummary, UndoRehearsal, UsedPermission } from './summary.js';

/** What a rehearsal needs. */
export interface RehearsalOptions {
  readonly plan: Plan;
  readonly estate: Estate;
  /** All controls: those that the run might close or open besides its own. */
  readonly controls: readonly AnyControl[];
  readonly now: Date;
}

/** A rehearsal, and the estate as the run would leave it. */
export interface Rehearsal {
  readonly summary: RehearsalSummary;
  readonly planHash: string;
  readonly after: Fork;
}

/** What an approval is bound to: the plan, byte for byte in canonical form. */
export function hashOf(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/**
 * Carries out a plan on a fork of the twin, through the real SDK, and then takes it back. Nothing leaves the process.
 * The twin's clock is moved instead of waiting. Costs a fork, the plan's calls, and evaluating the accounts it touches twice.
 */
export async function rehearse({ plan, estate, controls, now }: RehearsalOptions): Promise<Rehearsal> {
  const fork = new Fork(estate);
  const planHash = hashOf(plan);
  const stage = stageOn(fork, now, planHash);
  const journal = new MemoryJournal();
  const world: World = { send: stage.send, sleep: stage.sleep, journal };
  try {
    const outcome = await execute(plan, world);
    const changes = diff(estate, fork);
    const permissions = usedPermissions(stage.calls);
    const after = new Fork(fork);
    const { accountId } = plan.subject;
    const comparison = compareResults(estate, after, changes, accountId, controls, now);
    const own = (result: { controlId: string; resourceArn: string }) =>
      result.controlId === plan.subject.controlId && result.resourceArn === plan.subject.resourceArn;
    const verdict = verdictOf(after, plan.subject, controls, now);
    const summary: RehearsalSummary = {
      outcome,
      closes: outcome.status === 'complete' && (verdict.status === 'PASSED' || verdict.status === 'absent'),
      verdict,
      alsoCloses: comparison.closed.filter((result) => !own(result)),
      opens: comparison.opened.filter((result) => !own(result)),
      changes: changes.map(summarise),
      access: accessChange(estate, after, changes),
      permissions,
      undo: await rehearseUndo(plan, world, journal, estate, fork),
      outsideModel: plan.outsideModel,
    };
    return { summary, planHash, after };
  } finally {
    stage.close();
  }
}

/** What the plan's own control says of its own subject. */
function verdictOf(
  estate: Estate,
  subject: Subject,
  controls: readonly AnyControl[],
  now: Date,
): RehearsalSummary['verdict'] {
  const control = controls.filter(({ id }) => id === subject.controlId);
  for (const result of evaluateAccount(estate, subject.accountId, control, now)) {
    if (result.resourceArn === subject.resourceArn) return { status: result.status, reasons: result.reasons };
  }
  return { status: 'absent', reasons: [] };
}

/** A twin on a fork with a clock that waiting moves, and the way into it. Ids come from the plan: a rehearsal is repeatable. */
function stageOn(fork: Fork, now: Date, seed: string) {
  let clockMs = now.getTime();
  const calls: CallFacts[] = [];
  const random = new SeededRandom(Number.parseInt(seed.slice(0, 8), 16));
  const twin = new Twin({
    estate: fork,
    clock: () => new Date(clockMs),
    random: random.hex,
    record: (call) => calls.push(call),
  });
  const { send, close } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: homeRegion(fork.header.partition),
    // A name that no resolver answers (RFC 6761), so that an endpoint in the environment changes nothing here.
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => clockMs, sleep: () => Promise.resolve() },
  });
  const sleep = (milliseconds: number): Promise<void> => {
    clockMs += milliseconds;
    return Promise.resolve();
  };
  return { send, close, sleep, calls };
}

async function rehearseUndo(
  plan: Plan,
  world: World,
  journal: MemoryJournal,
  estate: Estate,
  fork: Fork,
): Promise<UndoRehearsal> {
  const outcome = await undo(plan, world, journal.entries);
  if (outcome.status === 'failed' && outcome.error.code === 'NotUndoable') {
    return { status: 'impossible', why: outcome.error.message };
  }
  if (outcome.status !== 'complete') return { status: 'failed', why: describeOutcome(outcome) };
  const differences = diff(estate, fork).filter((change) => !isTrace(change) && !isReordered(change));
  return differences.length === 0
    ? { status: 'restores' }
    : { status: 'differs', differences: differences.map(summarise) };
}

/** Commands that were sent stay in Systems Manager's history: a trace of the run, not a state it left behind. */
function isTrace({ type, kind }: Change): boolean {
  return kind === 'added' && (type === 'Hikeshi::SSM::Command' || type === 'Hikeshi::SSM::AutomationExecution');
}

/** What AWS keeps in no order: rules of a group, who may restore a snapshot, policies of an identity. */
const UNORDERED: ReadonlySet<TypeName> = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Snapshot',
  'AWS::IAM::Group',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::RDS::DBSnapshot',
]);

/** The same in another order is the same; so is a function whose permissions were added in another order. */
function isReordered({ type, before, after }: Change): boolean {
  if (UNORDERED.has(type)) return sameUnordered(before?.configuration, after?.configuration);
  if (type !== 'AWS::Lambda::Function' || before === undefined || after === undefined) return false;
  const { Policy: had = null, ...own } = before.configuration as ResourceTypes['AWS::Lambda::Function'];
  const { Policy: has, ...others } = after.configuration as ResourceTypes['AWS::Lambda::Function'];
  return had !== null && isSameDocument(has, had) && sameUnordered(own, others);
}

/** An outcome that is not complete, as a sentence. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.status) {
    case 'complete':
      return 'everything was done';
    case 'failed':
      return `step \`${outcome.step}\` failed: ${outcome.error.code}: ${outcome.error.message}`;
    case 'conflict':
      return `step \`${outcome.step}\` found that reality differs from the plan: ${observed(outcome.observations)}`;
    case 'unsettled':
      return `what step \`${outcome.step}\` should leave behind did not come true in time: ${observed(outcome.observations)}`;
  }
}

function observed(
  observations: readonly { readonly check: { readonly path: string }; readonly observed: unknown }[],
): string {
  return observations
    .map(({ check, observed: value }) => `${check.path} is ${JSON.stringify(value) ?? 'missing'}`.slice(0, 300))
    .join('; ');
}

function summarise({ before: _b, after: _a, ...change }: Change): ChangeSummary {
  return change;
}

function usedPermissions(calls: readonly CallFacts[]): UsedPermission[] {
  const used = new Map<string, UsedPermission>();
  for (const { asked } of calls) {
    for (const { action, resource } of asked) used.set(`${action} ${resource}`, { action, resource });
  }
  return [...used.values()].sort((a, b) => (a.action + a.resource < b.action + b.resource ? -1 : 1));
}
