import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchScope, type Scope, type ScopeFacts } from './scope.js';

const facts: ScopeFacts = {
  controlId: 'EC2.13',
  accountId: '111122223333',
  path: ['Workloads', 'Prod'],
  region: 'eu-west-1',
  severity: 'HIGH',
  tags: { team: 'web', 'keep-open': '' },
};

describe('what a rule applies to', () => {
  const cases: readonly {
    name: string;
    scope: Scope | undefined;
    given?: Partial<ScopeFacts>;
    expect: true | string;
  }[] = [
    { name: 'no scope takes in everything', scope: undefined, expect: true },
    { name: 'an empty scope too', scope: {}, expect: true },
    { name: 'a control by name', scope: { controls: ['EC2.13'] }, expect: true },
    { name: 'all controls of a service', scope: { controls: ['EC2.*'] }, expect: true },
    { name: 'another control', scope: { controls: ['EC2.1'] }, expect: 'its control is not in scope' },
    { name: 'another account', scope: { accounts: ['444455556666'] }, expect: 'its account is not in scope' },
    { name: 'a unit above', scope: { organizationalUnits: ['Workloads'] }, expect: true },
    { name: 'the unit itself', scope: { organizationalUnits: ['Workloads/Prod'] }, expect: true },
    {
      name: 'a unit whose name only begins alike',
      scope: { organizationalUnits: ['Work'] },
      expect: 'its organizational unit is not in scope',
    },
    {
      name: 'a unit below',
      scope: { organizationalUnits: ['Workloads/Prod/Web'] },
      expect: 'its organizational unit is not in scope',
    },
    {
      name: 'a unit that is not known',
      scope: { organizationalUnits: ['Workloads'] },
      given: { path: undefined },
      expect: 'its organizational unit is not known',
    },
    {
      name: 'an exception on a unit that is not known',
      scope: { except: { organizationalUnits: ['Sandbox'] } },
      given: { path: undefined },
      expect: 'its organizational unit is not known, and some are excepted',
    },
    { name: 'a tag with its value', scope: { tags: { team: ['web', 'shop'] } }, expect: true },
    {
      name: 'a tag with another value',
      scope: { tags: { team: ['shop'] } },
      expect: 'its set of tags is not in scope',
    },
    { name: 'a tag with any value', scope: { tags: { 'keep-open': [] } }, expect: true },
    {
      name: 'a tag of the prototype is no tag',
      scope: { tags: { constructor: [] } },
      expect: 'its set of tags is not in scope',
    },
    {
      name: 'an exception by tag',
      scope: { controls: ['EC2.13'], except: { tags: { 'keep-open': [] } } },
      expect: 'its set of tags is excepted',
    },
    {
      name: 'an exception by tag where tags were not read',
      scope: { except: { tags: { 'keep-open': [] } } },
      given: { tags: undefined },
      expect: 'its set of tags is not known, and some are excepted',
    },
    {
      name: 'out for sure, whatever is not known',
      scope: { organizationalUnits: ['Workloads'], regions: ['us-east-1'] },
      given: { path: undefined },
      expect: 'its region is not in scope',
    },
    {
      name: 'everything named must hold',
      scope: { accounts: ['111122223333'], regions: ['us-east-1'] },
      expect: 'its region is not in scope',
    },
  ];
  it.each(cases)('$name', ({ scope, given, expect: wanted }) => {
    const { is, ...more } = matchScope(scope, { ...facts, ...given });
    expect([is, more]).toEqual(
      wanted === true ? ['in', {}] : [wanted.includes('not known') ? 'unknown' : 'out', { why: wanted }],
    );
  });

  it('knowing less never changes the answer but to unknown', () => {
    const some = (values: readonly string[]) =>
      fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
    const part = fc.record({
      accounts: some(['111122223333', '444455556666']),
      organizationalUnits: some(['Workloads', 'Sandbox']),
      regions: some(['eu-west-1', 'us-east-1']),
      tags: fc.option(fc.constantFrom({ team: ['web'] }, { team: [] }, { other: [] }), { nil: undefined }),
    });
    const scopes = fc.tuple(part, fc.option(part, { nil: undefined }));
    fc.assert(
      fc.property(scopes, fc.boolean(), fc.boolean(), ([named, except], hidePath, hideTags) => {
        const scope = JSON.parse(JSON.stringify({ ...named, except })) as Scope;
        const less = { ...facts, ...(hidePath ? { path: undefined } : {}), ...(hideTags ? { tags: undefined } : {}) };
        const known = matchScope(scope, facts).is;
        // What is known never contradicts what would be said if more were known.
        expect(['unknown', known]).toContain(matchScope(scope, less).is);
      }),
    );
  });
});
