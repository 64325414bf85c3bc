import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import type { Resource } from '../../../estate/estate.js';

type RepositoryResource = Resource<'AWS::ECR::Repository'>;

const repositories = (context: Context, accountId = context.accountId) =>
  context.table('AWS::ECR::Repository', { accountId });

/** A repository as DescribeRepositories shows it: without what other calls answer. */
const shown = ({ configuration: { Policy: _, ...own } }: RepositoryResource) => own;

/** Finds a repository by name in a registry, asks the authorizer, or throws RepositoryNotFoundException. */
function repository(context: Context, name: string, registryId = context.accountId): RepositoryResource {
  const arn = context.arn(`repository/${name}`, { accountId: registryId });
  context.authorize(arn, { resourceAccountId: registryId });
  const found = repositories(context, registryId).get(arn);
  if (found !== undefined) return found;
  const message = `The repository with name '${name}' does not exist in the registry with id '${registryId}'`;
  throw new AwsError('RepositoryNotFoundException', message);
}

/** A repository's policy with what names it. Throws RepositoryPolicyNotFoundException where there is none. */
function policyOf({ accountId, configuration: { Policy, repositoryName = '' } }: RepositoryResource) {
  if (!Policy) {
    const message = `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${accountId}'`;
    throw new AwsError('RepositoryPolicyNotFoundException', message);
  }
  return { registryId: accountId, repositoryName, policyText: Policy };
}

const registry = handlers('ecr', {
  DescribeRepositories(input, context) {
    const { registryId = context.accountId, repositoryNames = [] } = input;
    if (repositoryNames.length > 0) {
      return { repositories: repositoryNames.map((name) => shown(repository(context, name, registryId))) };
    }
    context.authorize(context.arn('repository/*', { accountId: registryId }), { resourceAccountId: registryId });
    const all = repositories(context, registryId).all();
    const { items, next } = context.page(all, input.nextToken, input.maxResults, 1000);
    return { repositories: items.map(shown), ...(next === undefined ? {} : { nextToken: next }) };
  },
  CreateRepository(input, context) {
    const { repositoryName } = input;
    const repositoryArn = context.arn(`repository/${repositoryName}`);
    context.authorize(repositoryArn);
    if (repositories(context).get(repositoryArn) !== undefined) {
      const message = `The repository with name '${repositoryName}' already exists in the registry with id '${context.accountId}'`;
      throw new AwsError('RepositoryAlreadyExistsException', message);
    }
    const made = repositories(context).put(repositoryArn, {
      repositoryArn,
      registryId: context.accountId,
      repositoryName,
      repositoryUri: `${context.accountId}.dkr.ecr.${context.region}.amazonaws.com/${repositoryName}`,
      createdAt: context.now.toISOString(),
      imageTagMutability: input.imageTagMutability ?? 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false },
      encryptionConfiguration: input.encryptionConfiguration ?? { encryptionType: 'AES256' },
      Policy: null,
    });
    return { repository: shown(made) };
  },
  DeleteRepository(input, context) {
    const found = repository(context, input.repositoryName, input.registryId);
    repositories(context, found.accountId).remove(found.arn);
    return { repository: shown(found) };
  },
  GetRepositoryPolicy: (input, context) => policyOf(repository(context, input.repositoryName, input.registryId)),
  SetRepositoryPolicy(input, context) {
    const found = repository(context, input.repositoryName, input.registryId);
    if (!isJsonObject(input.policyText)) {
      const message =
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'";
      throw new AwsError('InvalidParameterException', message);
    }
    const edited = repositories(context, found.accountId).edit(found.arn, (configuration) => {
      configuration.Policy = input.policyText;
    });
    return policyOf(edited);
  },
  DeleteRepositoryPolicy(input, context) {
    const found = repository(context, input.repositoryName, input.registryId);
    const had = policyOf(found);
    repositories(context, found.accountId).edit(found.arn, (configuration) => {
      configuration.Policy = null;
    });
    return had;
  },
});

/** ECR on the twin: repositories and who may use them, not their images. */
export const service = implement('ecr', registry);
