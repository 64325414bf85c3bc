import type { CreateGrantRequest } from '@aws-sdk/client-kms';
import { sameJson } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { grantOfToken, grantToken } from './grant-token.js';
import { isPrincipal, type Grant } from './granted.js';
import { edit, find, keyFor, type KeyResource } from './key.js';
import { truncated } from './metadata.js';
import { settledKeys } from './settle.js';
import { proceed } from './usable.js';

const GRANTS_MAX = 50_000;
const GRANT_ID_DIGITS = 64;

/** Grants: kept in the key's configuration as ListGrants shows them. */
export const grants = handlers('kms', {
  CreateGrant(input, context) {
    const wanted = grantOf(input);
    const facts = {
      'kms:GrantOperations': input.Operations,
      'kms:GranteePrincipal': input.GranteePrincipal,
      'kms:RetiringPrincipal': input.RetiringPrincipal,
      'kms:GrantConstraintType': Object.keys(input.Constraints ?? {})[0],
      'kms:GrantIsForAWSResource': false,
    };
    const found = keyFor(context, input.KeyId, { facts });
    proceed(context, input);
    const had = found.configuration.Grants ?? [];
    // The same name and the same parameters: the same grant, with a new token.
    const same = wanted.Name === undefined ? undefined : had.find((each) => sameJson(wanted, definition(each)));
    if (same?.GrantId !== undefined) {
      return { GrantId: same.GrantId, GrantToken: grantToken(context, found, same.GrantId) };
    }
    if (had.length >= GRANTS_MAX) {
      throw new AwsError('LimitExceededException', `${found.arn} has ${GRANTS_MAX} grants, which is the limit.`);
    }
    const GrantId = context.id('', GRANT_ID_DIGITS);
    const CreationDate = context.now.toISOString();
    const grant: Grant = { KeyId: found.arn, GrantId, CreationDate, IssuingAccount: issuer(context), ...wanted };
    edit(context, found, (edited) => {
      edited.Grants = [...(edited.Grants ?? []), grant];
    });
    return { GrantId, GrantToken: grantToken(context, found, GrantId) };
  },
  ListGrants(input, context) {
    const found = keyFor(context, input.KeyId);
    const { GrantId, GranteePrincipal, GranteeServicePrincipal } = input;
    const all = (found.configuration.Grants ?? []).filter(
      (each) =>
        (GrantId === undefined || each.GrantId === GrantId) &&
        (GranteePrincipal === undefined || each.GranteePrincipal === GranteePrincipal) &&
        (GranteeServicePrincipal === undefined || each.GranteeServicePrincipal === GranteeServicePrincipal),
    );
    const { items, next } = context.page(all, input.Marker, input.Limit, 100);
    return { Grants: items, ...truncated(next) };
  },
  ListRetirableGrants(input, context) {
    context.authorize();
    const { RetiringPrincipal, RetiringServicePrincipal } = input;
    if ((RetiringPrincipal === undefined) === (RetiringServicePrincipal === undefined)) {
      throw new AwsError('ValidationException', 'Specify either RetiringPrincipal or RetiringServicePrincipal.');
    }
    const all = settledKeys(context)
      .flatMap(({ configuration }) => configuration.Grants ?? [])
      .filter(
        (each) =>
          (RetiringPrincipal !== undefined && each.RetiringPrincipal === RetiringPrincipal) ||
          (RetiringServicePrincipal !== undefined && each.RetiringServicePrincipal === RetiringServicePrincipal),
      );
    const { items, next } = context.page(all, input.Marker, input.Limit, 100);
    return { Grants: items, ...truncated(next) };
  },
  RetireGrant(input, context) {
    const { KeyId, GrantId, GrantToken } = input;
    if (GrantToken === undefined && (KeyId === undefined || GrantId === undefined)) {
      throw new AwsError('ValidationException', 'Specify a grant token, or a key ARN and a grant ID.');
    }
    const named = GrantToken === undefined ? undefined : grantOfToken(context, GrantToken);
    const found = named?.found ?? find(context, KeyId ?? '');
    const id = named?.grant.GrantId ?? GrantId ?? '';
    const grant = found?.configuration.Grants?.find((each) => each.GrantId === id);
    context.authorize(found?.arn ?? KeyId, {
      ...(found === undefined ? {} : { resourceAccountId: found.accountId }),
      ...(grant === undefined ? {} : { byGrant: mayRetire(context, grant) }),
    });
    remove(context, found, id, input.DryRun);
  },
  RevokeGrant(input, context) {
    remove(context, keyFor(context, input.KeyId), input.GrantId, input.DryRun);
  },
});

/** What a grant is, apart from when and by whom it was made. */
function grantOf(input: CreateGrantRequest): Grant {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input;
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw new AwsError('ValidationException', 'Specify either GranteePrincipal or GranteeServicePrincipal.');
  }
  const { Name, Constraints } = input;
  const Operations = [...new Set(input.Operations)];
  return {
    ...(Name === undefined ? {} : { Name }),
    ...(GranteePrincipal === undefined ? {} : { GranteePrincipal }),
    ...(GranteeServicePrincipal === undefined ? {} : { GranteeServicePrincipal }),
    ...(RetiringPrincipal === undefined ? {} : { RetiringPrincipal }),
    ...(RetiringServicePrincipal === undefined ? {} : { RetiringServicePrincipal }),
    Operations,
    ...(Constraints === undefined
      ? {}
      : { Constraints: structuredClone(Constraints) as NonNullable<Grant['Constraints']> }),
  };
}

function definition({
  KeyId: _key,
  GrantId: _id,
  CreationDate: _date,
  IssuingAccount: _issuer,
  ...rest
}: Grant): Grant {
  return rest;
}

/**
 * Whether a grant lets the caller retire it: its retiring principal, its grantee where RetireGrant is among its operations,
 * and the root user of the account that made it. No policy can allow it to anybody else.
 *
 * Source: KMS developer guide, "Retiring and revoking grants"; "AWS KMS permissions", RetireGrant.
 */
function mayRetire({ caller }: Context, grant: Grant): boolean {
  const isGrantee = isPrincipal(caller, grant.GranteePrincipal) && grant.Operations?.includes('RetireGrant') === true;
  if (isGrantee || isPrincipal(caller, grant.RetiringPrincipal)) return true;
  return caller.kind === 'root' && isPrincipal(caller, grant.IssuingAccount);
}

function issuer(context: Context): string {
  return context.arn('root', { service: 'iam', region: '' });
}

function remove(context: Context, found: KeyResource | undefined, id: string, DryRun: boolean | undefined): void {
  if (found?.configuration.Grants?.some(({ GrantId }) => GrantId === id) !== true) {
    throw new AwsError('NotFoundException', `Grant ID ${id} not found`);
  }
  proceed(context, { DryRun });
  edit(context, found, (edited) => {
    const left = (edited.Grants ?? []).filter(({ GrantId }) => GrantId !== id);
    if (left.length === 0) delete edited.Grants;
    else edited.Grants = left;
  });
}
