import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryEstate } from '../../../estate/memory-estate.js';
import type { Database } from '../database.js';
import { EstateTable, writeEstate } from '../estates/estate-table.js';
import { changeTogether } from '../statement-part.js';
import { testPostgres, type TestPostgres } from '../testing.fixture.js';
import { askingAttestation, markAttested, openAttestations } from './attestation-table.js';
import { writeKillSwitch } from './kill-switch.js';
import { releasingResource, takeRun } from './resource-guard.js';
import { appendEntry, appendUnlessHeld, claimRun, Fenced, readEntries, readHold } from './run-journal.js';
import { claimRequested } from './run-standing.js';
import { expireRuns, insertRun, lockRun, moveRun, readRun, searchRuns } from './run-table.js';
import { writeSettings } from './settings-table.js';
import { takeTokens } from './token-bucket-table.js';

const AT = '2026-03-01T00:00:00.000Z';
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
});

afterAll(() => postgres?.stop());

async function run(id: string, more: { expiresAt?: string } = {}): Promise<boolean> {
  return insertRun(database, {
    id,
    mode: 'ask',
    findingId: `finding of ${id}`,
    controlId: 'EC2.13',
    accountId: '111122223333',
    resourceArn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
    finding: {},
    parameters: {},
    origin: { kind: 'person' },
    requestedBy: 'aya',
    requestedAt: AT,
    approvalsAsked: undefined,
    expiresAt: more.expiresAt,
    notBefore: undefined,
    wave: undefined,
  });
}

const intent = { kind: 'settled' as const, step: 'one', at: AT };

describe('a run', () => {
  it('asked for twice is there once', async () => {
    expect(await run('twice')).toBe(true);
    expect(await run('twice')).toBe(false);
  });

  it('is written to by the last that took it, and by nobody before', async () => {
    await run('fenced');
    const first = await claimRun(database, 'fenced', 'frozen', AT);
    await appendEntry(database, 'fenced', first, 0, intent);
    const second = await claimRun(database, 'fenced', 'other', AT);
    await expect(appendEntry(database, 'fenced', first, 1, intent)).rejects.toBeInstanceOf(Fenced);
    await appendEntry(database, 'fenced', second, 1, intent);
    // One place of the journal is written once, whoever writes.
    await expect(appendEntry(database, 'fenced', second, 1, intent)).rejects.toBeInstanceOf(Fenced);
    expect(await readEntries(database, 'fenced')).toHaveLength(2);
    expect(await readHold(database, 'fenced', first)).toMatchObject({ fenced: true });
    expect(await readHold(database, 'fenced', second)).toMatchObject({ fenced: false, killedBy: undefined });
  });

  it('is held by the kill switch and by a wish to cancel', async () => {
    await run('held');
    const epoch = await claimRun(database, 'held', 'w', AT);
    await writeKillSwitch(database, { engaged: true, by: 'oncall', at: AT, reason: 'odd' });
    await database.transaction(async (client) => {
      await lockRun(client, 'held');
      await moveRun(client, 'held', 'applying', AT, { cancelBy: 'ken' });
    });
    expect(await readHold(database, 'held', epoch)).toEqual({ fenced: false, killedBy: 'oncall', cancelledBy: 'ken' });
    expect(await appendUnlessHeld(database, 'held', epoch, 0, intent)).toMatchObject({ killedBy: 'oncall' });
    await writeKillSwitch(database, { engaged: false, by: 'oncall', at: AT, reason: 'fine' });
    expect(await appendUnlessHeld(database, 'held', epoch, 0, intent)).toMatchObject({ cancelledBy: 'ken' });
    expect(await readEntries(database, 'held')).toHaveLength(0);
    await database.transaction(async (client) => {
      await lockRun(client, 'held');
      await moveRun(client, 'held', 'applying', AT, { cancelBy: null });
    });
    await appendUnlessHeld(database, 'held', epoch, 0, intent);
    // Neither for a place that is taken nor with a claim that is over.
    await expect(appendUnlessHeld(database, 'held', epoch, 0, intent)).rejects.toBeInstanceOf(Fenced);
    await expect(appendUnlessHeld(database, 'held', epoch - 1, 1, intent)).rejects.toBeInstanceOf(Fenced);
    expect(await readEntries(database, 'held')).toEqual([intent]);
  });

  it('has its resource alone for as long as it is at work', async () => {
    const arn = 'arn:aws:s3:::guarded';
    await run('holder');
    await run('waiter');
    const to = (id: string, state: string) =>
      database.transaction(async (client) => moveRun(client, id, state, AT, {}));
    await to('holder', 'applying');
    const take = (id: string) => takeRun(database, { resourceArn: arn, runId: id, worker: 'w', at: AT });
    expect(await take('holder')).toEqual({ epoch: 1 });
    expect(await take('holder')).toEqual({ epoch: 2 });
    expect(await take('waiter')).toEqual({ holder: 'holder' });
    // A holder that was given up does not keep it for ever; and whoever was refused was given no claim either.
    await to('holder', 'stopped');
    expect(await take('waiter')).toEqual({ epoch: 1 });
    await changeTogether(database, [releasingResource(arn, 'holder')]);
    await to('waiter', 'applying');
    expect(await take('holder')).toEqual({ holder: 'waiter' });
    expect((await readHold(database, 'holder', 2)).fenced).toBe(false);
  });

  it('is taken for a proposal while it is only asked for, with the settings that hold', async () => {
    await run('asked');
    await writeSettings(database, { include: [] }, 0, 'aya', AT);
    expect(await claimRequested(database, 'asked', 'w', AT)).toMatchObject({
      run: { id: 'asked', state: 'requested' },
      epoch: 1,
      settings: { include: [] },
    });
    expect((await claimRequested(database, 'asked', 'w', AT))?.epoch).toBe(2);
    await database.transaction((client) => moveRun(client, 'asked', 'proposed', AT, {}));
    expect(await claimRequested(database, 'asked', 'w', AT)).toBeUndefined();
    expect(await claimRequested(database, 'nobody', 'w', AT)).toBeUndefined();
    expect((await readHold(database, 'asked', 2)).fenced).toBe(false);
  });

  it('that nobody answers expires', async () => {
    await run('late', { expiresAt: AT });
    await database.transaction(async (client) => moveRun(client, 'late', 'proposed', AT, {}));
    expect(await expireRuns(database, AT, 10)).toBe(1);
    expect(await readRun(database, 'late')).toMatchObject({ state: 'expired' });
  });

  it('is listed on exactly one page', async () => {
    const all = await searchRuns(database, { limit: 500 });
    const ids: string[] = [];
    for (let last: (typeof all)[number] | undefined; ;) {
      const page = await searchRuns(database, { limit: 2, ...(last === undefined ? {} : { after: last }) });
      ids.push(...page.map(({ id }) => id));
      last = page.at(-1);
      if (last === undefined) break;
    }
    expect(ids).toEqual(all.map(({ id }) => id));
  });

  it('is attested once for each of its steps', async () => {
    await run('attested');
    const record = { kind: 'run' as const, at: AT, by: 'me', subjects: ['x'], title: 't', detail: {} };
    await changeTogether(database, [askingAttestation('attested', 'run:1', record)]);
    await changeTogether(database, [askingAttestation('attested', 'run:1', { ...record, title: 'other' })]);
    expect(await openAttestations(database, 10)).toEqual([{ runId: 'attested', step: 'run:1', record, tried: false }]);
    await markAttested(database, [{ runId: 'attested', step: 'run:1', index: 4 }]);
    expect(await openAttestations(database, 10)).toEqual([]);
  });
});

