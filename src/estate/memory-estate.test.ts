import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTypes, header, ListEstate, lookUps, resource, scope, sorted } from './identities.fixture.js';
import { MemoryEstate } from './memory-estate.js';

describe('an estate in memory', () => {
  it('lists in any scope what a plain list would, a later resource replacing an earlier one', () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 30 }), scope, (resources, within) => {
        const estate = new MemoryEstate(header, resources);
        const model = new ListEstate(resources);
        for (const type of allTypes)
          expect(sorted(estate.list(type, within))).toEqual(sorted(model.inScope(within, type)));
        expect(sorted(estate.all(within))).toEqual(sorted(model.inScope(within)));
      }),
    );
  });

  it('looks up the owner’s view of an ARN, or the view of the account that is named', () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 30 }), (resources) => {
        const estate = new MemoryEstate(header, resources);
        const model = new ListEstate(resources);
        for (const [type, arn, accountId] of lookUps) {
          const candidates = sorted(model.candidates(type, arn, accountId));
          const found = estate.get(type, arn, accountId);
          if (candidates.length === 0) expect(found).toBeUndefined();
          else expect(candidates).toContain(sorted(found === undefined ? [] : [found])[0]);
        }
      }),
    );
  });

  it('keeps the order in which the resources of a partition were given', () => {
    const vpc = (id: string) => ({
      arn: `arn:aws:ec2:eu-west-1:111111111111:vpc/${id}`,
      type: 'AWS::EC2::VPC' as const,
      accountId: '111111111111',
      region: 'eu-west-1',
      configuration: { VpcId: id },
    });
    const estate = new MemoryEstate(header, ['c', 'a', 'b'].map(vpc));
    expect([...estate.list('AWS::EC2::VPC')].map(({ configuration }) => configuration.VpcId)).toEqual(['c', 'a', 'b']);
  });

  it('answers the newer of two resources whose ARN names no account', () => {
    const bucket = (Name: string) => ({
      arn: 'arn:aws:s3:::b',
      type: 'AWS::S3::Bucket' as const,
      accountId: '111111111111',
      region: 'eu-west-1',
      configuration: { Name, BucketRegion: 'eu-west-1' },
    });
    const estate = new MemoryEstate(header, [bucket('old'), bucket('new')]);
    expect(estate.get('AWS::S3::Bucket', 'arn:aws:s3:::b')?.configuration.Name).toBe('new');
  });
});
