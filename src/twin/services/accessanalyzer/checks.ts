import type { AccessCheckResourceType } from '@aws-sdk/client-accessanalyzer';
import { parsePolicy } from '../../../policy/document/parse-policy.js';
import type { PolicyKind } from '../../../policy/document/policy-kinds.js';
import type { Policy, Statement } from '../../../policy/document/policy.js';
import {
  checkAccessNotGranted,
  checkNoNewAccess,
  checkNoPublicAccess,
  type Access,
  type CheckResult,
} from '../../../policy/questions/checks.js';
import { REASONED_CHARACTERS_MAX } from '../../../policy/questions/validate-policy.js';
import { handlers } from '../../implement.js';
import { invalidParameter, undetermined } from './errors.js';

/** What a check says: as a whole when it passes and when it fails, and of each statement that fails it. */
interface Wording {
  readonly pass: string;
  readonly fail: string;
  readonly reason: (statement: string) => string;
}

/** AWS's own words. Source: Access Analyzer API reference and AWS CLI reference, the examples of each check. */
const wordings = {
  newAccess: {
    pass: 'The modified permissions do not grant new access compared to your existing policy.',
    fail: 'The modified permissions grant new access compared to your existing policy.',
    reason: (statement) => `New access in the statement with ${statement}.`,
  },
  granted: {
    pass: 'The policy document does not grant access to perform the listed actions or resources.',
    fail: 'The policy document grants access to perform one or more of the listed actions or resources.',
    reason: (statement) => `One or more of the listed actions or resources in the statement with ${statement}.`,
  },
  public: {
    pass: 'The resource policy does not grant public access for the given resource type.',
    fail: 'The resource policy grants public access for the given resource type.',
    reason: (statement) => `Public access granted in the following statement with ${statement}.`,
  },
} as const satisfies Record<string, Wording>;

/** Types whose policies are more than plain resource policies. */
const kindOfType: { readonly [Type in AccessCheckResourceType]?: PolicyKind } = {
  'AWS::IAM::AssumeRolePolicyDocument': 'trust',
  'AWS::KMS::Key': 'key',
};

function kindOf(type: AccessCheckResourceType): PolicyKind {
  return (Object.hasOwn(kindOfType, type) ? kindOfType[type] : undefined) ?? 'resource';
}

/** The custom policy checks: they look at documents alone, at nothing of the estate. */
export const checks = handlers('accessanalyzer', {
  CheckNoNewAccess(input, context) {
    context.authorize();
    const kind = input.policyType === 'IDENTITY_POLICY' ? 'identity' : 'resource';
    const existing = documentOf(input.existingPolicyDocument, kind, 'existingPolicyDocument');
    const updated = documentOf(input.newPolicyDocument, kind, 'newPolicyDocument');
    return answer(checkNoNewAccess([existing], [updated], { partition: context.partition }), wordings.newAccess);
  },
  CheckAccessNotGranted(input, context) {
    context.authorize();
    const kind = input.policyType === 'IDENTITY_POLICY' ? 'identity' : 'resource';
    const policy = documentOf(input.policyDocument, kind, 'policyDocument');
    if (input.access.length === 0) throw invalidParameter('access must name at least one action or resource.');
    const accesses = input.access.map(({ actions = [], resources = [] }) => accessOf(actions, resources));
    return answer(checkAccessNotGranted([policy], accesses, { partition: context.partition }), wordings.granted);
  },
  CheckNoPublicAccess(input, context) {
    context.authorize();
    const policy = documentOf(input.policyDocument, kindOf(input.resourceType), 'policyDocument');
    return answer(checkNoPublicAccess([policy], { partition: context.partition }), wordings.public);
  },
});

/** The policy of a document; AWS refuses one with errors before it checks it. */
function documentOf(text: string, kind: PolicyKind, name: string): Policy {
  if (text.length > REASONED_CHARACTERS_MAX) {
    throw undetermined(
      `${name} has ${text.length} characters, more than the ${REASONED_CHARACTERS_MAX} that are checked`,
    );
  }
  const parsed = parsePolicy(text, kind, name);
  if (parsed.ok) return parsed.policy;
  const [first] = parsed.problems;
  throw invalidParameter(`${name} is not a valid policy: ${first?.path ?? '$'}: ${first?.message ?? ''}`);
}

/** Source: Access Analyzer API reference, `Access`. */
function accessOf(actions: readonly string[], resources: readonly string[]): Access {
  if (actions.length === 0 && resources.length === 0) {
    throw invalidParameter('access must name at least one action or resource.');
  }
  for (const action of actions) {
    if (!/^[a-z0-9-]+:[a-z0-9]+$/i.test(action)) {
      throw invalidParameter(`The action \`${action}\` must be written as service:Name, without wildcards.`);
    }
  }
  for (const resource of resources) {
    const parts = resource.split(':');
    const fixed = parts.slice(0, 5);
    if (resource !== '*' && (parts[0] !== 'arn' || parts.length < 6 || fixed.some((part) => /[*?]/.test(part)))) {
      throw invalidParameter(
        `The resource \`${resource}\` must be an ARN, with wildcards only in the resource itself.`,
      );
    }
  }
  return { actions, resources };
}

function answer(result: CheckResult, wording: Wording) {
  switch (result.result) {
    case 'PASS':
      return { result: result.result, message: wording.pass, reasons: [] };
    case 'FAIL':
      return {
        result: result.result,
        message: wording.fail,
        reasons: result.statements.map((statement) => reasonOf(statement, wording)),
      };
    case 'UNDETERMINED':
      throw undetermined(result.reason);
  }
}

function reasonOf({ sid, index }: Statement, { reason }: Wording) {
  return {
    description: reason(sid === undefined ? `index: ${index}` : `sid: ${sid}`),
    statementIndex: index,
    ...(sid === undefined ? {} : { statementId: sid }),
  };
}
