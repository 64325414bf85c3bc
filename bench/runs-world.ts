import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { connect } from '../src/aws/send.js';
import { controls } from '../src/controls/catalogue.js';
import { evaluateAccount } from '../src/controls/evaluate.js';
import { Ledger } from '../src/engine/attest/ledger.js';
import { ledgerKey } from '../src/engine/attest/signing-key.js';
import { responseLedger } from '../src/engine/respond/ledger-port.js';
import { startWorker, type Worker } from '../src/engine/respond/worker.js';
import { demoOrganization } from '../src/estate/demo/demo-organization.js';
import type { Estate } from '../src/estate/estate.js';
import { Fork } from '../src/estate/fork.js';
import type { Finding } from '../src/findings/finding.js';
import { findingId } from '../src/findings/identity.js';
import { Home } from '../src/store/home.js';
import { openDatabase, type Database } from '../src/store/postgres/database.js';
import { inProcessDoor } from '../src/twin/in-process-door.js';
import { Twin } from '../src/twin/twin.js';

const NOW = new Date('2026-03-01T00:00:00.000Z');
const CONTROLS = ['KMS.4', 'EC2.8', 'EC2.13', 'EC2.7'];

export function benchEstate(): Estate {
  return demoOrganization({ accounts: 600, now: NOW, scale: 0.25, regions: ['us-east-1', 'eu-west-1'] });
}

/** Open findings of a few controls that stand for many: a key, a group, an instance, an account's setting. */
export function benchFindings(estate: Estate, most: number): Finding[] {
  const wanted = controls.filter(({ id }) => CONTROLS.includes(id));
  const at = NOW.toISOString();
  const findings: Finding[] = [];
  for (const { accountId } of estate.header.accounts) {
    for (const result of evaluateAccount(estate, accountId, wanted, NOW)) {
      if (result.status !== 'FAILED' || findings.length >= most) continue;
      const id = findingId({ ...result, partition: estate.header.partition });
      const times = { createdAt: at, updatedAt: at, firstObservedAt: at, lastObservedAt: at };
      findings.push({ ...result, id, severity: 'MEDIUM', workflow: 'NEW', recordState: 'ACTIVE', ...times });
    }
  }
  return findings;
}

/** A worker of this process on a twin of its own, with a signed ledger on the disk. */
export async function benchWorker(
  url: string,
  home: string | undefined,
): Promise<{ worker: Worker; database: Database }> {
  const database = await openDatabase(url);
  const estate = benchEstate();
  const twin = new Twin({ estate: new Fork(estate), clock: () => new Date() });
  const { send } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: 'us-east-1',
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => performance.now(), sleep: () => Promise.resolve() },
  });
  const place = home === undefined ? undefined : new Home(home);
  const ledger = place === undefined ? undefined : await Ledger.open(place, (before) => ledgerKey(place, before));
  const worker = await startWorker({
    database,
    ports: {
      controls,
      estate: () => Promise.resolve(estate),
      connection: (accountId) => Promise.resolve({ send, caller: `arn:aws:iam::${accountId}:role/hikeshi` }),
      findings: { looked: () => Promise.resolve(), open: () => Readable.from([]) },
      notifications: { tell: () => Promise.resolve() },
      now: () => new Date(),
      sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    },
    ...(ledger === undefined ? {} : { ledger: responseLedger(ledger) }),
    concurrency: 64,
    pollMs: 20,
  });
  return { worker, database };
}

export const newHome = (): string => mkdtempSync(join(tmpdir(), 'hikeshi-bench-home-'));
