import { TokenBucket, type Pace } from '../../aws/token-bucket.js';
import type { AsffFinding } from '../../findings/hub/finding-hub.js';
import { pullFindings, readRate } from '../../integrations/security-hub/pull-findings.js';
import { importRate, pushFindings, type FailedPush } from '../../integrations/security-hub/push-findings.js';
import type { Send, Target } from '../../reference/api-call.js';
import { ApiError } from '../../reference/api-error.js';

/** What became of the findings of one account and region. */
export interface PlaceExport extends Target {
  readonly pushed: number;
  /** Security Hub has them as they are, or newer. */
  readonly unchanged: number;
  readonly failed: readonly FailedPush[];
}

export interface SecurityHubExport {
  readonly send: Send;
  /** Whether calls can be made as an account: what is of another one is not sent with the wrong credentials. */
  readonly reaches: (accountId: string) => boolean;
  readonly now: Date;
  readonly pace: Pace;
}

/**
 * Writes Hikeshi's own findings to the Security Hub of the account and region that each is of, where they are strictly newer
 * than what is there. What other products found is theirs to write. Where one Security Hub refuses, the others are written.
 */
export async function exportToSecurityHub(
  pages: AsyncIterable<readonly AsffFinding[]>,
  options: SecurityHubExport,
): Promise<readonly PlaceExport[]> {
  const places = new Map<string, AsffFinding[]>();
  for await (const page of pages) {
    for (const finding of page) {
      const key = placeKey(finding);
      if (key === undefined) continue;
      const there = places.get(key) ?? [];
      there.push(finding);
      places.set(key, there);
    }
  }
  const done: PlaceExport[] = [];
  for (const [key, findings] of [...places].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const [accountId = '', region = ''] = key.split('/');
    done.push(await exportPlace(findings, { accountId, region }, options));
  }
  return done;
}

/** `account/region` of the product that a finding of Hikeshi's is of; of others nothing. */
function placeKey({ ProductArn = '', ProductName, AwsAccountId }: AsffFinding): string | undefined {
  const [, region, account, product] =
    /^arn:[^:]+:securityhub:([^:]+):(\d{12}):product\/(\d{12})\/default$/.exec(ProductArn) ?? [];
  if (ProductName !== 'Hikeshi' || region === undefined || account !== product) return undefined;
  return account === AwsAccountId ? `${account}/${region}` : undefined;
}

async function exportPlace(
  findings: readonly AsffFinding[],
  place: Target,
  { send, reaches, now, pace }: SecurityHubExport,
): Promise<PlaceExport> {
  const none = (code: string, message: string): PlaceExport => {
    return { ...place, pushed: 0, unchanged: 0, failed: findings.map(({ Id = '' }) => ({ Id, code, message })) };
  };
  if (!reaches(place.accountId)) {
    return none(
      'unreached-account',
      `account \`${place.accountId}\` is not the caller's, and no role is given to enter it`,
    );
  }
  try {
    const there = await updatedAts(findings[0]?.ProductArn ?? '', place, { send, now, pace });
    const newer = findings.filter(({ Id = '', UpdatedAt = '' }) => {
      const known = there.get(Id);
      return known === undefined || Date.parse(UpdatedAt) > Date.parse(known);
    });
    const imports = new TokenBucket(importRate.ratePerSecond, importRate.burst, pace);
    const report = await pushFindings(newer, { send, place, turn: () => imports.take(), sleep: pace.sleep });
    return { ...place, ...report, unchanged: findings.length - newer.length };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // What is there could not be read: without knowing it nothing is written.
    return none(error.code, error.message);
  }
}

async function updatedAts(
  productArn: string,
  place: Target,
  { send, now, pace }: Omit<SecurityHubExport, 'reaches'>,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  const reads = new TokenBucket(readRate.ratePerSecond, readRate.burst, pace);
  const window = { since: new Date(0).toISOString(), until: now.toISOString() };
  const filters = { ProductArn: [{ Comparison: 'EQUALS' as const, Value: productArn }] };
  for await (const { findings } of pullFindings(window, { send, place, turn: () => reads.take(), filters })) {
    for (const { Id = '', UpdatedAt = '' } of findings) known.set(Id, UpdatedAt);
  }
  return known;
}
