import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../document/parse-policy.js';
import { statementName, type Policy } from '../document/policy.js';
import type { PolicyKind } from '../document/policy-kinds.js';
import type { AccessPath, IdentitySide, ResourceSide } from './access-path.js';
import { accessRequest } from './access-request.js';
import { decide, decisionText, type Layer } from './decide.js';
import { matchStatement } from './match-statement.js';
import { principalArn, principalKey, principalName, principalOf, type Principal } from './principal.js';

const OWN = '111122223333';
const OTHER = '444455556666';
const user: Principal = { kind: 'user', arn: `arn:aws:iam::${OWN}:user/team/mori`, accountId: OWN };
const session: Principal = {
  kind: 'session',
  roleArn: `arn:aws:iam::${OWN}:role/team/app`,
  sessionName: 's1',
  accountId: OWN,
};
const SESSION_ARN = `arn:aws:sts::${OWN}:assumed-role/app/s1`;

function policy(kind: PolicyKind, name: string, ...statements: object[]): Policy {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind, name);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}
const allow = (Sid: string, more: object = {}) => ({ Sid, Effect: 'Allow', Action: 's3:*', Resource: '*', ...more });
const deny = (Sid: string, more: object = {}) => ({ ...allow(Sid, more), Effect: 'Deny' });
const to = (AWS: string | string[]) => ({ Principal: { AWS } });
const own = (statement = allow('Own')) => policy('identity', 'own', statement);
const resource = (...statements: object[]) => policy('resource', 'resource', ...statements);

const identity = (more: Partial<IdentitySide> = {}): IdentitySide => ({
  accountId: OWN,
  isRoot: false,
  policies: [],
  controlLevels: [],
  ...more,
});
const side = (more: Partial<ResourceSide> = {}): ResourceSide => ({
  accountId: OWN,
  policies: [],
  policyRequired: false,
  controlLevels: [],
  ...more,
});
const judge = (principal: Principal, path: AccessPath, context: Record<string, string[]> = {}) =>
  decide(accessRequest({ principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context }), path);

interface Case {
  readonly name: string;
  readonly principal?: Principal;
  readonly path: AccessPath;
  readonly context?: Record<string, string[]>;
  readonly outcome: 'allow' | 'explicitDeny' | 'implicitDeny';
  readonly by?: readonly string[];
  readonly missing?: readonly Layer[];
}

