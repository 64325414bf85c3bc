import type { Resource } from '../../../estate/estate.js';
import type { IamUser } from '../../../estate/resource-types.js';
import type { Context } from '../../context.js';
import { noSuchEntity, validationError } from './entity-errors.js';

export type UserResource = Resource<'AWS::IAM::User'>;

/**
 * Finds a user by name (the caller itself when none is given) and asks the authorizer.
 *
 * @throws AwsError NoSuchEntity; ValidationError when no name is given and the caller is no user.
 */
export function user(
  context: Context,
  name: string | undefined,
  facts: Readonly<Record<string, unknown>> = {},
): UserResource {
  const wanted = name ?? callersName(context);
  const found = context.table('AWS::IAM::User').find(({ UserName }) => UserName === wanted);
  context.authorize(found?.arn ?? context.arn(`user/${wanted}`), { context: facts });
  if (found === undefined) throw noSuchEntity(`The user with name ${wanted} cannot be found.`);
  return found;
}

function callersName(context: Context): string {
  const { kind, arn } = context.caller;
  if (kind === 'user') return arn.slice(arn.lastIndexOf('/') + 1);
  throw validationError('Must specify userName when calling with non-User credentials');
}

/** Changes a private copy of a user and stores it. */
export function editUser(context: Context, { arn }: UserResource, change: (user: IamUser) => void): void {
  context.table('AWS::IAM::User').edit(arn, change);
}

/** A user as ListUsers shows it: without what other calls answer. */
export function listedUser(configuration: IamUser) {
  const {
    LoginProfile: _l,
    AccessKeys: _a,
    MFADevices: _m,
    UserPolicyList: _p,
    AttachedManagedPolicies: _t,
    GroupList: _g,
    Tags: _tags,
    PermissionsBoundary: _b,
    ...own
  } = configuration;
  return own;
}

/** A user as GetUser and CreateUser show it: with tags and boundary. */
export function describedUser(configuration: IamUser) {
  const { Tags = [], PermissionsBoundary } = configuration;
  return {
    ...listedUser(configuration),
    ...(Tags.length === 0 ? {} : { Tags }),
    ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
  };
}
