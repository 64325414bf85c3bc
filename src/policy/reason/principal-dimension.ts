import { principalArn, sessionArn, type Principal } from '../evaluate/principal.js';
import { characterSets, SEPARATOR } from '../pattern/character-set.js';
import { exactly, literal, many, type Token, type TokenPattern } from '../pattern/token-pattern.js';

/**
 * The principal as one dimension. Its text holds all that follows from who the principal is, so that `Principal`,
 * `aws:PrincipalArn`, `aws:PrincipalAccount` and their like are tests on one value and can never contradict each other:
 *
 *     AWS:<ARN of root, user, federated user, or role>␟<session name, for a role>
 *     Service:<name>   Federated:<provider>   CanonicalUser:<id>   Anonymous
 */
export const PRINCIPAL = 'principal';

const { any, noColon, digit, noSeparator, name, path } = characterSets;

/** The text of a principal in this dimension. */
export function principalText(principal: Principal): string {
  switch (principal.kind) {
    case 'session':
      return `AWS:${principal.roleArn}${SEPARATOR}${principal.sessionName}`;
    case 'root':
    case 'user':
    case 'federatedUser':
      return `AWS:${principalArn(principal) ?? ''}${SEPARATOR}`;
    case 'service':
      return `Service:${principal.name}`;
    case 'federated':
      return `Federated:${principal.provider}`;
    case 'canonicalUser':
      return `CanonicalUser:${principal.id}`;
    case 'anonymous':
      return 'Anonymous';
  }
}

/** The principal of a text of this dimension. */
export function principalFrom(text: string): Principal {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (text.startsWith('Service:')) return { kind: 'service', name: rest };
  if (text.startsWith('Federated:')) return { kind: 'federated', provider: rest };
  if (text.startsWith('CanonicalUser:')) return { kind: 'canonicalUser', id: rest };
  if (!text.startsWith('AWS:')) return { kind: 'anonymous' };
  const [arn = '', sessionName = ''] = rest.split(SEPARATOR);
  const accountId = arn.split(':')[4] ?? '';
  if (arn.includes(':role/')) return { kind: 'session', roleArn: arn, sessionName, accountId };
  if (arn.endsWith(':root')) return { kind: 'root', arn, accountId };
  return { kind: arn.includes(':sts:') ? 'federatedUser' : 'user', arn, accountId };
}

/** Everyone of an account. */
export function accountPattern(accountId: string): TokenPattern {
  return [...accountPrefix(), ...literal(accountId), ...literal(':'), many(any)];
}

function accountPrefix(): Token[] {
  return [...literal('AWS:arn:'), many(noColon), ...literal(':'), many(noColon), ...literal('::')];
}

/** A user or federated user, or every session of a role. */
export function identityPattern(arn: string): TokenPattern {
  const start = literal(`AWS:${arn}${SEPARATOR}`);
  return arn.includes(':role/') ? [...start, many(any)] : start;
}

/** One session, whatever the path of its role. */
export function sessionPatterns(accountId: string, roleName: string, sessionName: string): TokenPattern[] {
  const role = [...literal('AWS:arn:'), many(noColon), ...literal(`:iam::${accountId}:role/`)];
  const end = literal(`${roleName}${SEPARATOR}${sessionName}`);
  return [
    [...role, ...end],
    [...role, many(noSeparator), ...literal('/'), ...end],
  ];
}

/** The very session of a role given by its ARN; `undefined` when the session belongs to another role. */
export function exactSession(roleArn: string, arn: string): TokenPattern | undefined {
  const sessionName = arn.slice(arn.lastIndexOf('/') + 1);
  return sessionArn({ roleArn, sessionName }) === arn ? literal(`AWS:${roleArn}${SEPARATOR}${sessionName}`) : undefined;
}

/** The account's root user alone. */
export function rootPattern(accountId: string): TokenPattern {
  return [...literal('AWS:arn:'), many(noColon), ...literal(`:iam::${accountId}:root${SEPARATOR}`)];
}

/** Everyone who has an ARN and an account. */
export const withAccount: TokenPattern = [...literal('AWS:'), many(any)];

/** Every AWS service. */
export const services: TokenPattern = [...literal('Service:'), many(any)];

