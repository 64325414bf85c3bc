import type { Input } from '../../reference/operations.js';
import type { RawStatement } from '../policy-document.js';

/** What AddPermission takes. */
export type Permission = Input<'lambda', 'AddPermission'>;

/** The conditions that AddPermission can write, by operator and key in lower case, with its parameter for each. */
const conditions: Readonly<Record<string, (value: string) => Partial<Permission>>> = {
  'arnlike aws:sourcearn': (SourceArn) => ({ SourceArn }),
  'stringequals aws:sourceaccount': (SourceAccount) => ({ SourceAccount }),
  'stringequals aws:principalorgid': (PrincipalOrgID) => ({ PrincipalOrgID }),
  'stringequals lambda:functionurlauthtype': (type) => ({ FunctionUrlAuthType: type === 'NONE' ? 'NONE' : 'AWS_IAM' }),
  'stringequals lambda:eventsourcetoken': (EventSourceToken) => ({ EventSourceToken }),
  'bool lambda:invokedviafunctionurl': (value) => ({ InvokedViaFunctionUrl: value === 'true' }),
};

/**
 * The AddPermission call that writes a statement again; `undefined` when none does.
 *
 * Source: Lambda API reference, "AddPermission".
 * @param arn the function's, without a version: its own policy is about nothing else.
 */
export function permissionOf(statement: RawStatement, FunctionName: string, arn: string): Permission | undefined {
  const { Sid, Effect, Resource, Condition, Principal, Action, ...others } = statement;
  const action = single(Action);
  const principal = principalOf(Principal);
  if (Effect !== 'Allow' || single(Resource) !== arn || Object.keys(others).length > 0) return undefined;
  if (typeof Sid !== 'string' || action === undefined || principal === undefined) return undefined;
  let permission: Permission = { FunctionName, StatementId: Sid, Action: action, Principal: principal };
  for (const [operator, keys] of Object.entries((Condition ?? {}) as Record<string, Record<string, unknown>>)) {
    for (const [key, values] of Object.entries(keys)) {
      const value = single(values);
      const written = conditions[`${operator} ${key}`.toLowerCase()];
      if (value === undefined || written === undefined) return undefined;
      permission = { ...permission, ...written(value) };
    }
  }
  return permission;
}

function principalOf(principal: unknown): string | undefined {
  if (typeof principal === 'string') return principal;
  if (principal === null || typeof principal !== 'object') return undefined;
  const [entry, ...others] = Object.entries(principal);
  if (entry === undefined || others.length > 0) return undefined;
  const [type, names] = entry;
  const name = single(names);
  if (name === undefined || (type !== 'AWS' && type !== 'Service')) return undefined;
  return name;
}

/** The one text of a member that may be a text or a list. */
function single(value: unknown): string | undefined {
  const [only, ...others] = [value].flat() as readonly unknown[];
  return typeof only === 'string' && others.length === 0 ? only : undefined;
}
