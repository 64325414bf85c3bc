import { AwsError } from '../../aws-error.js';

/** A statement as it is given: anything may be in it until it was checked. */
type Statement = Readonly<Record<string, unknown>>;

const TOP = new Set(['Version', 'Id', 'Statement']);
const IN_STATEMENT = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

const malformed = (message: string): AwsError => new AwsError('MalformedPolicyDocument', message, { status: 400 });
const syntaxError = (): AwsError => malformed('Syntax errors in policy.');

/**
 * Checks the policy of a user, group or role, or a managed policy, as IAM does on every write, and answers it
 * URL-encoded, which is how IAM shows documents.
 *
 * Source: IAM user guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language".
 * @throws AwsError MalformedPolicyDocument with IAM's own text.
 */
export function identityPolicy(document: string): string {
  const statements = readStatements(document);
  if (statements.some((each) => 'Principal' in each || 'NotPrincipal' in each)) {
    throw malformed('Policy document should not specify a principal.');
  }
  requireUniqueSids(statements);
  for (const statement of statements) {
    const actions = textsOf(statement, 'Action', 'NotAction');
    if (actions.length === 0) throw malformed('Policy statement must contain actions.');
    const resources = textsOf(statement, 'Resource', 'NotResource');
    if (resources.length === 0) throw malformed('Policy statement must contain resources.');
    for (const resource of resources) {
      if (resource === '*' || resource.startsWith('arn:')) continue;
      throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
    requireVendors(actions);
  }
  return encodeURIComponent(document);
}

/** Checks a role's trust policy and answers it URL-encoded. As `identityPolicy`. */
export function trustPolicy(document: string): string {
  const statements = readStatements(document);
  requireUniqueSids(statements);
  for (const statement of statements) {
    if ('Resource' in statement || 'NotResource' in statement) throw malformed('Has prohibited field Resource');
    if (!('Principal' in statement) && !('NotPrincipal' in statement)) {
      throw malformed('Missing required field Principal');
    }
    const actions = textsOf(statement, 'Action', 'NotAction');
    if (actions.length === 0) throw malformed('Missing required field Action');
    if (actions.some((action) => action !== '*' && !action.toLowerCase().startsWith('sts:'))) {
      throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    }
  }
  return encodeURIComponent(document);
}

/** The length that IAM counts against its quotas: white space is free. */
export function countedLength(document: string): number {
  return document.replace(/\s/g, '').length;
}

function readStatements(document: string): Statement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw syntaxError();
  }
  if (!isObject(policy) || Object.keys(policy).some((name) => !TOP.has(name))) throw syntaxError();
  const statements = [policy['Statement']].flat();
  if (policy['Statement'] === undefined || statements.length === 0 || !statements.every(isStatement))
    throw syntaxError();
  const version = policy['Version'];
  if (version === undefined || version === '2008-10-17') {
    throw malformed('Policy document must be version 2012-10-17 or greater.');
  }
  if (version !== '2012-10-17') throw syntaxError();
  return statements;
}

function isStatement(value: unknown): value is Statement {
  if (!isObject(value) || Object.keys(value).some((name) => !IN_STATEMENT.has(name))) return false;
  if (value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny') return false;
  if ('Action' in value && 'NotAction' in value) return false;
  if ('Resource' in value && 'NotResource' in value) return false;
  const conditions = value['Condition'];
  if (conditions !== undefined && (!isObject(conditions) || !Object.values(conditions).every(isObject))) return false;
  return ['Action', 'NotAction', 'Resource', 'NotResource'].every(
    (name) => !(name in value) || [value[name]].flat().every((text) => typeof text === 'string'),
  );
}

function textsOf(statement: Statement, ...names: readonly string[]): string[] {
  return names.flatMap((name) => [statement[name] ?? []].flat() as string[]);
}

function requireUniqueSids(statements: readonly Statement[]): void {
  const sids = statements.flatMap(({ Sid }) => (typeof Sid === 'string' && Sid !== '' ? [Sid] : []));
  if (new Set(sids).size < sids.length)
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
}

function requireVendors(actions: readonly string[]): void {
  for (const action of actions) {
    if (action === '*') continue;
    const [vendor = '', ...rest] = action.split(':');
    if (rest.length === 0) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
    if (rest.length > 1) throw malformed('Actions/Condition can contain only one colon.');
    if (!/^[A-Za-z0-9.-]+$/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
