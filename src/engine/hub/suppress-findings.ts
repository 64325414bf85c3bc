import type { Actor, AsffFinding, FindingHub, FindingIdentifier } from '../../findings/hub/finding-hub.js';

/** Where a suppression's end is kept: in the finding itself, so that everything that reads ASFF sees it. */
export const SUPPRESSED_UNTIL = 'hikeshi/SuppressedUntil';
const PAGE = 100;
const NOTE_MAX = 512;

/** What became of one of them. */
export type SuppressOutcome =
  | { readonly kind: 'changed'; readonly finding: AsffFinding }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface Suppression {
  readonly reason: string;
  /** ISO 8601; for ever unless told. */
  readonly until?: string;
  readonly by: string;
}

/** Suppresses a finding, with who, why and until when. */
export async function suppressFinding(
  hub: FindingHub,
  finding: AsffFinding,
  { reason, until, by }: Suppression,
  context: { readonly now: Date; readonly accounts?: readonly string[] },
): Promise<SuppressOutcome> {
  const { [SUPPRESSED_UNTIL]: _, ...fields } = finding.UserDefinedFields ?? {};
  const end = until === undefined ? {} : { [SUPPRESSED_UNTIL]: until };
  return change(hub, finding, context, { by, reason }, 'SUPPRESSED', { ...fields, ...end });
}

/**
 * Opens suppressed findings whose time is over. Idempotent: on many machines at once each finding is opened, and the
 * second to do so changes nothing that was not so already.
 *
 * @returns how many were opened.
 */
export async function liftSuppressions(hub: FindingHub, now: Date): Promise<number> {
  let lifted = 0;
  let after: string | undefined;
  const over: AsffFinding[] = [];
  do {
    const page = await hub.findings({
      filters: { WorkflowStatus: [{ Comparison: 'EQUALS', Value: 'SUPPRESSED' }] },
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    over.push(...page.findings.filter((finding) => isOver(finding, now)));
    after = page.next;
  } while (after !== undefined);
  for (const finding of over) {
    const until = finding.UserDefinedFields?.[SUPPRESSED_UNTIL] ?? '';
    const { [SUPPRESSED_UNTIL]: _, ...fields } = finding.UserDefinedFields ?? {};
    const why = { by: 'hikeshi', reason: `the suppression ended at ${until}` };
    const outcome = await change(hub, finding, { now }, why, 'NEW', fields);
    if (outcome.kind === 'changed') lifted++;
  }
  return lifted;
}

function isOver({ UserDefinedFields }: AsffFinding, now: Date): boolean {
  const until = Date.parse(UserDefinedFields?.[SUPPRESSED_UNTIL] ?? '');
  return until <= now.getTime();
}

async function change(
  hub: FindingHub,
  finding: AsffFinding,
  context: { readonly now: Date; readonly accounts?: readonly string[] },
  { by, reason }: { readonly by: string; readonly reason: string },
  Status: 'NEW' | 'SUPPRESSED',
  UserDefinedFields: Record<string, string>,
): Promise<SuppressOutcome> {
  const identifier: FindingIdentifier = { Id: finding.Id, ProductArn: finding.ProductArn };
  const actor: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity: by, reason };
  const Note = { Text: reason.slice(0, NOTE_MAX), UpdatedBy: by };
  const [outcome] = await hub.changeFindings(
    [identifier],
    { Workflow: { Status }, Note, UserDefinedFields },
    { actor, ...context },
  );
  return outcome ?? { kind: 'refused', code: 'FindingNotFound', message: 'Finding Not Found' };
}
