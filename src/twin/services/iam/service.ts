import { implement } from '../../implement.js';
import { account } from './account.js';
import { groups } from './groups.js';
import { policies } from './policies.js';
import { policyVersions } from './policy-versions.js';
import { roles } from './roles.js';
import { serviceLinkedRoles } from './service-linked-roles.js';
import { users } from './users.js';

/** IAM on the twin. */
export const service = implement('iam', account, groups, policies, policyVersions, roles, serviceLinkedRoles, users);
