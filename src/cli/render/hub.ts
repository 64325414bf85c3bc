import type { AsffFinding, HistoryRecord } from '../../findings/hub/finding-hub.js';
import type { Origin, ResponseDetail, ResponseView } from '../../engine/respond/responses.js';
import type { Token } from '../../store/access/access-store.js';
import { clean, table } from '../table.js';
import type { Terminal } from '../terminal.js';
import { paintSeverity } from './findings.js';
import { proposal } from './rehearsal.js';

const ARN_WIDEST = 60;
const TITLE_WIDEST = 50;

export function findingTable(terminal: Terminal, findings: readonly AsffFinding[]): string {
  if (findings.length === 0) return 'no findings\n';
  return table(
    [
      { title: 'severity', paint: (cell) => paintSeverity(terminal, cell) },
      { title: 'workflow' },
      { title: 'account' },
      { title: 'title', widest: TITLE_WIDEST },
      { title: 'resource', widest: ARN_WIDEST },
      { title: 'id' },
    ],
    findings.map(({ Severity, Workflow, AwsAccountId, Title, Resources, Id }) => [
      Severity?.Label ?? '',
      Workflow?.Status ?? '',
      AwsAccountId ?? '',
      Title ?? '',
      Resources?.[0]?.Id ?? '',
      Id ?? '',
    ]),
  );
}

export function findingText(terminal: Terminal, finding: AsffFinding, history: readonly HistoryRecord[]): string {
  const { Severity, Title, Id, ProductName, AwsAccountId, Region, Resources, Description, Note } = finding;
  const status = [finding.Compliance?.Status, finding.Workflow?.Status, finding.RecordState];
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', Id],
    ['product', ProductName],
    ['control', finding.Compliance?.SecurityControlId],
    ['status', status.filter((each) => each !== undefined).join(', ')],
    ['account', [AwsAccountId, Region].join(' ')],
    ['resources', Resources?.map((each) => each.Id).join(' ')],
    ['updated', finding.UpdatedAt],
    ['note', Note === undefined ? undefined : `${Note.Text} (${Note.UpdatedBy})`],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)} ${clean(value)}`]));
  return [
    `${paintSeverity(terminal, Severity?.Label ?? '')} ${terminal.paint.bold(clean(Title ?? ''))}`,
    clean(Description ?? ''),
    ...lines,
    ...history.map(
      ({ at, created, actor, updates }) =>
        `  ${at} ${created ? 'created' : 'changed'} by ${clean(actor.identity)}${actor.reason === undefined ? '' : `: ${clean(actor.reason)}`}${updates.length === 0 ? '' : ` (${updates.map(({ field }) => field).join(', ')})`}`,
    ),
    '',
  ].join('\n');
}

export function runTable(runs: readonly ResponseView[]): string {
  if (runs.length === 0) return 'no runs\n';
  return table(
    [
      { title: 'run' },
      { title: 'state' },
      { title: 'control' },
      { title: 'account' },
      { title: 'risk' },
      { title: 'approvals' },
      { title: 'resource', widest: ARN_WIDEST },
      { title: 'asked for by' },
    ],
    runs.map(({ id, state, finding, risk, approvals, approvalsNeeded, requestedBy }) => [
      id,
      state,
      finding.controlId,
      finding.accountId,
      risk ?? '',
      `${approvals.filter(({ decision }) => decision === 'approved').length} of ${approvalsNeeded}`,
      finding.resourceArn,
      requestedBy,
    ]),
  );
}

/** A run: what it is about, what its rehearsal showed (what approvals are bound to), who decided, what is attested. */
export function runText(terminal: Terminal, run: ResponseView & Partial<ResponseDetail>): string {
  const { id, state, finding, playbook, risk, requestedBy, reason, proposalHash, expiresAt } = run;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['finding', `${finding.controlId} ${finding.resourceArn}`],
    ['account', `${finding.accountId} ${finding.region}`],
    ['playbook', playbook === undefined ? undefined : `${playbook}, risk ${risk ?? 'unknown'}`],
    ['asked by', `${requestedBy} (${run.origin.kind}${run.origin.name === undefined ? '' : ` ${run.origin.name}`})`],
    ['event', eventText(run.origin.event)],
    ['why', reason],
    ['expires', state === 'proposed' ? expiresAt : undefined],
    ['hash', state === 'proposed' ? proposalHash : undefined],
    ['attested', attestedText(run.attestations)],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)} ${clean(value)}`]));
  const approvals = run.approvals.map(
    ({ by, decision, at, comment }) =>
      `  ${at} ${decision} by ${clean(by)}${comment === undefined ? '' : `: ${clean(comment)}`}`,
  );
  return [`${terminal.paint.bold(id)} ${state}`, ...lines, ...approvals, ...planLines(terminal, run), ''].join('\n');
}

/** The plan with what its rehearsal showed; the bare calls where there is no rehearsal. */
function planLines(terminal: Terminal, { wholeFinding, plan, rehearsal }: Partial<ResponseDetail>): string[] {
  if (plan === undefined) return [];
  if (wholeFinding !== undefined && rehearsal !== undefined) {
    return [proposal(terminal, wholeFinding, plan, rehearsal).trimEnd()];
  }
  return plan.steps.map(({ call }) => `  step ${call.service}:${call.operation} ${clean(JSON.stringify(call.input))}`);
}

function eventText(event: Origin['event']): string | undefined {
  if (event === undefined) return undefined;
  const from = event.sourceIp === undefined ? '' : ` from ${event.sourceIp}`;
  return `${event.name} by ${event.by}${from} at ${event.at} (${event.id})`;
}

function attestedText(attestations: ResponseDetail['attestations']): string | undefined {
  if (attestations === undefined || attestations.length === 0) return undefined;
  return attestations
    .map(({ step, index }) => (index === undefined ? `${step} (on its way)` : `${step} as entry ${index}`))
    .join(', ');
}

export function tokenTable(tokens: readonly Token[], now: Date): string {
  if (tokens.length === 0) return 'no tokens\n';
  const stateOf = ({ revokedAt, expiresAt }: Token) =>
    revokedAt !== undefined ? 'revoked' : Date.parse(expiresAt) <= now.getTime() ? 'over' : 'works';
  return table(
    [
      { title: 'id' },
      { title: 'name' },
      { title: 'kind' },
      { title: 'role' },
      { title: 'scope', widest: TITLE_WIDEST },
      { title: 'state' },
      { title: 'expires' },
      { title: 'last used' },
    ],
    tokens.map((token) => [
      token.id,
      token.name,
      token.kind,
      token.role,
      [...(token.accounts ?? []), ...(token.units ?? [])].join(' ') || 'everything',
      stateOf(token),
      token.expiresAt.slice(0, 10),
      token.lastUsedAt?.slice(0, 16) ?? 'never',
    ]),
  );
}
