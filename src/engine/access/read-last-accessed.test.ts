import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, test } from 'vitest';
import { readUsedActions } from './read-calls.js';
import { readLastAccessed } from './read-last-accessed.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-used-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const arn = 'arn:aws:iam::111122223333:role/r';

function file(content: unknown): string {
  const path = join(folder, 'file.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

it('reads what IAM answers, by identity', async () => {
  const TrackedActionsLastAccessed = [{ ActionName: 'CreateBucket', LastAccessedTime: '2026-05-01T00:00:00+00:00' }];
  const services = [
    {
      ServiceName: 'Amazon S3',
      ServiceNamespace: 's3',
      LastAuthenticated: '2026-05-01T00:00:00+00:00',
      TrackedActionsLastAccessed,
    },
    { ServiceName: 'Amazon SQS', ServiceNamespace: 'sqs', TotalAuthenticatedEntities: 0 },
  ];
  const found = await readLastAccessed(file({ [arn]: { JobStatus: 'COMPLETED', ServicesLastAccessed: services } }));
  expect([...found]).toEqual([
    [
      arn,
      [
        {
          namespace: 's3',
          lastAuthenticated: '2026-05-01T00:00:00+00:00',
          actions: [{ name: 'CreateBucket', lastAccessed: '2026-05-01T00:00:00+00:00' }],
        },
        { namespace: 'sqs' },
      ],
    ],
  ]);
});

test.each<[string, unknown, string]>([
  ['is no JSON', '{', 'it is not JSON'],
  ['is no object', [], '`$` is no object'],
  ['names no identity', { x: {} }, '`x` is no ARN'],
  ['is of a job that is not done', { [arn]: { JobStatus: 'IN_PROGRESS' } }, 'JobStatus` is not COMPLETED'],
  ['is a part', { [arn]: { IsTruncated: true } }, 'services are missing'],
  ['has no services', { [arn]: {} }, 'ServicesLastAccessed` is not a list'],
  ['has a service without a name', { [arn]: { ServicesLastAccessed: [{}] } }, '[0].ServiceNamespace` is no text'],
  [
    'has a time that is none',
    { [arn]: { ServicesLastAccessed: [{ ServiceNamespace: 's3', LastAuthenticated: 'soon' }] } },
    'LastAuthenticated` is no time',
  ],
])('a file that %s is refused with the field', async (_, content, message) => {
  await expect(readLastAccessed(file(content))).rejects.toThrow(message);
});

it('reads calls line by line, and a file as CloudTrail delivers it', async () => {
  const call = { eventSource: 's3.amazonaws.com', eventName: 'ListBuckets', userIdentity: { arn } };
  const expected = { identityArn: arn, action: 's3:ListBuckets' };
  expect(await readUsedActions(file(`${JSON.stringify(call)}\n\n${JSON.stringify(call)}\n`))).toEqual([
    expected,
    expected,
  ]);
  expect(await readUsedActions(file({ Records: [call, { eventName: 'NobodyKnows' }] }))).toEqual([expected]);
});
