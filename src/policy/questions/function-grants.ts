import type { Policy } from '../document/policy.js';
import type { SolveOptions } from '../reason/solve.js';
import { publicGrants, unboundService, type PublicGrants } from './public-grants.js';

/**
 * The statements of a function's policy that open it to the public: to strangers, or to S3 without saying for which
 * account. `lambda:FunctionUrlAuthType` keeps nobody out: `NONE` is everyone, `AWS_IAM` everyone with an AWS account.
 *
 * Source: AWS Config developer guide, "lambda-function-public-access-prohibited"; Lambda developer guide, "Control
 * access to Lambda function URLs".
 * @param arn the function's, without a version.
 */
export function functionGrants(
  policy: Policy,
  arn: string,
  { most, ...options }: SolveOptions & { readonly most?: number } = {},
): PublicGrants {
  const asked = {
    actions: [],
    resources: [arn, `${arn}:*`],
    untrusted: ['lambda:functionurlauthtype'],
    ...(most === undefined ? {} : { most }),
  };
  const strangers = publicGrants(policy, asked, options);
  const s3 = unboundService(policy, 's3.amazonaws.com', asked, options);
  const open = strangers.undetermined ?? s3.undetermined;
  const known = new Set(strangers.grants.map(({ statement }) => statement));
  const grants = [...strangers.grants, ...s3.grants.filter(({ statement }) => !known.has(statement))];
  return { grants, ...(open === undefined ? {} : { undetermined: open }) };
}
