import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import { isPublicPolicy } from '../s3/public-policy.js';
import { secret, secretsTable, type SecretResource } from './secret.js';

const shown = ({ configuration: { ARN, Name } }: SecretResource) => ({
  ...(ARN === undefined ? {} : { ARN }),
  ...(Name === undefined ? {} : { Name }),
});

/** Who may use a secret. */
export const policies = handlers('secretsmanager', {
  GetResourcePolicy(input, context) {
    const found = secret(context, input.SecretId, { deleted: true });
    const { ResourcePolicy } = found.configuration;
    return { ...shown(found), ...(ResourcePolicy ? { ResourcePolicy } : {}) };
  },
  PutResourcePolicy(input, context) {
    const found = secret(context, input.SecretId);
    if (!isJsonObject(input.ResourcePolicy)) {
      throw new AwsError('MalformedPolicyDocumentException', 'The resource policy has syntax errors.');
    }
    if (input.BlockPublicPolicy === true && isPublicPolicy(input.ResourcePolicy)) {
      const message =
        'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.';
      throw new AwsError('PublicPolicyException', message);
    }
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      edited.ResourcePolicy = input.ResourcePolicy;
    });
    return shown(found);
  },
  DeleteResourcePolicy(input, context) {
    const found = secret(context, input.SecretId);
    secretsTable(context, found.arn).edit(found.arn, (edited) => {
      edited.ResourcePolicy = null;
    });
    return shown(found);
  },
});