/** The kinds of principal by the value of `aws:PrincipalType`. */
export const typePatterns = {
  Account: [
    ...literal('AWS:arn:'),
    many(noColon),
    ...literal(':iam::'),
    many(noColon),
    ...literal(`:root${SEPARATOR}`),
  ],
  User: [...literal('AWS:arn:'), many(noColon), ...literal(':iam::'), many(noColon), ...literal(':user/'), many(any)],
  AssumedRole: [
    ...literal('AWS:arn:'),
    many(noColon),
    ...literal(':iam::'),
    many(noColon),
    ...literal(':role/'),
    many(any),
  ],
  FederatedUser: [
    ...literal('AWS:arn:'),
    many(noColon),
    ...literal(':sts::'),
    many(noColon),
    ...literal(':federated-user/'),
    many(any),
  ],
  Anonymous: literal('Anonymous'),
} as const satisfies Record<string, TokenPattern>;

/**
 * The key a principal decides, as patterns of this dimension: where it is present, and which principals have a value
 * that a pattern accepts. `undefined` for a key that the principal does not decide.
 */
export function principalKeyPatterns(key: string): PrincipalKey | undefined {
  switch (key) {
    case 'aws:principalarn':
      return {
        present: [withAccount],
        having: ({ tokens }) => [[...literal('AWS:'), ...tokens(noSeparator), ...literal(SEPARATOR), many(any)]],
      };
    case 'aws:principalaccount':
    case 'kms:calleraccount':
      return {
        present: [withAccount],
        having: ({ tokens }) => [[...accountPrefix(), ...tokens(noColon), ...literal(':'), many(any)]],
      };
    case 'aws:principaltype':
      return finite(Object.fromEntries(Object.entries(typePatterns).map(([type, pattern]) => [type, [pattern]])));
    case 'aws:principalisawsservice':
      return finite({ true: [services], false: [withAccount, ...nonAccounts] });
    case 'aws:principalservicename':
      return { present: [services], having: ({ tokens }) => [[...literal('Service:'), ...tokens(any)]] };
    case 'aws:username': {
      const user = [...literal('AWS:arn:'), many(noColon), ...literal(':iam::'), many(noColon), ...literal(':user/')];
      return {
        present: [typePatterns.User],
        having: ({ tokens }) => [
          [...user, ...tokens(name), ...literal(SEPARATOR)],
          [...user, many(path), ...literal('/'), ...tokens(name), ...literal(SEPARATOR)],
        ],
      };
    }
    default:
      return undefined;
  }
}

/** A context key that the principal decides. */
export interface PrincipalKey {
  /** The principals that have the key. */
  readonly present: readonly TokenPattern[];
  /** Those whose value passes a test. */
  readonly having: (value: ValueTest) => readonly TokenPattern[];
}

/** A condition value to be met: as tokens whose wildcards stand for a set, and as a test on one text. */
export interface ValueTest {
  readonly tokens: (set: (typeof characterSets)[keyof typeof characterSets]) => TokenPattern;
  readonly accepts: (value: string) => boolean;
}

/** Principals without an account that are no service. */
const nonAccounts: readonly TokenPattern[] = [
  [...literal('Federated:'), { kind: 'one', set: characterSets.any }, many(any)],
  [...literal('CanonicalUser:'), { kind: 'one', set: characterSets.any }, many(any)],
  literal('Anonymous'),
];

/** A key with a fixed list of values, each with the principals that have it. */
function finite(byValue: Readonly<Record<string, readonly TokenPattern[]>>): PrincipalKey {
  return {
    present: Object.values(byValue).flat(),
    having: ({ accepts }) =>
      Object.keys(byValue)
        .filter(accepts)
        .flatMap((value) => byValue[value] ?? []),
  };
}

/** The principals that exist in a partition: texts of any other shape are nobody. */
export function principalShapes(partition = 'aws'): readonly TokenPattern[] {
  const account = (service: string): Token[] => [
    ...literal(`AWS:arn:${partition}:${service}::`),
    ...exactly(12, digit),
  ];
  const end = literal(SEPARATOR);
  return [
    [...account('iam'), ...literal(`:root${SEPARATOR}`)],
    [...account('iam'), ...literal(':user/'), ...some(path), ...end],
    [...account('iam'), ...literal(':role/'), ...some(path), ...end, ...some(name)],
    [...account('sts'), ...literal(':federated-user/'), ...some(name), ...end],
    [...literal('Service:'), ...some(characterSets.action), ...literal('.amazonaws.com')],
    ...nonAccounts,
  ];
}

function some(set: typeof name | typeof path | typeof characterSets.action): Token[] {
  return [{ kind: 'one', set }, many(set)];
}