const root = { isRoot: true };
const cases: readonly Case[] = [
  {
    name: 'by the identity',
    path: { identity: identity({ policies: [own()] }), resource: side() },
    outcome: 'allow',
    by: ['own#Own'],
  },
  {
    name: 'by nothing',
    path: { identity: identity(), resource: side() },
    outcome: 'implicitDeny',
    missing: ['identity policy'],
  },
  {
    name: 'by the resource, which names the user, without any policy of its own',
    path: { identity: identity(), resource: side({ policies: [resource(allow('Direct', to(user.arn)))] }) },
    outcome: 'allow',
    by: ['resource#Direct'],
  },
  {
    name: 'by the resource, which names the role, within its boundary',
    principal: session,
    path: {
      identity: identity({ boundary: policy('boundary', 'boundary', allow('Bound')) }),
      resource: side({ policies: [resource(allow('Role', to(session.roleArn)))] }),
    },
    outcome: 'allow',
    by: ['resource#Role', 'boundary#Bound'],
  },
  {
    name: 'by the resource, which names the role, but not by its boundary',
    principal: session,
    path: {
      identity: identity({ boundary: policy('boundary', 'boundary', allow('Bound', { Action: 'ec2:*' })) }),
      resource: side({ policies: [resource(allow('Role', to(session.roleArn)))] }),
    },
    outcome: 'implicitDeny',
    missing: ['permissions boundary'],
  },
  {
    name: 'by the resource, which names the session: its boundary does not count',
    principal: session,
    path: {
      identity: identity({ boundary: policy('boundary', 'boundary', allow('Bound', { Action: 'ec2:*' })) }),
      resource: side({ policies: [resource(allow('Session', to(SESSION_ARN)))] }),
    },
    outcome: 'allow',
    by: ['resource#Session'],
  },
  {
    name: 'by the identity, within boundary and session policy',
    principal: session,
    path: {
      identity: identity({
        policies: [own()],
        boundary: policy('boundary', 'boundary', allow('Bound')),
        session: [policy('session', 'session', allow('Session'))],
      }),
      resource: side(),
    },
    outcome: 'allow',
    by: ['own#Own', 'boundary#Bound', 'session#Session'],
  },
  {
    name: 'by the identity, but by neither boundary nor session policy',
    principal: session,
    path: {
      identity: identity({
        policies: [own()],
        boundary: policy('boundary', 'boundary', allow('Bound', { Action: 'ec2:*' })),
        session: [policy('session', 'session', allow('Session', { Action: 'ec2:*' }))],
      }),
      resource: side(),
    },
    outcome: 'implicitDeny',
    missing: ['permissions boundary', 'session policy'],
  },
  {
    name: 'with an empty list of session policies',
    principal: session,
    path: { identity: identity({ policies: [own()], session: [] }), resource: side() },
    outcome: 'allow',
    by: ['own#Own'],
  },
  {
    name: 'of a key, by its policy for the account and the identity',
    path: {
      identity: identity({ policies: [own()] }),
      resource: side({ policyRequired: true, policies: [resource(allow('Account', to(OWN)))] }),
    },
    outcome: 'allow',
    by: ['own#Own', 'resource#Account'],
  },
  {
    name: 'of a key, by the identity alone',
    path: { identity: identity({ policies: [own()] }), resource: side({ policyRequired: true }) },
    outcome: 'implicitDeny',
    missing: ['resource policy'],
  },
  {
    name: 'of a bucket whose policy also lets the account in: the identity is enough',
    path: {
      identity: identity({ policies: [own()] }),
      resource: side({ policies: [resource(allow('Account', to(OWN)))] }),
    },
    outcome: 'allow',
    by: ['own#Own'],
  },
  {
    name: 'by the first of several statements that name the user',
    path: {
      identity: identity(),
      resource: side({ policies: [resource(allow('First', to(user.arn)), allow('Second', to(user.arn)))] }),
    },
    outcome: 'allow',
    by: ['resource#First'],
  },
  ...[
    { name: 'the account', principals: OWN, by: 'Account' },
    { name: 'the user', principals: user.arn, by: 'Account' },
    { name: 'everyone', principals: '*', by: 'Account' },
  ].map(({ name, principals }): Case => ({
    name: `in another account, by both sides: the resource names ${name}`,
    path: {
      identity: identity({ policies: [own()] }),
      resource: side({ accountId: OTHER, policies: [resource(allow('Outside', to(principals)))] }),
    },
    outcome: 'allow',
    by: ['own#Own', 'resource#Outside'],
  })),
  {
    name: 'in another account, by the resource alone',
    path: {
      identity: identity(),
      resource: side({ accountId: OTHER, policies: [resource(allow('Outside', to(OWN)))] }),
    },
    outcome: 'implicitDeny',
    missing: ['identity policy'],
  },
  {
    name: 'in another account, by the identity alone',
    path: { identity: identity({ policies: [own()] }), resource: side({ accountId: OTHER }) },
    outcome: 'implicitDeny',
    missing: ['resource policy'],
  },
  {
    name: 'in another account, by neither',
    path: { identity: identity(), resource: side({ accountId: OTHER }) },
    outcome: 'implicitDeny',
    missing: ['resource policy', 'identity policy'],
  },
  {
    name: 'in another account, by a resource that Block Public Access restricts',
    path: {
      identity: identity({ policies: [own()] }),
      resource: side({ accountId: OTHER, restrictedToOwner: true, policies: [resource(allow('Outside', to('*')))] }),
    },
    outcome: 'implicitDeny',
    missing: ['block public access'],
  },
  {
    name: 'in its own account, by a resource that Block Public Access restricts',
    path: {
      identity: identity(),
      resource: side({ restrictedToOwner: true, policies: [resource(allow('Direct', to('*')))] }),
    },
    outcome: 'allow',
    by: ['resource#Direct'],
  },
  {
    name: 'of a service, by the resource',
    principal: { kind: 'service', name: 'logs.amazonaws.com' },
    path: {
      resource: side({ policies: [resource(allow('Service', { Principal: { Service: 'logs.amazonaws.com' } }))] }),
    },
    outcome: 'allow',
    by: ['resource#Service'],
  },
  {
    name: 'of a service, by a resource that Block Public Access restricts',
    principal: { kind: 'service', name: 'logs.amazonaws.com' },
    path: {
      resource: side({
        restrictedToOwner: true,
        policies: [resource(allow('Service', { Principal: { Service: 'logs.amazonaws.com' } }))],
      }),
    },
    outcome: 'allow',
    by: ['resource#Service'],
  },
  {
    name: 'of nobody, by a resource that Block Public Access restricts',
    principal: { kind: 'anonymous' },
    path: { resource: side({ restrictedToOwner: true, policies: [resource(allow('All', to('*')))] }) },
    outcome: 'implicitDeny',
    missing: ['block public access'],
  },
  {
    name: 'of nobody, by a resource for accounts',
    principal: { kind: 'anonymous' },
    path: { resource: side({ policies: [resource(allow('Account', to(OWN)))] }) },
    outcome: 'implicitDeny',
    missing: ['resource policy'],
  },
  {
    name: 'of the root user, without any policy',
    principal: { kind: 'root', arn: `arn:aws:iam::${OWN}:root`, accountId: OWN },
    path: { identity: identity(root), resource: side() },
    outcome: 'allow',
    by: [],
  },
  {
    name: 'by every level of control policies',
    path: {
      identity: identity({
        policies: [own()],
        controlLevels: [[policy('scp', 'scp/root', allow('Root'))], [policy('scp', 'scp/unit', allow('Unit'))]],
      }),
      resource: side({ controlLevels: [[policy('rcp', 'rcp/root', allow('Limit', { Principal: '*' }))]] }),
    },
    outcome: 'allow',
    by: ['scp/root#Root', 'scp/unit#Unit', 'rcp/root#Limit', 'own#Own'],
  },
  {
    name: 'but not by one level of each',
    path: {
      identity: identity({ policies: [own()], controlLevels: [[policy('scp', 'scp/root', allow('Root'))], []] }),
      resource: side({ controlLevels: [[]] }),
    },
    outcome: 'implicitDeny',
    missing: ['service control policy', 'resource control policy'],
  },
  {
    name: 'by the endpoint that it comes through',
    path: {
      identity: identity({ policies: [own()] }),
      resource: side(),
      endpoints: new Map([['vpce-1', policy('vpcEndpoint', 'endpoint', allow('Through', { Principal: '*' }))]]),
    },
    context: { 'aws:SourceVpce': ['vpce-1'] },
    outcome: 'allow',
    by: ['endpoint#Through', 'own#Own'],
  },
  {
    name: 'but not by the endpoint that it comes through',
    path: {
      identity: identity({ policies: [own()] }),
      resource: side(),
      endpoints: new Map([
        ['vpce-1', policy('vpcEndpoint', 'endpoint', allow('Through', { Principal: '*', Action: 'ec2:*' }))],
      ]),
    },
    context: { 'aws:SourceVpce': ['vpce-1'] },
    outcome: 'implicitDeny',
    missing: ['VPC endpoint policy'],
  },
  {
    name: 'through an endpoint that nothing is known of',
    path: { identity: identity({ policies: [own()] }), resource: side() },
    context: { 'aws:SourceVpce': ['vpce-2'] },
    outcome: 'allow',
    by: ['own#Own'],
  },
  {
    name: 'and denied by every policy that denies',
    path: {
      identity: identity({
        policies: [own(), policy('identity', 'more', deny('Never'))],
        controlLevels: [[policy('scp', 'scp', deny('Nobody'))]],
      }),
      resource: side({ policies: [resource(deny('Not', { Principal: '*' }))] }),
    },
    outcome: 'explicitDeny',
    by: ['scp#Nobody', 'more#Never', 'resource#Not'],
  },
];

