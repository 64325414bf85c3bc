import { defineCollector, resourceAt } from './collector.js';

/** It has no policy, or was deleted since it was listed. */
const NO_POLICY = ['RepositoryPolicyNotFoundException', 'RepositoryNotFoundException'];

const repositories = defineCollector({
  service: 'ecr',
  types: ['AWS::ECR::Repository'],
  reads: ['DescribeRepositories', 'GetRepositoryPolicy'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('DescribeRepositories', { maxResults: 1000 }, (page) => page.repositories);
    yield* await read.each(listed, async (item) => {
      const { repositoryArn = '', repositoryName } = item;
      const policy = await read.detail('GetRepositoryPolicy', { repositoryName }, repositoryArn, NO_POLICY);
      return resourceAt(target, 'AWS::ECR::Repository', repositoryArn, {
        ...item,
        ...(policy === undefined ? {} : { Policy: policy?.policyText ?? null }),
      });
    });
  },
});

/** ECR's collector. */
export const ecr = [repositories] as const;
