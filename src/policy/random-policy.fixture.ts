import type { SeededRandom } from '../base/ports.js';

/** Random policies over a small vocabulary, chosen so that statements overlap, contradict and imply each other. */
export function randomPolicy(
  random: SeededRandom,
  { statements = 4, conditions = 2, denies = 0.4, principals = true }: Partial<RandomPolicyOptions> = {},
): object {
  const count = 1 + random.below(statements);
  const Statement = Array.from({ length: count }, (_, index) => {
    const Effect = index > 0 && random.chance(denies) ? 'Deny' : 'Allow';
    const who = principals ? { [random.chance(0.12) ? 'NotPrincipal' : 'Principal']: random.pick(PRINCIPALS) } : {};
    return {
      Effect,
      ...who,
      [random.chance(0.15) ? 'NotAction' : 'Action']: some(random, ACTIONS, 3),
      [random.chance(0.15) ? 'NotResource' : 'Resource']: some(random, RESOURCES, 3),
      ...conditionsOf(random, random.below(conditions + 1)),
    };
  });
  return { Version: '2012-10-17', Statement };
}

interface RandomPolicyOptions {
  readonly statements: number;
  readonly conditions: number;
  readonly denies: number;
  readonly principals: boolean;
}

const ACTIONS = [
  's3:GetObject',
  's3:Get*',
  's3:*',
  '*',
  's3:PutObject',
  's3:Put*',
  's3:*Object',
  's3:DeleteObject?*',
  'ec2:Describe*',
  'S3:getobject',
  's3:?etObject',
];
const RESOURCES = [
  '*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/home/*',
  'arn:aws:s3:::*/home/*',
  'arn:aws:s3:::b/*.txt',
  'arn:aws:s3:::b/home/a?.txt',
  'arn:aws:s3:::*log*',
  'arn:aws:s3:::b/home/ab.txt',
  'arn:aws:s3:::c/*',
  'arn:aws:s3:::b/${*}',
  'arn:aws:sqs:*:111122223333:q*',
];
const PRINCIPALS = [
  '*',
  { AWS: '*' },
  { AWS: '111122223333' },
  { AWS: 'arn:aws:iam::111122223333:root' },
  { AWS: 'arn:aws:iam::444455556666:role/app' },
  { AWS: ['arn:aws:iam::111122223333:user/bob', '444455556666'] },
  { AWS: ['arn:aws:sts::444455556666:assumed-role/app/one', 'arn:aws:iam::444455556666:role/app', '444455556666'] },
  { Service: 'ec2.amazonaws.com' },
  { Federated: 'accounts.google.com' },
];

type Draw = readonly [operators: readonly string[], keys: readonly string[], values: readonly string[], most: number];

const TEXT = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'];
const FOLDED = ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'];
const ORDERED = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];
const QUANTIFIERS = ['ForAnyValue:', 'ForAllValues:'];

const DRAWS: readonly Draw[] = [
  [[...TEXT, ...FOLDED], ['aws:PrincipalOrgID'], ['o-trusted0001', 'o-*', 'o-other', 'O-Trusted0001'], 2],
  [TEXT, ['aws:SourceVpce'], ['vpce-1', 'vpce-2', 'vpce-*', '?pce-1'], 2],
  [
    ['ArnLike', 'ArnNotLike', 'ArnEquals', 'ArnNotEquals'],
    ['aws:SourceArn'],
    [
      'arn:aws:sns:*:111122223333:*',
      'arn:aws:sns:us-east-1:*:t',
      'arn:aws:s3:::b*',
      'arn:*:sns:*:*:t*',
      'sns',
      'arn:aws:sns',
    ],
    2,
  ],
  [
    ['ArnLike', 'ArnNotLike', 'StringLike', 'StringNotEquals'],
    ['aws:PrincipalArn'],
    ['arn:aws:iam::111122223333:user/*', 'arn:aws:iam::*:role/app', 'arn:aws:iam::444455556666:role/*', '*'],
    2,
  ],
  [['StringEquals', 'StringNotEquals'], ['aws:PrincipalAccount'], ['111122223333', '444455556666', '777788889999'], 2],
  [
    ['IpAddress', 'NotIpAddress'],
    ['aws:SourceIp'],
    ['10.0.0.0/8', '10.1.0.0/16', '203.0.113.7', '0.0.0.0/0', '2001:db8::/32'],
    2,
  ],
  [ORDERED.map((end) => `Numeric${end}`), ['s3:max-keys'], ['1', '10', '100'], 2],
  [
    ORDERED.map((end) => `Date${end}`),
    ['aws:CurrentTime'],
    ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '1970-01-01'],
    1,
  ],
  [['Bool'], ['aws:SecureTransport', 'aws:PrincipalIsAWSService'], ['true', 'false'], 1],
  [['Null'], ['aws:SourceVpce', 'aws:PrincipalOrgID', 'aws:TagKeys', 'aws:PrincipalArn'], ['true', 'false'], 1],
  [
    QUANTIFIERS.flatMap((quantifier) => TEXT.map((operator) => quantifier + operator)),
    ['aws:TagKeys'],
    ['team', 'env', 't*', 'cost?enter'],
    2,
  ],
  [
    QUANTIFIERS.flatMap((quantifier) => [`${quantifier}StringEquals`, `${quantifier}StringNotEquals`]),
    ['aws:SourceVpce'],
    ['vpce-1', 'vpce-2'],
    2,
  ],
  [['BinaryEquals'], ['example:Digest'], ['QmluYXJ5', 'AAAA'], 2],
  [TEXT, ['aws:username', 'aws:PrincipalType'], ['bob', 'b*', 'User', 'AssumedRole'], 2],
  [[...TEXT, ...FOLDED], ['aws:PrincipalServiceName'], ['ec2.amazonaws.com', 'EC2.amazonaws.com', 's3.*'], 2],
];

function conditionsOf(random: SeededRandom, count: number): object {
  const Condition: Record<string, Record<string, string[]>> = {};
  for (let index = 0; index < count; index++) {
    const [operators, keys, values, most] = random.pick(DRAWS);
    const operator = random.pick(operators);
    const suffix = operator === 'Null' || random.chance(0.75) ? '' : 'IfExists';
    (Condition[operator + suffix] ??= {})[random.pick(keys)] = some(random, values, most);
  }
  return count === 0 ? {} : { Condition };
}

function some<Item>(random: SeededRandom, items: readonly Item[], most: number): Item[] {
  return [...new Set(Array.from({ length: 1 + random.below(most) }, () => random.pick(items)))];
}
