import { describe, expect, it, test } from 'vitest';
import { constraintPattern } from './constraint-pattern.js';
import { constraintsOf, type Constraint } from './constraints.js';
import { services, type ServiceName } from './services.js';

const names = Object.keys(services) as ServiceName[];

function patternsIn({ pattern, item, key, value }: Constraint): string[] {
  const inner = [item, key, value].flatMap((each) => (each === undefined ? [] : patternsIn(each)));
  return pattern === undefined ? inner : [pattern, ...inner];
}

describe('the constraints of a service', () => {
  test.each<[ServiceName, string, string, Constraint]>([
    ['kms', 'GenerateRandomRequest', 'NumberOfBytes', { min: 1, max: 1024 }],
    ['iam', 'CreateUserRequest', 'UserName', { min: 1, max: 64, pattern: '[\\w+=,.@-]+' }],
    ['sts', 'AssumeRoleRequest', 'DurationSeconds', { min: 900, max: 43200 }],
    ['cloudtrail', 'EventSelector', 'ReadWriteType', { values: ['ReadOnly', 'WriteOnly', 'All'] }],
  ])('%s %s.%s', async (service, structure, member, expected) => {
    const found = (await constraintsOf(service)).get(structure)?.get(member);
    expect(found ?? {}).toEqual(expected);
  });

  it('are there for every service', async () => {
    const counts = await Promise.all(
      names.map(async (name) => [...(await constraintsOf(name)).values()].reduce((sum, { size }) => sum + size, 0)),
    );
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6926);
  });

  it('accept the values that only the installed SDK knows', async () => {
    const values = (await constraintsOf('organizations')).get('CreatePolicyRequest')?.get('Type')?.values;
    const { PolicyType } = await services.organizations.load();
    expect(values).toEqual(expect.arrayContaining(Object.values(PolicyType)));
  });
});

describe("AWS's patterns", () => {
  test.each([
    ['[\\w+=,.@-]+', 'alice@example.com', true],
    ['[\\w+=,.@-]+', 'alice smith', false],
    ['[\\w+=,.@-]+', 'alice\nsmith', false],
    ['(?s).*', 'two\nlines', true],
    ['(?i)all|[0-9]{12}', 'ALL', true],
    ['[\\p{L}]+', 'é漢', true],
    ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*', 'a😀', true],
  ])('%s on %j: %s', (pattern, text, matches) => {
    expect(constraintPattern(pattern)?.test(text)).toBe(matches);
  });

  it('that JavaScript cannot check, or not in bounded time, are a class that only Java has and two of HTTP headers', async () => {
    const all = new Set<string>();
    for (const name of names) {
      for (const members of (await constraintsOf(name)).values()) {
        for (const constraint of members.values()) for (const pattern of patternsIn(constraint)) all.add(pattern);
      }
    }
    const unchecked = [...all].filter((pattern) => constraintPattern(pattern) === undefined);
    expect(unchecked.toSorted()).toEqual([
      '\\p{Print}+',
      '^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$',
      '^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$',
    ]);
    expect(all.size).toBe(334);
  });

  it('that use what only Java has are not checked', () => {
    expect(constraintPattern('[a-z&&[^b]]')).toBeUndefined();
    expect(constraintPattern('\\Aabc\\z')).toBeUndefined();
    expect(constraintPattern('a++')).toBeUndefined();
  });
});
