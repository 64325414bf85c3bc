import { arnName } from '../../base/arn.js';
import { parsePolicy } from '../../policy/document/parse-policy.js';
import { functionGrants } from '../../policy/questions/function-grants.js';
import { apiCall, type ApiCall } from '../../reference/api-call.js';
import { isDocument, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Check, Playbook, Refusal, Step } from '../playbook.js';
import { rawPolicy, type RawPolicy, type RawStatement } from '../policy-document.js';
import { permissionOf } from './permission-of.js';

/** Lambda's code for "there is no policy". */
const NO_POLICY = ['ResourceNotFoundException'];

export const playbook: Playbook = {
  id: 'remove-public-function-permission',
  title: 'Remove the permissions that open a function to the public',
  description:
    'Removes from the function policy exactly the statements that let strangers in, or S3 on anybody’s behalf, each by its statement id. Every other permission stays, and so does the function.',
  controls: ['Lambda.1'],
  risk: 'H',
  calls: ['lambda:GetPolicy', 'lambda:RemovePermission', 'lambda:AddPermission'],
  plan(subject, estate) {
    const lambda = estate.get('AWS::Lambda::Function', subject.resourceArn, subject.accountId);
    if (lambda === undefined) return notFound(subject);
    const { Policy: policy, FunctionName = arnName(lambda.arn) } = lambda.configuration;
    if (policy === undefined) return notRead('the function’s policy');
    const raw = rawPolicy(policy ?? '');
    if (policy === null || raw === undefined)
      return refuse('the function has no policy that can be read', 'scan again');
    const open = openStatements(policy, lambda.arn);
    if ('refused' in open) return open;
    if (open.size === 0) return refuse('the policy lets no stranger in', 'scan again');
    if ([...open].some((index) => typeof raw.statements[index]?.['Sid'] !== 'string')) {
      return refuse('a statement that lets strangers in has no id to remove it by', 'write the policy anew by hand');
    }
    const target = { accountId: lambda.accountId, region: lambda.region };
    const read = apiCall('lambda', 'GetPolicy', target, { FunctionName });
    return planOf(playbook, subject, removals(raw, open, { read, FunctionName, arn: lambda.arn }), {
      warnings: [
        {
          code: 'callersRefused',
          text: 'whoever invokes the function by these statements is refused: strangers, public function URLs, and S3 for every bucket; give the callers you know permissions of their own first',
        },
      ],
      outsideModel: ['invocations by strangers today', 'permissions of versions and aliases'],
    });
  },
};

/** The places of the statements that let strangers in. */
function openStatements(policy: string, arn: string): ReadonlySet<number> | Refusal {
  const parsed = parsePolicy(policy, 'resource', 'the policy');
  if (!parsed.ok) return refuse('the function has no policy that can be read', 'scan again');
  const { grants, undetermined } = functionGrants(parsed.policy, arn);
  if (undetermined !== undefined) return refuse(`the policy was not decided: ${undetermined}`, 'change it by hand');
  return new Set(grants.map(({ statement }) => statement.index));
}

function removals(
  raw: RawPolicy,
  open: ReadonlySet<number>,
  { read, FunctionName, arn }: { readonly read: ApiCall; readonly FunctionName: string; readonly arn: string },
): Step[] {
  let left = raw.statements;
  const state = (statements: readonly RawStatement[]): Check =>
    statements.length === 0
      ? isMissing(read, 'Policy', NO_POLICY)
      : isDocument(read, 'Policy', raw.withStatements(statements), NO_POLICY);
  return [...open].map((index) => {
    const statement = raw.statements[index] ?? {};
    const StatementId = String(statement['Sid']);
    const before = state(left);
    left = left.filter((one) => one !== statement);
    const permission = permissionOf(statement, FunctionName, arn);
    return {
      id: `remove-${index}`,
      title: `remove permission ${StatementId} from function ${FunctionName}`,
      call: apiCall('lambda', 'RemovePermission', read, { FunctionName, StatementId }),
      before: [before],
      after: [state(left)],
      undo:
        permission === undefined
          ? { impossible: `AddPermission cannot write statement ${StatementId} again` }
          : [apiCall('lambda', 'AddPermission', read, { ...permission })],
    };
  });
}
