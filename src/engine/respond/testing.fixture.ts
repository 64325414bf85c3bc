import { connect } from '../../aws/send.js';
import { SeededRandom } from '../../base/ports.js';
import { controls } from '../../controls/catalogue.js';
import { evaluateAccount } from '../../controls/evaluate.js';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import type { Estate } from '../../estate/estate.js';
import { Fork } from '../../estate/fork.js';
import type { Finding } from '../../findings/finding.js';
import { findingId } from '../../findings/identity.js';
import type { Send } from '../../reference/api-call.js';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import { canonicalRecord, digestOf } from '../../ledger/record/statement.js';
import { homeRegion } from '../../reference/partitions.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { Twin } from '../../twin/twin.js';
import type { CallFacts } from '../../twin/call-record.js';
import type { FindingVerdict, ResponseLedger, ResponsePorts } from './ports.js';

export const NOW = new Date('2026-03-01T00:00:00.000Z');

/** A demo organization that answers the AWS API in this process, and what runs need of the world. */
export interface DemoWorld {
  readonly estate: Estate;
  readonly twin: Twin;
  readonly calls: CallFacts[];
  readonly ports: ResponsePorts;
  readonly ledger: MemoryLedger;
  /** The way to the accounts as they are in a fork: to see what they were a while ago. */
  readonly sendOn: (estate: Fork) => Send;
  /** What the findings' keeper was told, by finding. */
  readonly looked: Map<string, FindingVerdict>;
  /** What schedules and waves find open. */
  readonly open: Finding[];
}

export function demoWorld(accounts: number, now: () => Date = () => NOW): DemoWorld {
  const estate = demoOrganization({ accounts, now: NOW, scale: 0.25, regions: ['us-east-1', 'eu-west-1'] });
  const calls: CallFacts[] = [];
  const twin = new Twin({
    estate: new Fork(estate),
    clock: now,
    random: new SeededRandom(7).hex,
    record: (call) => calls.push(call),
  });
  const send = sendTo(twin, estate, now);
  const sendOn = (fork: Fork): Send =>
    sendTo(new Twin({ estate: fork, clock: now, random: new SeededRandom(7).hex }), estate, now);
  const looked = new Map<string, FindingVerdict>();
  const open: Finding[] = [];
  const ports: ResponsePorts = {
    controls,
    estate: () => Promise.resolve(estate),
    connection: (accountId) => Promise.resolve({ send, caller: `arn:aws:iam::${accountId}:role/hikeshi` }),
    findings: {
      looked: (finding, verdict) => {
        looked.set(finding.id, verdict);
        return Promise.resolve();
      },
      async *open() {
        yield* await Promise.resolve(open);
      },
    },
    notifications: { tell: () => Promise.resolve() },
    now,
    sleep: () => Promise.resolve(),
  };
  return { estate, twin, calls, ports, ledger: new MemoryLedger(), sendOn, looked, open };
}

function sendTo(twin: Twin, estate: Estate, now: () => Date): Send {
  const { send } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: homeRegion(estate.header.partition),
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => now().getTime(), sleep: () => Promise.resolve() },
  });
  return send;
}

/** A ledger that only remembers. */
export class MemoryLedger implements ResponseLedger {
  readonly records: LedgerRecord[] = [];

  size(): Promise<number> {
    return Promise.resolve(this.records.length);
  }

  append(record: LedgerRecord, unlessFrom: number): Promise<number> {
    const digest = digestOf(canonicalRecord(record));
    const known = this.records.findIndex(
      (other, place) => place >= unlessFrom && digestOf(canonicalRecord(other)) === digest,
    );
    if (known >= 0) return Promise.resolve(known);
    this.records.push(record);
    return Promise.resolve(this.records.length - 1);
  }

  find(digests: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const all = this.records.map((record, place) => [digestOf(canonicalRecord(record)), place] as const);
    return Promise.resolve(new Map(all.filter(([digest]) => digests.has(digest))));
  }
}

/** The open findings of some controls in an estate. */
export function openFindings(estate: Estate, controlIds: readonly string[], most: number): Finding[] {
  const wanted = controls.filter(({ id }) => controlIds.includes(id));
  const findings: Finding[] = [];
  for (const { accountId } of estate.header.accounts) {
    for (const result of evaluateAccount(estate, accountId, wanted, NOW)) {
      if (result.status !== 'FAILED' || findings.length >= most) continue;
      const at = NOW.toISOString();
      findings.push({
        id: findingId({ ...result, partition: estate.header.partition }),
        controlId: result.controlId,
        severity: wanted.find(({ id }) => id === result.controlId)?.severity ?? 'MEDIUM',
        accountId: result.accountId,
        region: result.region,
        resourceType: result.resourceType,
        resourceArn: result.resourceArn,
        status: result.status,
        reasons: result.reasons,
        workflow: 'NEW',
        recordState: 'ACTIVE',
        createdAt: at,
        updatedAt: at,
        firstObservedAt: at,
        lastObservedAt: at,
      });
    }
  }
  return findings;
}
