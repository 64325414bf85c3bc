import type { GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail } from '@aws-sdk/client-iam';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { marked, noSuchEntity } from './not-found.js';

const policyArn = (context: Context) => context.arn('account-password-policy');

/** What IAM fills in where UpdateAccountPasswordPolicy says nothing. Source: IAM API reference. */
const PASSWORD_DEFAULTS = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
} as const;

/** A detail of GetAccountAuthorizationDetails, tagged with the filter that asks for it. */
type Detail =
  | { readonly kind: 'User'; readonly value: Stored<UserDetail> }
  | { readonly kind: 'Group'; readonly value: Stored<GroupDetail> }
  | { readonly kind: 'Role'; readonly value: Stored<RoleDetail> }
  | { readonly kind: 'LocalManagedPolicy'; readonly value: Stored<ManagedPolicyDetail> };

function details(context: Context): Detail[] {
  const values = <Type extends 'AWS::IAM::Group' | 'AWS::IAM::Role' | 'AWS::IAM::ManagedPolicy'>(type: Type) =>
    context
      .table(type)
      .all()
      .map(({ configuration }) => configuration);
  return [
    ...context
      .table('AWS::IAM::User')
      .all()
      .map(({ configuration }): Detail => {
        const { LoginProfile: _l, AccessKeys: _a, MFADevices: _m, PasswordLastUsed: _p, ...value } = configuration;
        return { kind: 'User', value };
      }),
    ...values('AWS::IAM::Group').map((value): Detail => ({ kind: 'Group', value })),
    ...values('AWS::IAM::Role').map((value): Detail => ({ kind: 'Role', value })),
    ...values('AWS::IAM::ManagedPolicy').map((value): Detail => ({ kind: 'LocalManagedPolicy', value })),
  ];
}

export const account = handlers('iam', {
  GetAccountPasswordPolicy(_input, context) {
    context.authorize();
    const policy = context.table('Hikeshi::IAM::AccountPasswordPolicy').get(policyArn(context))
      ?.configuration.PasswordPolicy;
    if (!policy) throw noSuchEntity(`The Password Policy with domain name ${context.accountId} cannot be found.`);
    return { PasswordPolicy: policy };
  },
  UpdateAccountPasswordPolicy(input, context) {
    context.authorize();
    const days = input.MaxPasswordAge;
    if (days !== undefined && (days < 0 || days > 1095)) {
      const bound = days < 0 ? 'greater than or equal to 1' : 'less than or equal to 1095';
      const message = `1 validation error detected: Value '${days}' at 'maxPasswordAge' failed to satisfy constraint: Member must have value ${bound}`;
      throw new AwsError('ValidationError', message, { status: 400 });
    }
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry, ...given } = input;
    const PasswordPolicy = {
      ...PASSWORD_DEFAULTS,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      ExpirePasswords: (MaxPasswordAge ?? 0) > 0,
      ...(MaxPasswordAge === undefined || MaxPasswordAge === 0 ? {} : { MaxPasswordAge }),
      ...(PasswordReusePrevention === undefined || PasswordReusePrevention === 0 ? {} : { PasswordReusePrevention }),
      ...(HardExpiry === undefined ? {} : { HardExpiry }),
    };
    context.table('Hikeshi::IAM::AccountPasswordPolicy').put(policyArn(context), { PasswordPolicy });
  },
  DeleteAccountPasswordPolicy(_input, context) {
    context.authorize();
    const table = context.table('Hikeshi::IAM::AccountPasswordPolicy');
    if (!table.get(policyArn(context))?.configuration.PasswordPolicy) {
      throw noSuchEntity('The account policy with name PasswordPolicy cannot be found.');
    }
    table.put(policyArn(context), { PasswordPolicy: null });
  },
  GetAccountAuthorizationDetails(input, context) {
    context.authorize();
    const filter = input.Filter ?? [];
    const wanted = details(context).filter(({ kind }) => filter.length === 0 || filter.includes(kind));
    const page = context.page(wanted, input.Marker, input.MaxItems, 1000);
    // oxlint-disable-next-line no-unnecessary-type-parameters -- the kind chooses the answer's type
    const of = <Kind extends Detail['kind']>(kind: Kind) =>
      page.items
        .filter((each): each is Extract<Detail, { kind: Kind }> => each.kind === kind)
        .map(({ value }) => value);
    return {
      UserDetailList: of('User') as Stored<UserDetail>[],
      GroupDetailList: of('Group') as Stored<GroupDetail>[],
      RoleDetailList: of('Role') as Stored<RoleDetail>[],
      Policies: of('LocalManagedPolicy') as Stored<ManagedPolicyDetail>[],
      ...marked(page),
    };
  },
  GetAccountSummary(_input, context) {
    context.authorize();
    const usersOf = context.table('AWS::IAM::User').all();
    return {
      SummaryMap: {
        Users: usersOf.length,
        Groups: context.table('AWS::IAM::Group').all().length,
        Roles: context.table('AWS::IAM::Role').all().length,
        Policies: context.table('AWS::IAM::ManagedPolicy').all().length,
        MFADevicesInUse: usersOf.filter(({ configuration }) => (configuration.MFADevices ?? []).length > 0).length,
        UsersQuota: 5000,
        GroupsQuota: 300,
        RolesQuota: 1000,
        AccessKeysPerUserQuota: 2,
      },
    };
  },
});
