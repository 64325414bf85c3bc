import {
  ApplyArchiveRuleCommand,
  CreateArchiveRuleCommand,
  DeleteArchiveRuleCommand,
  GetArchiveRuleCommand,
  ListArchiveRulesCommand,
  UpdateArchiveRuleCommand,
  UpdateFindingsCommand,
  type Criterion,
} from '@aws-sdk/client-accessanalyzer';
import { describe, expect, it } from 'vitest';
import { analyzed, bucket, document, onBucket, PARTNER, role, trust } from './testing.fixture.js';

const analyzerName = 'outside';
const ruleName = 'partner';
const resources = [bucket(document(onBucket({ AWS: PARTNER }))), role(trust)];
const onRoles: Record<string, Criterion> = { resourceType: { eq: ['AWS::IAM::Role'] } };
const ACTIVE = { filter: { status: { eq: ['ACTIVE'] } } };

async function withRule(filter = onRoles) {
  const made = await analyzed(resources);
  await made.analyzer.send(new CreateArchiveRuleCommand({ analyzerName, ruleName, filter }));
  const active = async () => (await made.list(ACTIVE)).map(({ resourceType }) => resourceType);
  return { ...made, active };
}

describe('an archive rule', () => {
  it('archives what it matches, from the moment it is there', async () => {
    const { active, list } = await withRule();
    expect(await active()).toEqual(['AWS::S3::Bucket']);
    expect(await list({ filter: { status: { eq: ['ARCHIVED'] } } })).toHaveLength(1);
  });

  it('is shown, changed and deleted', async () => {
    const { analyzer, active, advance } = await withRule();
    advance(60_000);
    const filter = { isPublic: { eq: ['true'] } };
    await analyzer.send(new UpdateArchiveRuleCommand({ analyzerName, ruleName, filter }));
    const shown = {
      ruleName,
      filter,
      createdAt: new Date('2026-03-01T00:00:00.000Z'),
      updatedAt: new Date('2026-03-01T00:01:00.000Z'),
    };
    const { archiveRule } = await analyzer.send(new GetArchiveRuleCommand({ analyzerName, ruleName }));
    expect(archiveRule).toEqual(shown);
    const { archiveRules } = await analyzer.send(new ListArchiveRulesCommand({ analyzerName }));
    expect(archiveRules).toEqual([shown]);
    expect(await active()).toHaveLength(2);
    await analyzer.send(new DeleteArchiveRuleCommand({ analyzerName, ruleName }));
    await expect(analyzer.send(new GetArchiveRuleCommand({ analyzerName, ruleName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resourceType: 'ArchiveRule',
    });
  });

  it('that is applied archives for good: its findings stay archived when it is gone', async () => {
    const { analyzer, analyzerArn, active } = await withRule();
    const ids = (await (await withRule()).list()).map(({ id = '' }) => id);
    await analyzer.send(new UpdateFindingsCommand({ analyzerArn, status: 'ACTIVE', ids }));
    expect(await active()).toHaveLength(2);
    await analyzer.send(new ApplyArchiveRuleCommand({ analyzerArn, ruleName }));
    await analyzer.send(new DeleteArchiveRuleCommand({ analyzerName, ruleName }));
    expect(await active()).toEqual(['AWS::S3::Bucket']);
  });

  it('that is applied archives what a finding means: another writing stays archived, more access does not', async () => {
    const { analyzer, analyzerArn, fork, list } = await analyzed(resources);
    const filter = { resourceType: { eq: ['AWS::S3::Bucket'] } };
    await analyzer.send(new CreateArchiveRuleCommand({ analyzerName, ruleName, filter }));
    await analyzer.send(new ApplyArchiveRuleCommand({ analyzerArn, ruleName }));
    await analyzer.send(new DeleteArchiveRuleCommand({ analyzerName, ruleName }));
    const statusOf = async (...statements: object[]) => {
      fork.put(bucket(document(...statements)));
      return (await list({ filter })).map(({ status }) => status);
    };
    const granted = onBucket({ AWS: PARTNER });
    const secure = onBucket({ AWS: PARTNER }, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(await statusOf(granted)).toEqual(['ARCHIVED']);
    const byArn = { AWS: `arn:aws:iam::${PARTNER}:root` };
    expect(await statusOf(onBucket(byArn, { Sid: 'Again', Action: ['s3:GetObject'] }), secure)).toEqual(['ARCHIVED']);
    expect(await statusOf(onBucket(byArn, { Action: ['s3:GetObject', 's3:getobject'] }))).toEqual(['ARCHIVED']);
    expect(await statusOf(secure)).toEqual(['ACTIVE']);
    const more = onBucket({ AWS: PARTNER }, { Resource: ['arn:aws:s3:::data/*', 'arn:aws:s3:::data'], Action: 's3:*' });
    expect(await statusOf(more)).toEqual(['ACTIVE']);
  });

  it('that is deleted without having been applied archives no longer', async () => {
    const { analyzer, active } = await withRule();
    await analyzer.send(new DeleteArchiveRuleCommand({ analyzerName, ruleName }));
    expect(await active()).toHaveLength(2);
  });

  it('with an expiry in the estate ends when it ends', async () => {
    const { fork, analyzerArn, active, advance } = await withRule();
    const found = fork.get('AWS::AccessAnalyzer::Analyzer', analyzerArn);
    if (found === undefined) throw new Error('the analyzer is gone');
    const ArchiveRules = (found.configuration.ArchiveRules ?? []).map((rule) => ({
      ...rule,
      reason: 'until the partner has moved',
      owner: 'data team',
      expiresAt: '2026-03-02T00:00:00.000Z',
    }));
    fork.put({ ...found, configuration: { ...found.configuration, ArchiveRules } });
    expect(await active()).toHaveLength(1);
    advance(24 * 3_600_000);
    expect(await active()).toHaveLength(2);
  });

  it('is refused when its name is taken, when it asks nothing, or what AWS does not know', async () => {
    const { analyzer } = await withRule();
    const create = (name: string, filter: Record<string, Criterion>) =>
      analyzer.send(new CreateArchiveRuleCommand({ analyzerName, ruleName: name, filter }));
    await expect(create(ruleName, onRoles)).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(create('empty', {})).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(create('unknown', { colour: { eq: ['red'] } })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
