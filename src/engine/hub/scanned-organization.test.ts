import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccountInfo, EstateHeader } from '../../estate/estate.js';
import { Home } from '../../store/home.js';
import type { Database } from '../../store/postgres/database.js';
import { writeEstate } from '../../store/postgres/estates/estate-table.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { ScannedOrganization } from './scanned-organization.js';

const account = (digit: string, ...path: string[]): AccountInfo => ({
  accountId: digit.repeat(12),
  name: `account ${digit}`,
  path,
  regions: ['eu-west-1'],
});

let postgres: TestPostgres;
let database: Database;
let folder: string;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-organization-'));
});

afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const keep = (collectedAt: string, ...accounts: AccountInfo[]): Promise<void> => {
  const header: EstateHeader = { partition: 'aws', organizationId: 'o-1', collectedAt, accounts, types: [] };
  return writeEstate(database, header, [], []);
};

it('knows the accounts of units from the scans of any machine, by path, as they were seen last', async () => {
  const home = new Home(folder);
  const scan = { scannedAt: '2026-03-01T00:00:00.000Z', snapshot: 'x', partition: 'aws' };
  await home.writeScan(join(folder, 'scans', 'one'), {
    ...scan,
    accounts: [account('1', 'Sandbox'), account('2', 'Sandbox'), account('3', 'Shared', 'Sandbox')],
  });
  const early = await ScannedOrganization.read(home, database);
  expect([early.partition, early.accountId, early.nameOf('111111111111')]).toEqual([
    'aws',
    '1'.repeat(12),
    'account 1',
  ]);
  expect(await early.accountsIn(['Sandbox'])).toEqual(['1'.repeat(12), '2'.repeat(12)]);
  await keep('2026-03-02T00:00:00.000Z', account('2', 'Workloads', 'Prod'), account('4', 'Sandbox', 'Deep'));
  const organization = await ScannedOrganization.read(home, database);
  expect((await organization.accountsIn(['Sandbox'])).toSorted()).toEqual(['1'.repeat(12), '4'.repeat(12)]);
  expect(await organization.accountsIn(['Workloads/Prod'])).toEqual(['2'.repeat(12)]);
  // A unit's name alone is not its path: there may be many of that name.
  expect(await organization.accountsIn(['Prod'])).toEqual([]);
  expect(await organization.accountsIn(['Nowhere'])).toEqual([]);
});
