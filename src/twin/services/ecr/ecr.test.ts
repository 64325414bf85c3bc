import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { beforeEach, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

const OWNER = '111122223333';
const PARTNER = '999988887777';
const repositoryName = 'team/app';
let test: TestTwin;
let ecr: ECRClient;

beforeEach(async () => {
  test = twinFor({ accounts: [PARTNER] });
  ecr = await test.client('ecr');
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
});

it('a policy is set, got by name and registry, and deleted', async () => {
  const Principal = { AWS: `arn:aws:iam::${PARTNER}:root` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'ecr:GetRepositoryPolicy' }];
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement });
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  const theirs = await test.client('ecr', { accountId: PARTNER });
  const got = await theirs.send(new GetRepositoryPolicyCommand({ repositoryName, registryId: OWNER }));
  expect(got).toMatchObject({ registryId: OWNER, repositoryName, policyText });
  await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
  await expect(ecr.send(new GetRepositoryPolicyCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'RepositoryPolicyNotFoundException',
  });
});

it('a policy that is not JSON, and a name that is taken, are refused', async () => {
  const policyText = 'allow everything';
  await expect(ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(ecr.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'RepositoryAlreadyExistsException',
  });
});

it('a deleted repository is not there any more', async () => {
  await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
  await expect(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
});
