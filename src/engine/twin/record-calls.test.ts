import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterAll, expect, it } from 'vitest';
import type { Resource } from '../../estate/estate.js';
import { writeSnapshot } from '../../estate/snapshot-file.js';
import { recordCalls } from './record-calls.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY } from './serve-twin.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-record-calls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what KMS does by itself is recorded beside the calls: a key whose waiting period is over is deleted', async () => {
  const place = { accountId: '111122223333', region: 'eu-west-1' };
  const KeyId = '12345678-1234-4234-8234-123456789012';
  const arn = `arn:aws:kms:eu-west-1:111122223333:key/${KeyId}`;
  const DeletionDate = '2026-01-02T03:04:05.000Z';
  const configuration = { KeyId, Arn: arn, KeyState: 'PendingDeletion' as const, DeletionDate };
  const key: Resource<'AWS::KMS::Key'> = { arn, type: 'AWS::KMS::Key', ...place, configuration };
  const account = { accountId: place.accountId, name: 'prod', path: [], regions: [place.region] };
  const header = { partition: 'aws', collectedAt: '2026-01-01T00:00:00.000Z', accounts: [account], types: [key.type] };
  const [path, log] = [join(folder, 'estate.hikeshi'), join(folder, 'calls.jsonl')];
  await writeSnapshot(path, header, [{ accountId: place.accountId, resources: [key] }]);
  const recorder = recordCalls(log);
  const { door } = await serveTwin({ kind: 'snapshot', path }, 0, new Date(), recorder);
  const credentials = { accessKeyId: TWIN_ACCESS_KEY, secretAccessKey: TWIN_SECRET_KEY };
  const kms = new KMSClient({ region: place.region, endpoint: door.url, credentials });
  expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
  kms.destroy();
  await door.close();
  await recorder.close();
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    {
      eventName: 'DeleteKey',
      eventType: 'AwsServiceEvent',
      eventTime: '2026-01-02T03:04:05Z',
      userIdentity: { invokedBy: 'AWS Internal' },
      resources: [{ ARN: arn }],
    },
    { eventName: 'ListKeys', eventType: 'AwsApiCall' },
  ]);
});