describe('what decides a request', () => {
  it.each(cases)('allowed $name: $outcome', ({ principal = user, path, context, outcome, by = [], missing = [] }) => {
    const decision = judge(principal, path, context);
    expect(decision.outcome).toBe(outcome);
    expect(decision.decidedBy.map(statementName)).toEqual(by);
    expect(decision.missing).toEqual(missing);
  });

  it('is told in a line', () => {
    const nothing = judge(user, { identity: identity(), resource: side({ accountId: OTHER }) });
    expect(decisionText(nothing)).toBe('implicitDeny: no allow in resource policy, identity policy');
    const allowed = judge(user, { identity: identity({ policies: [own()] }), resource: side() });
    expect(decisionText(allowed)).toBe('allow by own#Own');
  });
});

describe('which element keeps a statement away', () => {
  const request = accessRequest({ principal: user, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} });
  const elsewhere = { Resource: 'arn:aws:s3:::other/*' };
  it.each([
    { statement: allow('S', to(OTHER)), element: 'Principal' },
    { statement: { ...deny('S'), NotPrincipal: { AWS: [user.arn, OWN] } }, element: 'NotPrincipal' },
    { statement: allow('S', { ...to('*'), Action: 'ec2:*' }), element: 'Action' },
    { statement: { Sid: 'S', Effect: 'Allow', ...to('*'), NotAction: 's3:*', Resource: '*' }, element: 'NotAction' },
    { statement: allow('S', { ...to('*'), ...elsewhere }), element: 'Resource' },
    {
      statement: { Sid: 'S', Effect: 'Allow', ...to('*'), Action: 's3:*', NotResource: 'arn:aws:s3:::b/*' },
      element: 'NotResource',
    },
    {
      statement: allow('S', { ...to('*'), Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      element: 'Condition.StringEquals.aws:PrincipalOrgID',
    },
    {
      statement: {
        Sid: 'S',
        Effect: 'Allow',
        ...to('*'),
        Action: 's3:*',
        NotResource: 'arn:aws:s3:::b/${aws:PrincipalTag/team}',
      },
      element: 'NotResource',
    },
  ])('$element', ({ statement, element }) => {
    const [only] = resource(statement).statements;
    expect(only && matchStatement(only, request)).toEqual({ applies: false, element });
  });

  it('none: it applies, and says how the principal was met', () => {
    const met = (principals: string) => matchStatement(resource(allow('S', to(principals))).statements[0]!, request);
    expect(met('*')).toEqual({ applies: true, principal: 'direct', unspecified: false });
    expect(met(user.arn)).toEqual({ applies: true, principal: 'direct', unspecified: false });
    expect(met(OWN)).toEqual({ applies: true, principal: 'account', unspecified: false });
    const both = resource(allow('S', to([OWN, user.arn]))).statements[0]!;
    expect(matchStatement(both, request)).toMatchObject({ principal: 'direct' });
  });
});

describe('principals', () => {
  const federated: Principal = { kind: 'federatedUser', arn: `arn:aws:sts::${OWN}:federated-user/f`, accountId: OWN };
  const rootUser: Principal = { kind: 'root', arn: `arn:aws:iam::${OWN}:root`, accountId: OWN };
  const service: Principal = { kind: 'service', name: 'logs.amazonaws.com' };
  const web: Principal = { kind: 'federated', provider: 'cognito-identity.amazonaws.com' };
  const canonical: Principal = { kind: 'canonicalUser', id: 'c'.repeat(64) };
  const nobody: Principal = { kind: 'anonymous' };

  it.each([
    { principal: rootUser, element: { AWS: OWN }, met: true },
    { principal: rootUser, element: { AWS: user.arn }, met: false },
    { principal: user, element: { AWS: user.arn }, met: true },
    { principal: session, element: { AWS: session.roleArn }, met: true },
    { principal: session, element: { AWS: SESSION_ARN }, met: true },
    { principal: session, element: { AWS: `${SESSION_ARN}2` }, met: false },
    { principal: federated, element: { AWS: federated.arn }, met: true },
    { principal: federated, element: { AWS: OWN }, met: true },
    { principal: service, element: { Service: service.name }, met: true },
    { principal: service, element: { Service: 'events.amazonaws.com' }, met: false },
    { principal: service, element: { AWS: OWN }, met: false },
    { principal: web, element: { Federated: web.provider }, met: true },
    { principal: web, element: { Federated: 'www.amazon.com' }, met: false },
    { principal: web, element: { Service: web.provider }, met: false },
    { principal: canonical, element: { CanonicalUser: canonical.id }, met: true },
    { principal: canonical, element: { CanonicalUser: 'd'.repeat(64) }, met: false },
    { principal: nobody, element: { AWS: '*' }, met: true },
    { principal: nobody, element: { AWS: OWN }, met: false },
    { principal: user, element: { AWS: 'AIDAEXAMPLEEXAMPLEEX' }, met: false },
  ])('$principal.kind is met by $element: $met', ({ principal, element, met }) => {
    const [statement] = resource(allow('S', { Principal: element })).statements;
    const request = accessRequest({ principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} });
    expect(statement && matchStatement(statement, request).applies).toBe(met);
  });

  it.each([
    { principal: rootUser, listed: { AWS: [OWN] }, spared: true },
    { principal: rootUser, listed: { AWS: [OTHER] }, spared: false },
    { principal: user, listed: { AWS: [OWN, user.arn] }, spared: true },
    { principal: user, listed: { AWS: [user.arn] }, spared: false },
    { principal: user, listed: { AWS: [OWN] }, spared: false },
    { principal: federated, listed: { AWS: [OWN, federated.arn] }, spared: true },
    { principal: federated, listed: { AWS: [OWN] }, spared: false },
    { principal: session, listed: { AWS: [OWN, session.roleArn, SESSION_ARN] }, spared: true },
    { principal: session, listed: { AWS: [OWN, session.roleArn] }, spared: false },
    { principal: session, listed: { AWS: [session.roleArn, SESSION_ARN] }, spared: false },
    { principal: service, listed: { Service: service.name }, spared: true },
    { principal: service, listed: { AWS: [OWN] }, spared: false },
    { principal: web, listed: { Federated: web.provider }, spared: true },
    { principal: web, listed: { Service: service.name }, spared: false },
    { principal: canonical, listed: { CanonicalUser: canonical.id }, spared: true },
    { principal: nobody, listed: { AWS: [OWN] }, spared: false },
    { principal: nobody, listed: { AWS: '*' }, spared: true },
  ])('a Deny for all but $listed spares $principal.kind: $spared', ({ principal, listed, spared }) => {
    const [statement] = resource({ ...deny('S'), NotPrincipal: listed }).statements;
    const request = accessRequest({ principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} });
    expect(statement && matchStatement(statement, request).applies).toBe(!spared);
    // One with a permissions boundary is never spared.
    expect(statement && matchStatement(statement, request, true).applies).toBe(true);
  });

  it.each([
    { principal: rootUser, arn: rootUser.arn, name: rootUser.arn, type: ['Account'], userName: [] },
    { principal: user, arn: user.arn, name: user.arn, type: ['User'], userName: ['mori'] },
    { principal: session, arn: SESSION_ARN, name: SESSION_ARN, type: ['AssumedRole'], userName: [] },
    { principal: federated, arn: federated.arn, name: federated.arn, type: ['FederatedUser'], userName: [] },
    { principal: service, arn: undefined, name: service.name, type: [], userName: [] },
    { principal: web, arn: undefined, name: web.provider, type: [], userName: [] },
    { principal: canonical, arn: undefined, name: canonical.id, type: [], userName: [] },
    { principal: nobody, arn: undefined, name: 'anonymous', type: ['Anonymous'], userName: [] },
  ])('$principal.kind: its ARN, name and keys', ({ principal, arn, name, type, userName }) => {
    expect(principalArn(principal)).toBe(arn);
    expect(principalName(principal)).toBe(name);
    expect(principalKey(principal, 'aws:principaltype')).toEqual(type);
    expect(principalKey(principal, 'aws:username')).toEqual(userName);
    const account = 'accountId' in principal ? [OWN] : [];
    expect(principalKey(principal, 'aws:principalaccount')).toEqual(account);
    expect(principalKey(principal, 'kms:calleraccount')).toEqual(account);
    const own = principal.kind === 'session' ? [session.roleArn] : arn === undefined ? [] : [arn];
    expect(principalKey(principal, 'aws:principalarn')).toEqual(own);
    const isService = principal.kind === 'service';
    expect(principalKey(principal, 'aws:principalisawsservice')).toEqual([String(isService)]);
    expect(principalKey(principal, 'aws:principalservicename')).toEqual(isService ? [service.name] : []);
    expect(principalKey(principal, 'aws:sourceip')).toBeUndefined();
  });

  it.each([
    { arn: rootUser.arn, principal: rootUser },
    { arn: user.arn, principal: user },
    { arn: federated.arn, principal: federated },
    { arn: session.roleArn, principal: { ...session, sessionName: 'session' } },
    { arn: SESSION_ARN, principal: { ...session, roleArn: `arn:aws:iam::${OWN}:role/app` } },
    {
      arn: `arn:aws:sts::${OWN}:assumed-role/app`,
      principal: { ...session, roleArn: `arn:aws:iam::${OWN}:role/app`, sessionName: 'session' },
    },
    {
      arn: `arn:aws-cn:sts::${OWN}:assumed-role/app/s1`,
      principal: { ...session, roleArn: `arn:aws-cn:iam::${OWN}:role/app` },
    },
    { arn: 'arn:aws:s3:::bucket', principal: undefined },
    { arn: `x${user.arn}`, principal: undefined },
    { arn: `arn:aws:iam::${OWN}:group/g`, principal: undefined },
    { arn: `arn:aws:iam::1:user/u`, principal: undefined },
  ])('$arn', ({ arn, principal }) => {
    expect(principalOf(arn)).toEqual(principal);
  });
});
