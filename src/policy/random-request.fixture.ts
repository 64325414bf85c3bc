import type { SeededRandom } from '../base/ports.js';
import { isManyValued } from './document/many-valued-keys.js';
import { accessRequest, type AccessRequest } from './evaluate/access-request.js';
import type { Principal } from './evaluate/principal.js';
import { parseIpRange } from './pattern/ip-range.js';
import { literal } from './pattern/token-pattern.js';
import { absent } from './reason/axioms.js';
import { and, type Formula } from './reason/formula.js';
import { PRINCIPAL, principalText } from './reason/principal-dimension.js';
import type { Predicate, Space } from './reason/space.js';
import { ACTION, RESOURCE } from './reason/statement-formula.js';

/** A random request in the vocabulary of `randomPolicy`, and a little beside it. */
export function randomRequest(random: SeededRandom): AccessRequest {
  const context: Record<string, string | readonly string[]> = {};
  for (const [key, values] of Object.entries(CONTEXT)) {
    if (random.chance(0.35)) continue;
    if (!isManyValued(key.toLowerCase(), false)) context[key] = random.pick(values);
    else context[key] = values.filter(() => random.chance(0.4));
  }
  return accessRequest({
    principal: random.pick(PRINCIPALS),
    action: random.pick(ACTIONS),
    resource: random.pick(RESOURCES),
    context,
  });
}

/** The request itself as a formula over the dimensions that a space has so far. */
export function requestFormula(space: Space, request: AccessRequest): Formula {
  const text = (value: string): Predicate => ({ kind: 'text', pattern: literal(value) });
  const parts: Formula[] = [];
  for (const { name, kind, many } of [...space.dimensions.values()]) {
    const core = coreValue(request, name);
    const values = request.context.get(name) ?? [];
    const [value] = values;
    if (core !== undefined) parts.push(space.test(name, { kind }, [text(core)]));
    else if (value === undefined) parts.push(absent(space, name));
    else if (many) {
      parts.push(space.elements(name, values.map(text), { quantifier: 'every' }));
      for (const one of values) parts.push(space.elements(name, [text(one)], { quantifier: 'some' }));
    } else if (kind === 'text') parts.push(space.test(name, { kind }, [text(value)]));
    else parts.push(space.test(name, { kind }, [pointOf(kind, value)]));
  }
  return and(parts);
}

function coreValue(request: AccessRequest, dimension: string): string | undefined {
  if (dimension === PRINCIPAL) return principalText(request.principal);
  if (dimension === ACTION) return request.action.toLowerCase();
  return dimension === RESOURCE ? request.resource : undefined;
}

function pointOf(kind: 'number' | 'address', value: string): Predicate {
  if (kind === 'number') {
    const number = Number(value);
    return { kind, range: { low: number, lowOpen: false, high: number, highOpen: false } };
  }
  const range = parseIpRange(value);
  if (range === undefined) throw new Error(`\`${value}\` is no address`);
  return { kind, range };
}

const PRINCIPALS: readonly Principal[] = [
  { kind: 'anonymous' },
  { kind: 'root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' },
  { kind: 'user', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
  { kind: 'user', arn: 'arn:aws:iam::777788889999:user/division/eve', accountId: '777788889999' },
  session('444455556666', 'app', 'one'),
  session('444455556666', 'path/app', 'one'),
  session('444455556666', 'app', 'two'),
  session('111122223333', 'other', 'one'),
  { kind: 'federatedUser', arn: 'arn:aws:sts::111122223333:federated-user/bob', accountId: '111122223333' },
  { kind: 'service', name: 'ec2.amazonaws.com' },
  { kind: 'service', name: 's3.amazonaws.com' },
  { kind: 'federated', provider: 'accounts.google.com' },
  { kind: 'canonicalUser', id: 'a'.repeat(64) },
];

function session(accountId: string, role: string, sessionName: string): Principal {
  return { kind: 'session', roleArn: `arn:aws:iam::${accountId}:role/${role}`, sessionName, accountId };
}

const ACTIONS = [
  's3:GetObject',
  's3:PUTOBJECT',
  's3:DeleteObjectTagging',
  's3:DeleteObject',
  'ec2:DescribeVpcs',
  'a:B',
];
const RESOURCES = [
  '*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/home/ab.txt',
  'arn:aws:s3:::b/home/x',
  'arn:aws:s3:::b/home/a:b.txt',
  'arn:aws:s3:::catalog/home/',
  'arn:aws:s3:::c/x.txt',
  'arn:aws:sqs:eu-west-1:111122223333:queue',
  'not an ARN',
];

const CONTEXT: Readonly<Record<string, readonly string[]>> = {
  'aws:PrincipalOrgID': ['o-trusted0001', 'O-TRUSTED0001', 'o-other', 'other'],
  'aws:SourceVpce': ['vpce-1', 'vpce-2', 'vpce-3', 'xpce-1'],
  'aws:SourceArn': [
    'arn:aws:sns:us-east-1:111122223333:t',
    'arn:aws:sns:eu-west-1:111122223333:t:x',
    'arn:aws:s3:::bucket',
    'sns',
    'arn:aws:sns',
  ],
  'aws:SourceIp': ['10.0.0.1', '10.1.2.3', '203.0.113.7', '2001:db8::1', '::1'],
  's3:max-keys': ['0', '1', '5.5', '10', '100', '1e3'],
  'aws:CurrentTime': ['1767225600', '1780272000', '1770000000', '1000000000'],
  'aws:SecureTransport': ['true', 'false', 'TRUE'],
  'aws:TagKeys': ['team', 'env', 'tier', 'cost-center', 'costcenter'],
  'example:Digest': ['QmluYXJ5', 'AAAA', 'aaaa'],
};
