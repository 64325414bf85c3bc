import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from './diff.js';
import type { Resource } from './estate.js';
import { Fork } from './fork.js';
import { header, identityOf, ListEstate, resource, sorted } from './identities.fixture.js';
import { MemoryEstate } from './memory-estate.js';

const base = fc.array(resource, { maxLength: 20 });
const edits = fc.array(fc.record({ kind: fc.constantFrom('put' as const, 'remove' as const), resource }), {
  maxLength: 20,
});
type Edits = readonly { readonly kind: 'put' | 'remove'; readonly resource: Resource }[];

function edited(from: Fork, steps: Edits): Fork {
  for (const each of steps) from[each.kind](each.resource);
  return from;
}

/** The slow, obvious difference: by identity and whole content. */
function slow(before: Iterable<Resource>, after: Iterable<Resource>): string[] {
  const [old, now] = [new ListEstate([...before]).resources, new ListEstate([...after]).resources];
  const changes: string[] = [];
  for (const [identity, each] of now) {
    const was = old.get(identity);
    if (was === undefined) changes.push(`added ${identity}`);
    else if (sorted([was])[0] !== sorted([each])[0]) changes.push(`changed ${identity}`);
  }
  for (const identity of old.keys()) if (!now.has(identity)) changes.push(`removed ${identity}`);
  return changes.sort();
}

const shown = (changes: ReturnType<typeof diff>) => changes.map((each) => `${each.kind} ${identityOf(each)}`).sort();

describe('the difference of two estates', () => {
  it('of an estate and itself is empty, and so is that of two equal copies', () => {
    fc.assert(
      fc.property(base, (resources) => {
        const estate = new MemoryEstate(header, resources);
        expect(diff(estate, estate)).toEqual([]);
        expect(diff(estate, new MemoryEstate(header, structuredClone(resources)))).toEqual([]);
        expect(diff(estate, new Fork(estate))).toEqual([]);
      }),
    );
  });

  it('is what a comparison of everything finds, whichever way it is computed', () => {
    fc.assert(
      fc.property(base, edits, edits, (resources, first, second) => {
        const estate = new MemoryEstate(header, resources);
        const one = edited(new Fork(estate), first);
        const two = edited(new Fork(one), second);
        const apart = (fork: Fork) => new MemoryEstate(header, fork.all());
        for (const [before, after] of [
          [estate, two],
          [one, two],
          [two, one],
          [apart(one), apart(two)],
          [one, apart(two)],
          [two, estate],
        ] as const) {
          expect(shown(diff(before, after))).toEqual(slow(before.all(), after.all()));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is empty again after every edit is undone', () => {
    fc.assert(
      fc.property(base, edits, (resources, steps) => {
        const estate = new MemoryEstate(header, resources);
        const fork = edited(new Fork(estate), steps);
        for (const { before, after } of diff(estate, fork)) {
          if (before !== undefined) fork.put(structuredClone(before));
          else if (after !== undefined) fork.remove(after);
        }
        expect(diff(estate, fork)).toEqual([]);
        expect(sorted(fork.all())).toEqual(sorted(estate.all()));
      }),
    );
  });

  it('names the deepest members that changed, lists whole', () => {
    const vpc = (configuration: object): Resource => ({
      arn: 'arn:aws:ec2:eu-west-1:111111111111:vpc/v',
      type: 'AWS::EC2::VPC',
      accountId: '111111111111',
      region: 'eu-west-1',
      configuration: configuration as never,
    });
    const before = new MemoryEstate(header, [vpc({ A: { B: 1, C: [1, 2] }, D: 1 })]);
    const after = new MemoryEstate(header, [vpc({ A: { B: 2, C: [1, 3] }, E: 1 })]);
    expect(diff(before, after)[0]?.paths).toEqual(['A.B', 'A.C', 'D', 'E']);
  });
});
