/**
 * What others can use alone, as `hikeshi/policy`: read policies, decide requests, and ask questions over all requests.
 * Inside this project rooms import the files themselves.
 */
export { parsePolicy, type ParsedPolicy } from './document/parse-policy.js';
export type { Policy, Statement } from './document/policy.js';
export type { PolicyKind } from './document/policy-kinds.js';
export type { AccessPath, IdentitySide, ResourceSide } from './evaluate/access-path.js';
export { accessRequest, type AccessRequest } from './evaluate/access-request.js';
export { decide, type Decision } from './evaluate/decide.js';
export { principalOf, type Principal } from './evaluate/principal.js';
export { checkAccessNotGranted, checkNoNewAccess, checkNoPublicAccess, type CheckResult } from './questions/checks.js';
export { deadStatements, type DeadStatement } from './questions/dead-statements.js';
export { difference, type Difference } from './questions/difference.js';
export { explain, type Explanation } from './questions/explain.js';
export { externalAccess, type ExternalAccess } from './questions/external-access.js';
