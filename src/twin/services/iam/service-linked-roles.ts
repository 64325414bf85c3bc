import { handlers } from '../../implement.js';
import { alreadyExists, encodeDocument, noSuchEntity } from './not-found.js';
import { AwsError } from '../../aws-error.js';

/** The role names of services, which nothing but a table tells. Source: the "service-linked roles" page of each. */
const NAMES: Readonly<Record<string, string>> = { 'config.amazonaws.com': 'AWSServiceRoleForConfig' };

export const serviceLinkedRoles = handlers('iam', {
  CreateServiceLinkedRole(input, context) {
    const RoleName = NAMES[input.AWSServiceName];
    const Path = `/aws-service-role/${input.AWSServiceName}/`;
    const Arn = context.arn(`role${Path}${RoleName ?? '*'}`);
    context.authorize(Arn);
    if (RoleName === undefined) {
      throw new AwsError('InvalidInput', `The twin knows no service-linked role of ${input.AWSServiceName}.`, {
        status: 400,
      });
    }
    const table = context.table('AWS::IAM::Role');
    if (table.get(Arn) !== undefined) {
      throw alreadyExists(
        `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
      );
    }
    const Principal = { Service: input.AWSServiceName };
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
    const AssumeRolePolicyDocument = encodeDocument(JSON.stringify(trust));
    const role = {
      Path,
      RoleName,
      RoleId: context.id('AROA', 17).toUpperCase(),
      Arn,
      CreateDate: context.now.toISOString(),
      AssumeRolePolicyDocument,
    };
    table.put(Arn, { ...role, InstanceProfileList: [], RolePolicyList: [], AttachedManagedPolicies: [], Tags: [] });
    return { Role: role };
  },
  DeleteServiceLinkedRole(input, context) {
    const table = context.table('AWS::IAM::Role');
    const found = table.find(
      ({ RoleName, Path }) => RoleName === input.RoleName && Path?.startsWith('/aws-service-role/') === true,
    );
    context.authorize(found?.arn ?? context.arn(`role/aws-service-role/*/${input.RoleName}`));
    if (found === undefined) throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
    table.remove(found.arn);
    return { DeletionTaskId: `task${found.configuration.Path}${input.RoleName}/${context.uuid()}` };
  },
});
