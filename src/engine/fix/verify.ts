import { collectors } from '../../collectors/catalogue.js';
import { collect, collectedTypes } from '../../collectors/collect.js';
import { collectorsFor } from '../../collectors/operations.js';
import { typesRead, type AnyControl, type Reason, type Status } from '../../controls/control.js';
import { evaluateAccount } from '../../controls/evaluate.js';
import { GLOBAL, type Estate, type Resource } from '../../estate/estate.js';
import { Fork } from '../../estate/fork.js';
import type { TypeName } from '../../estate/resource-types.js';
import type { Subject } from '../../playbooks/playbook.js';
import type { Send } from '../../reference/api-call.js';
import type { Report } from '../event.js';

/** What a control says of a subject on fresh reads. */
export interface FreshVerdict {
  readonly status: Status | 'absent';
  readonly reasons: readonly Reason[];
  /** The estate with what was read put in. */
  readonly estate: Estate;
}

/** How often and how far apart a fix is looked for: AWS needs up to a minute to agree with itself. */
const ATTEMPTS_MAX = 7;
const FIRST_PAUSE_MS = 500;

/** What verifying needs. */
export interface VerifyOptions {
  readonly subject: Subject;
  readonly control: AnyControl;
  /** The estate of the last scan: what is not read again is taken from it. */
  readonly estate: Estate;
  readonly send: Send;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly report: Report;
  /** Verifying an undo: the finding is expected to be open again. */
  readonly wanted?: Status;
}

/**
 * Reads again what the control looks at, in the subject's account (and region, where the control is about one), and
 * evaluates it, with back-off until it says what is wanted or the attempts are used up.
 */
export async function verify(options: VerifyOptions): Promise<FreshVerdict> {
  const wanted = options.wanted ?? 'PASSED';
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt++) {
    const verdict = await lookAgain(options);
    options.report({ kind: 'verifying', attempt, status: verdict.status });
    const gone = verdict.status === 'absent' && wanted === 'PASSED';
    if (verdict.status === wanted || gone || attempt >= ATTEMPTS_MAX) return verdict;
    await options.sleep(pauseMs);
    pauseMs *= 2;
  }
}

/** One look: reads again what the control looks at and evaluates it, whatever it says. */
export async function lookAgain({
  subject,
  control,
  estate,
  send,
}: Pick<VerifyOptions, 'subject' | 'control' | 'estate' | 'send'>): Promise<FreshVerdict> {
  const types = new Set<TypeName>(typesRead(control));
  const chosen = collectorsFor(types, collectors);
  const header = estate.header;
  const account = header.accounts.find(({ accountId }) => accountId === subject.accountId);
  const regions = subject.region === GLOBAL || needsAllRegions(control) ? (account?.regions ?? []) : [subject.region];
  const info = {
    accountId: subject.accountId,
    name: account?.name ?? subject.accountId,
    path: account?.path ?? [],
    regions,
  };
  // Where nothing else is needed, only the subject's own details are read again.
  const only = control.needs.length === 0 ? { only: new Set([subject.resourceArn]) } : {};
  const fresh = new Fork(estate);
  const gaps = [];
  for await (const part of collect({
    send,
    partition: header.partition,
    accounts: [info],
    collectors: chosen,
    ...only,
  })) {
    gaps.push(...part.gaps);
    replace(fresh, part.resources, collectedTypes(chosen), info, only.only);
  }
  // A view, not a copy: an organization is large, and only this account of it was read.
  const judged: Estate = {
    header: { ...header, types: [...new Set([...header.types, ...types])] },
    gaps: [...estate.gaps.filter((gap) => gap.accountId !== subject.accountId), ...gaps],
    list: (type, scope) => fresh.list(type, scope),
    get: (type, arn, accountId) => fresh.get(type, arn, accountId),
    all: (scope) => fresh.all(scope),
  };
  for (const result of evaluateAccount(judged, subject.accountId, [control], new Date(header.collectedAt))) {
    if (result.resourceArn === subject.resourceArn)
      return { status: result.status, reasons: result.reasons, estate: fresh };
  }
  return { status: 'absent', reasons: [], estate: fresh };
}

/** A control that judges a regional resource by the whole account's must see all of it. */
function needsAllRegions(control: AnyControl): boolean {
  return control.needs.some(
    (type) => type === 'AWS::S3::Bucket' || type.startsWith('AWS::IAM::') || type === 'AWS::CloudTrail::Trail',
  );
}

/** Puts what was read in place of what was known of the same types, account and regions. */
function replace(
  fresh: Fork,
  resources: readonly Resource[],
  types: readonly TypeName[],
  info: { readonly accountId: string; readonly regions: readonly string[] },
  only: ReadonlySet<string> | undefined,
): void {
  const read = new Set(resources.map(({ type, region, arn }) => `${type} ${region} ${arn}`));
  const places = new Set([GLOBAL, ...info.regions]);
  for (const type of types) {
    for (const known of [...fresh.list(type, { accountId: info.accountId })]) {
      if (places.has(known.region) && !read.has(`${type} ${known.region} ${known.arn}`)) fresh.remove(known);
    }
  }
  for (const resource of resources) {
    // Details of others were not read this time: what is known of them stays.
    if (
      only !== undefined &&
      !only.has(resource.arn) &&
      fresh.get(resource.type, resource.arn, resource.accountId) !== undefined
    )
      continue;
    fresh.put(resource);
  }
}
