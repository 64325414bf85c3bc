import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { besideEstate } from './beside-estate.js';
import { noSuchEntity } from './entity-errors.js';

export type RoleResource = Resource<'AWS::IAM::Role'>;

/** Seconds a role's sessions may last unless told. Source: IAM API reference, CreateRole. */
const SESSION_SECONDS = 3600;

/** Finds a role by name and asks the authorizer. @throws AwsError NoSuchEntity. */
export function role(context: Context, name: string, facts: Readonly<Record<string, unknown>> = {}): RoleResource {
  const found = context.table('AWS::IAM::Role').find(({ RoleName }) => RoleName === name);
  context.authorize(found?.arn ?? context.arn(`role/${name}`), { context: facts });
  if (found === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return found;
}

/**
 * As `role`, for a change.
 *
 * @throws AwsError UnmodifiableEntity for the roles that AWS services and IAM Identity Center own.
 */
export function modifiableRole(
  context: Context,
  name: string,
  facts: Readonly<Record<string, unknown>> = {},
): RoleResource {
  const found = role(context, name, facts);
  if (!/^\/aws-(service-role|reserved)\//.test(found.configuration.Path ?? '/')) return found;
  const message = `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`;
  throw new AwsError('UnmodifiableEntity', message, { status: 400 });
}

/** Changes a private copy of a role and stores it. */
export function editRole(
  context: Context,
  { arn }: RoleResource,
  change: (role: RoleResource['configuration']) => void,
): void {
  context.table('AWS::IAM::Role').edit(arn, change);
}

/** A role as ListRoles shows it: without tags, boundary and what other calls answer. */
export function listedRole(context: Context, { arn, configuration }: RoleResource) {
  const { Path = '/', RoleName = '', RoleId = '', Arn = '', CreateDate = '' } = configuration;
  const { AssumeRolePolicyDocument } = configuration;
  const settings = besideEstate(context).roleSettings.get(arn);
  return {
    Path,
    RoleName,
    RoleId,
    Arn,
    CreateDate,
    ...(AssumeRolePolicyDocument === undefined ? {} : { AssumeRolePolicyDocument }),
    ...(settings?.description === undefined ? {} : { Description: settings.description }),
    MaxSessionDuration: settings?.maxSessionDuration ?? SESSION_SECONDS,
  };
}

/** A role as GetRole shows it. */
export function describedRole(context: Context, found: RoleResource) {
  const { Tags = [], PermissionsBoundary, RoleLastUsed } = found.configuration;
  return {
    ...listedRole(context, found),
    ...(Tags.length === 0 ? {} : { Tags }),
    ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
    RoleLastUsed: RoleLastUsed ?? {},
  };
}
