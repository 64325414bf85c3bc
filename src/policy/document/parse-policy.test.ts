import { describe, expect, it, test } from 'vitest';
import { DOCUMENT_CHARACTERS_MAX, parsePolicy } from './parse-policy.js';
import type { PolicyKind } from './policy-kinds.js';
import { resourceTemplate, templateText } from './template.js';

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const problemsOf = (text: string, kind: PolicyKind = 'identity') => {
  const parsed = parsePolicy(text, kind, 'case');
  return parsed.ok ? [] : parsed.problems;
};

describe('a policy', () => {
  it('of every kind is read, with or without principals and resources as the kind has it', () => {
    const { Resource: _, ...anywhere } = statement;
    const open = { ...statement, Principal: '*' };
    const kinds: Record<PolicyKind, object> = {
      identity: statement,
      boundary: statement,
      session: statement,
      scp: statement,
      rcp: open,
      resource: open,
      trust: { ...anywhere, Principal: '*' },
      key: open,
      vpcEndpoint: open,
    };
    for (const [kind, Statement] of Object.entries(kinds)) {
      expect(problemsOf(JSON.stringify({ Version: '2012-10-17', Statement }), kind as PolicyKind), kind).toEqual([]);
    }
  });

  it('may have one statement or a list, and one value or a list, without a version the older language', () => {
    const one = parsePolicy(JSON.stringify({ Statement: statement }), 'identity', 'one');
    const many = parsePolicy(
      JSON.stringify({ Statement: [{ ...statement, Action: ['s3:GetObject'] }] }),
      'identity',
      'one',
    );
    if (!one.ok || !many.ok) throw new Error('they are not read');
    expect(one.policy.version).toBe('2008-10-17');
    expect(one.policy.statements).toEqual(many.policy.statements);
  });

  it('that is wrong in several places says all of them, each with path, line and column', () => {
    const text = JSON.stringify(
      { Version: '2012-10-17', Statement: [statement, { Effect: 'Maybe', Action: 's3', Resource: 'b' }] },
      undefined,
      2,
    );
    expect(problemsOf(text).map(({ code, path, position }) => [code, path, position])).toEqual([
      ['INVALID_EFFECT', '$.Statement[1].Effect', { line: 10, column: 17 }],
      ['INVALID_ACTION', '$.Statement[1].Action', { line: 11, column: 17 }],
      ['INVALID_ARN_PREFIX', '$.Statement[1].Resource', { line: 12, column: 19 }],
    ]);
  });

  it('past the limits of size and depth is refused and says so', () => {
    const long = JSON.stringify({ Statement: { ...statement, Sid: 'x'.repeat(DOCUMENT_CHARACTERS_MAX) } });
    expect(problemsOf(long)).toMatchObject([{ code: 'DOCUMENT_TOO_LARGE', path: '$' }]);
    const deep = `{"Statement":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(problemsOf(deep)).toMatchObject([
      { code: 'DOCUMENT_TOO_LARGE', message: expect.stringContaining('16 levels') as string },
    ]);
  });

  it('that is wrong everywhere says a hundred things and no more', () => {
    const Statement = Array.from({ length: 300 }, () => ({ ...statement, Effect: 'Maybe' }));
    expect(problemsOf(JSON.stringify({ Statement }))).toHaveLength(100);
  });
});

describe('principals', () => {
  const read = (Principal: unknown) =>
    parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Principal } }), 'resource', 'case');
  test.each<[unknown, object[]]>([
    ['*', [{ kind: 'everyone' }]],
    [{ AWS: '*' }, [{ kind: 'everyone' }]],
    [{ AWS: '111122223333' }, [{ kind: 'account', accountId: '111122223333' }]],
    [{ AWS: 'arn:aws-cn:iam::111122223333:root' }, [{ kind: 'account', accountId: '111122223333' }]],
    [{ AWS: 'arn:aws:iam::111122223333:user/a/b' }, [{ kind: 'identity' }]],
    [{ AWS: 'arn:aws:sts::111122223333:assumed-role/r/s' }, [{ kind: 'session', roleName: 'r', sessionName: 's' }]],
    [{ AWS: 'arn:aws:sts::111122223333:federated-user/bob' }, [{ kind: 'identity' }]],
    [{ AWS: 'AIDAEXAMPLEEXAMPLE123' }, [{ kind: 'uniqueId' }]],
    [{ Service: ['s3.amazonaws.com', '*'] }, [{ kind: 'service', name: 's3.amazonaws.com' }, { kind: 'everyone' }]],
    [{ Federated: 'accounts.google.com' }, [{ kind: 'federated', provider: 'accounts.google.com' }]],
    [{ CanonicalUser: 'a'.repeat(64) }, [{ kind: 'canonicalUser', id: 'a'.repeat(64) }]],
  ])('%j', (given, expected) => {
    const parsed = read(given);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.policy.statements[0]?.principal?.patterns).toMatchObject(expected);
  });

  test.each<[unknown, string, string]>([
    ['arn:aws:iam::111122223333:root', 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal'],
    [{ AWS: 'arn:aws:iam::111122223333:user/*' }, 'UNSUPPORTED_WILDCARD_IN_PRINCIPAL', '$.Statement.Principal.AWS'],
    [
      { AWS: 'arn:aws:sts::111122223333:assumed-role/r/*' },
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
      '$.Statement.Principal.AWS',
    ],
    [{ AWS: 'x1111222233334' }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.AWS'],
    [{ AWS: ['*', 'arn:aws:iam::111122223333:group/g'] }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.AWS[1]'],
    [{ Service: 's3' }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.Service'],
    [{ Service: 's3.*.com' }, 'UNSUPPORTED_WILDCARD_IN_PRINCIPAL', '$.Statement.Principal.Service'],
    [{ Federated: '' }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.Federated'],
    [
      { Federated: 'arn:aws:iam::1:saml-provider/*' },
      'UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
      '$.Statement.Principal.Federated',
    ],
    [{ CanonicalUser: `${'a'.repeat(64)}b` }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.CanonicalUser'],
    [{ CanonicalUser: `x${'a'.repeat(64)}` }, 'INVALID_PRINCIPAL_FORMAT', '$.Statement.Principal.CanonicalUser'],
    [{ User: 'ann' }, 'INVALID_PRINCIPAL_KEY', '$.Statement.Principal.User'],
  ])('%j is refused', (given, code, path) => {
    const parsed = read(given);
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ code, path, position: { line: 1 } }]);
  });
});

describe('policy variables', () => {
  test.each<[string, object[]]>([
    [
      'arn:aws:s3:::b/${aws:username}/*',
      [{ text: 'arn:aws:s3:::b/' }, { kind: 'variable', key: 'aws:username' }, { text: '/*' }],
    ],
    ['arn:aws:s3:::${AWS:Username}', [{ text: 'arn:aws:s3:::' }, { kind: 'variable', key: 'aws:username' }]],
    [
      "arn:aws:s3:::b/${ aws:username , 'a b' }",
      [{ text: 'arn:aws:s3:::b/' }, { kind: 'variable', key: 'aws:username', fallback: 'a b' }],
    ],
    ["arn:aws:s3:::b/${aws:username, ''}", [{ text: 'arn:aws:s3:::b/' }, { kind: 'variable', fallback: '' }]],
    [
      'arn:aws:s3:::b/${*}${?}${$}',
      [
        { text: 'arn:aws:s3:::b/' },
        { kind: 'literal', text: '*' },
        { kind: 'literal', text: '?' },
        { kind: 'literal', text: '$' },
      ],
    ],
    [
      'arn:aws:sqs:${aws:RequestedRegion}:1:q',
      [
        { kind: 'text', text: 'arn:aws:sqs:${aws:RequestedRegion}:1:' },
        { kind: 'text', text: 'q' },
      ],
    ],
    ['arn:aws:sqs:*', [{ kind: 'text', text: 'arn:aws:sqs:*' }]],
  ])('%s', (text, expected) => {
    const template = resourceTemplate(text, true);
    expect(template).toHaveLength(expected.length);
    expect(template).toMatchObject(expected);
    expect(resourceTemplate(text, false)).toEqual([{ kind: 'text', text }]);
  });

  it('are written again as they were', () => {
    const text = "arn:aws:s3:::b/${aws:username, 'x'}/${*}/${aws:PrincipalTag/team}";
    expect(templateText(resourceTemplate(text, true))).toBe(text.replace('aws:PrincipalTag', 'aws:principaltag'));
  });
});
