import type { PolicyType, ValidatePolicyResourceType } from '@aws-sdk/client-accessanalyzer';
import type { PolicyKind } from '../../../policy/document/policy-kinds.js';
import {
  locator,
  validatePolicy,
  type FindingLocation,
  type PolicyFindingType,
} from '../../../policy/questions/validate-policy.js';
import { handlers } from '../../implement.js';
import { more } from './analyzer.js';
import { invalid, notSupported } from './errors.js';

const kinds: { readonly [Type in PolicyType]: PolicyKind } = {
  IDENTITY_POLICY: 'identity',
  RESOURCE_POLICY: 'resource',
  SERVICE_CONTROL_POLICY: 'scp',
  RESOURCE_CONTROL_POLICY: 'rcp',
};

/** How the page of AWS's checks calls the types of findings. */
const anchors: { readonly [Type in PolicyFindingType]: string } = {
  ERROR: 'error',
  SECURITY_WARNING: 'security-warning',
  WARNING: 'general-warning',
  SUGGESTION: 'suggestion',
};
const PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html';

function kindOf(policyType: PolicyType, resourceType: ValidatePolicyResourceType | undefined): PolicyKind {
  if (resourceType !== undefined && policyType !== 'RESOURCE_POLICY') {
    const message = 'validatePolicyResourceType is for policies of type RESOURCE_POLICY.';
    throw invalid('validatePolicyResourceType', message);
  }
  if (resourceType === 'AWS::IAM::AssumeRolePolicyDocument') return 'trust';
  if (!Object.hasOwn(kinds, policyType)) throw notSupported(`policies of type ${policyType}`);
  return kinds[policyType];
}

function locationOf({ elements, start, end }: FindingLocation) {
  const path = elements.map((one) => (typeof one === 'number' ? { index: one } : { value: one }));
  return { path, span: { start, end } };
}

/** The handler of ValidatePolicy. */
export const validation = handlers('accessanalyzer', {
  ValidatePolicy({ policyDocument, policyType, validatePolicyResourceType, nextToken, maxResults }, context) {
    context.authorize();
    const kind = kindOf(policyType, validatePolicyResourceType);
    const locate = locator(policyDocument);
    const all = validatePolicy(policyDocument, kind).map(({ type, code, details, path }) => ({
      findingType: type,
      issueCode: code,
      findingDetails: details,
      learnMoreLink: `${PAGE}#access-analyzer-reference-policy-checks-${anchors[type]}-${code.toLowerCase().replaceAll('_', '-')}`,
      locations: [locationOf(locate(path))],
    }));
    const { items, next } = context.page(all, nextToken, maxResults);
    return { findings: items, ...more(next) };
  },
});
