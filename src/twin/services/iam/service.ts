import { implement } from '../../implement.js';
import { account } from './account.js';
import { groupsAndPolicies } from './groups-and-policies.js';
import { roles } from './roles.js';
import { serviceLinkedRoles } from './service-linked-roles.js';
import { users } from './users.js';

/** IAM on the twin. */
export const service = implement('iam', account, groupsAndPolicies, roles, serviceLinkedRoles, users);