describe('a token bucket', () => {
  it('lets a burst through at once and the rest at its rate, whoever asks', async () => {
    const rate = { perSecond: 2, burst: 3 };
    const at = new Date(AT);
    const waits: number[] = [];
    for (let call = 0; call < 6; call++) waits.push(await takeTokens(database, 'a/b/c', rate, at));
    expect(waits).toEqual([0, 0, 0, 500, 1000, 1500]);
    expect(await takeTokens(database, 'a/b/c', rate, new Date(at.getTime() + 60_000))).toBe(0);
  });
});

describe('an estate in the database', () => {
  const account = (accountId: string) => ({ accountId, name: accountId, path: [], regions: ['eu-west-1'] });
  const header = {
    partition: 'aws',
    organizationId: 'o-1',
    collectedAt: AT,
    types: [],
    accounts: [account('111122223333'), account('444455556666')],
  };
  const bucket = { type: 'AWS::S3::Bucket' as const, region: 'eu-west-1', configuration: { Name: 'b' } as never };
  const mine = { ...bucket, arn: 'arn:aws:s3:::mine', accountId: '111122223333' };
  const theirs = { ...bucket, arn: 'arn:aws:s3:::theirs', accountId: '444455556666' };

  it('gives an account its own, and a look at what others share', async () => {
    const estate = new MemoryEstate(header, [mine, theirs]);
    const parts = header.accounts.map(({ accountId }) => ({ accountId, resources: estate.all({ accountId }) }));
    await writeEstate(database, header, [], parts);
    const read = await new EstateTable(database).of('111122223333');
    expect([...read.all()]).toEqual([mine]);
    expect(read.get('AWS::S3::Bucket', theirs.arn)).toEqual(theirs);
    expect(read.header).toEqual(header);
  });

  it('is read anew once a newer one is there', async () => {
    const table = new EstateTable(database);
    await table.of('111122223333');
    await writeEstate(database, header, [], [{ accountId: '111122223333', resources: [] }]);
    expect([...(await table.of('111122223333')).all()]).toEqual([]);
    await expect(table.of('444455556666')).rejects.toMatchObject({ code: 'not-scanned' });
  });

  it('of which anything was changed is not used', async () => {
    await database.query(`update hikeshi.estate_part set sha256 = '\\x00' where part = '111122223333'`);
    await expect(new EstateTable(database).of('111122223333')).rejects.toMatchObject({ code: 'estate-damaged' });
  });
});
