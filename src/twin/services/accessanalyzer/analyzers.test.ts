import {
  CreateAnalyzerCommand,
  DeleteAnalyzerCommand,
  GetAnalyzerCommand,
  ListAnalyzersCommand,
  ListFindingsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAnalyzerCommand,
} from '@aws-sdk/client-accessanalyzer';
import { describe, expect, it, test } from 'vitest';
import { MemoryEstate } from '../../../estate/memory-estate.js';
import { Fork } from '../../../estate/fork.js';
import { services } from '../../../reference/services.js';
import { inProcessDoor } from '../../in-process-door.js';
import { Twin } from '../../twin.js';
import { ACCOUNT, analyzed, bucket, document, onBucket, REGION } from './testing.fixture.js';

describe('an analyzer', () => {
  it('is shown as AWS shows it, and is gone when deleted', async () => {
    const { analyzer, analyzerArn } = await analyzed([]);
    const shown = {
      arn: `arn:aws:access-analyzer:${REGION}:${ACCOUNT}:analyzer/outside`,
      name: 'outside',
      type: 'ACCOUNT',
      status: 'ACTIVE',
      createdAt: new Date('2026-03-01T00:00:00.000Z'),
      tags: {},
    };
    expect(analyzerArn).toBe(shown.arn);
    expect((await analyzer.send(new GetAnalyzerCommand({ analyzerName: 'outside' }))).analyzer).toEqual(shown);
    expect((await analyzer.send(new ListAnalyzersCommand({}))).analyzers).toEqual([shown]);
    expect((await analyzer.send(new ListAnalyzersCommand({ type: 'ORGANIZATION' }))).analyzers).toEqual([]);
    await analyzer.send(new DeleteAnalyzerCommand({ analyzerName: 'outside' }));
    await expect(analyzer.send(new GetAnalyzerCommand({ analyzerName: 'outside' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resourceId: analyzerArn,
      resourceType: 'Analyzer',
    });
  });

  it('carries tags', async () => {
    const { analyzer, analyzerArn: resourceArn } = await analyzed([]);
    await analyzer.send(new TagResourceCommand({ resourceArn, tags: { team: 'security', stage: 'test' } }));
    await analyzer.send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage'] }));
    expect((await analyzer.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: 'security' });
  });

  test.each([
    ['a name that is taken', { analyzerName: 'outside', type: 'ACCOUNT' }, 'ConflictException'],
    ['a second one of the account', { analyzerName: 'second', type: 'ACCOUNT' }, 'ServiceQuotaExceededException'],
    ['one of unused access', { analyzerName: 'unused', type: 'ACCOUNT_UNUSED_ACCESS' }, 'ValidationException'],
    ['one of internal access', { analyzerName: 'inside', type: 'ACCOUNT_INTERNAL_ACCESS' }, 'ValidationException'],
    ['an organization where there is none', { analyzerName: 'all', type: 'ORGANIZATION' }, 'ValidationException'],
    ['a name that AWS does not take', { analyzerName: '1st', type: 'ACCOUNT' }, 'ValidationException'],
  ] as const)('refuses %s', async (_, given, name) => {
    const { analyzer } = await analyzed([]);
    await expect(analyzer.send(new CreateAnalyzerCommand(given))).rejects.toMatchObject({ name });
  });

  it('says that it does not implement what it does not implement', async () => {
    const { analyzer } = await analyzed([]);
    await expect(analyzer.send(new UpdateAnalyzerCommand({ analyzerName: 'outside' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });
});

describe('the zone of trust', () => {
  const member = '222222222222';
  const header = {
    partition: 'aws',
    organizationId: 'o-exampleorg1',
    managementAccountId: ACCOUNT,
    collectedAt: '2026-03-01T00:00:00.000Z',
    accounts: [ACCOUNT, member].map((accountId) => ({ accountId, name: accountId, path: [], regions: [REGION] })),
    types: [],
  };

  test.each([
    ['ACCOUNT', [member]],
    ['ORGANIZATION', []],
  ] as const)('of type %s makes these accounts outsiders: %j', async (type, outsiders) => {
    const shared = bucket(document(onBucket({ AWS: member })));
    const estate = new Fork(new MemoryEstate(header, [shared]));
    const twin = new Twin({ estate, clock: () => new Date('2026-03-01T00:00:00.000Z') });
    const { AccessAnalyzerClient } = await services.accessanalyzer.load();
    const credentials = twin.rootCredential(ACCOUNT);
    const client = new AccessAnalyzerClient({ region: REGION, credentials, ...inProcessDoor(twin) });
    const { arn: analyzerArn } = await client.send(new CreateAnalyzerCommand({ analyzerName: 'zone', type }));
    const { findings = [] } = await client.send(new ListFindingsCommand({ analyzerArn }));
    expect(findings.map(({ principal }) => principal?.['AWS'])).toEqual(outsiders);
  });
});
