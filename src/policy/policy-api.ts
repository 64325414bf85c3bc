/**
 * What others can use alone, as `hikeshi/policy`: read policies, decide requests, and ask questions over all requests, of
 * documents or of an estate. Inside this project rooms import the files themselves.
 */
export type { Estate, EstateHeader, Resource } from '../estate/estate.js';
export { MemoryEstate } from '../estate/memory-estate.js';
export { parsePolicy, type ParsedPolicy } from './document/parse-policy.js';
export { statementName, type Policy, type Statement } from './document/policy.js';
export type { PolicyKind } from './document/policy-kinds.js';
export type { AccessPath, IdentitySide, ResourceSide } from './evaluate/access-path.js';
export { accessRequest, type AccessRequest } from './evaluate/access-request.js';
export { decide, type Decision } from './evaluate/decide.js';
export { principalOf, type Principal } from './evaluate/principal.js';
export { AccessGatherer } from './gather/access-gatherer.js';
export { archivingRule, matchesFilter, type ArchiveRule, type Filter } from './questions/archive-rules.js';
export { checkAccessNotGranted, checkNoNewAccess, checkNoPublicAccess, type CheckResult } from './questions/checks.js';
export { closeExternal, type CloseExternal } from './questions/close-external.js';
export { confusedDeputies, type ConfusedDeputies, type ConfusedDeputy } from './questions/confused-deputy.js';
export { deadStatements, type DeadStatement } from './questions/dead-statements.js';
export { decidedAccess, isAsDecided } from './questions/decided-access.js';
export { difference, type Difference } from './questions/difference.js';
export { analyzedResources, estateExternalAccess, type EstateExternalAccess } from './questions/estate-access.js';
export { explain, type Explanation } from './questions/explain.js';
export { externalAccess, type AnalyzedResource, type ExternalAccess } from './questions/external-access.js';
export { lastAccessedRecord, type LastAccessed } from './questions/last-accessed.js';
export { callRecord, unusedAccess, type UnusedAccess, type UseRecord } from './questions/unused-access.js';
export { validatePolicy } from './questions/validate-policy.js';
export { whatCan, type WhatCan } from './questions/what-can.js';
export { whoCan, type WhoCan } from './questions/who-can.js';
export { zoneOf, type ZoneOfTrust } from './questions/zone-of-trust.js';
