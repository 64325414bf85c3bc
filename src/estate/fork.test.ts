import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Resource } from './estate.js';
import { Fork } from './fork.js';
import { allTypes, header, ListEstate, lookUps, resource, scope, sorted } from './identities.fixture.js';
import { MemoryEstate } from './memory-estate.js';

/** What can be done to a fork; `fork` goes on with a fork of it. */
type Step = { readonly kind: 'put' | 'remove'; readonly resource: Resource } | { readonly kind: 'fork' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('put' as const, 'remove' as const), resource }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fork' as const }) },
);
const base = fc.array(resource, { maxLength: 20 });

function apply(fork: Fork, model: ListEstate, steps: readonly Step[]): Fork {
  let current = fork;
  for (const each of steps) {
    if (each.kind === 'fork') {
      current = new Fork(current);
      continue;
    }
    current[each.kind](each.resource);
    model[each.kind](each.resource);
  }
  return current;
}

describe('a fork', () => {
  it('behaves as a deep copy with the same edits', () => {
    fc.assert(
      fc.property(base, fc.array(step, { maxLength: 25 }), scope, (resources, steps, within) => {
        const model = new ListEstate(resources);
        const fork = apply(new Fork(new MemoryEstate(header, resources)), model, steps);
        expect(sorted(fork.all(within))).toEqual(sorted(model.inScope(within)));
        for (const type of allTypes)
          expect(sorted(fork.list(type, within))).toEqual(sorted(model.inScope(within, type)));
      }),
      { numRuns: 300 },
    );
  });

  it('looks up what a deep copy with the same edits would', () => {
    fc.assert(
      fc.property(base, fc.array(step, { maxLength: 25 }), (resources, steps) => {
        const model = new ListEstate(resources);
        const fork = apply(new Fork(new MemoryEstate(header, resources)), model, steps);
        for (const [type, arn, accountId] of lookUps) {
          const candidates = sorted(model.candidates(type, arn, accountId));
          const found = fork.get(type, arn, accountId);
          if (candidates.length === 0) expect(found).toBeUndefined();
          else expect(candidates).toContain(sorted(found === undefined ? [] : [found])[0]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves its base, and the fork it was made from, as they were', () => {
    fc.assert(
      fc.property(
        base,
        fc.array(step, { maxLength: 15 }),
        fc.array(step, { maxLength: 15 }),
        (resources, before, after) => {
          const estate = new MemoryEstate(header, resources);
          const first = apply(new Fork(estate), new ListEstate(resources), before);
          const [whole, forked] = [sorted(estate.all()), sorted(first.all())];
          apply(new Fork(first), new ListEstate(), after);
          expect(sorted(estate.all())).toEqual(whole);
          expect(sorted(first.all())).toEqual(forked);
        },
      ),
    );
  });

  it('shares what it did not change with its base', () => {
    const one = {
      arn: 'arn:aws:s3:::b',
      type: 'AWS::S3::Bucket',
      accountId: '111111111111',
      region: 'eu-west-1',
    } as const;
    const bucket = { ...one, configuration: { Name: 'b', BucketRegion: 'eu-west-1' } };
    const fork = new Fork(new MemoryEstate(header, [bucket]));
    expect(fork.get('AWS::S3::Bucket', bucket.arn)).toBe(bucket);
  });
});
