import { describe, expect, it } from 'vitest';
import { connect } from '../aws/send.js';
import { diff } from '../estate/diff.js';
import { Fork } from '../estate/fork.js';
import type { MemoryEstate } from '../estate/memory-estate.js';
import type { ApiCall, Send } from '../reference/api-call.js';
import { ApiError } from '../reference/api-error.js';
import { inProcessDoor } from '../twin/in-process-door.js';
import { Twin } from '../twin/twin.js';
import { collectors } from './catalogue.js';
import { collectEstate } from './collect-estate.js';
import { everyType, everyTypeEstate } from './every-type.fixture.js';

const now = new Date('2026-03-01T00:00:00.000Z');

/** The real SDK, in process, against a twin of the estate. */
function twinOf(estate: MemoryEstate): Send {
  const twin = new Twin({ estate: new Fork(estate), clock: () => now });
  const { send } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: estate.header.accounts[0]?.regions[0] ?? '',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => performance.now(), sleep: () => Promise.resolve() },
  });
  return send;
}

const collectFrom = (estate: MemoryEstate, send: Send) =>
  collectEstate({
    ...estate.header,
    send,
    collectors,
    now,
    organizationId: 'o-exampleorg1',
    managementAccountId: '111111111111',
  });

describe.each([
  { partition: 'aws', regions: ['us-east-1', 'eu-west-1', 'eu-central-1'] },
  { partition: 'aws-us-gov', regions: ['us-gov-west-1', 'us-gov-east-1', 'us-gov-north-1'] },
  { partition: 'aws-cn', regions: ['cn-north-1', 'cn-northwest-1', 'cn-south-1'] },
] as const)('in partition $partition', (place) => {
  const estate = everyTypeEstate(place);

  it('an estate of every type, read from its twin, is that estate, and no call is made twice', async () => {
    const calls: ApiCall[] = [];
    const twin = twinOf(estate);
    const read = await collectFrom(estate, (call) => {
      calls.push(call);
      return twin(call);
    });
    expect(read.gaps).toEqual([]);
    expect(diff(estate, read)).toEqual([]);
    expect([...read.header.types].sort()).toEqual([...everyType].sort());
    expect([...new Set([...estate.all()].map(({ type }) => type))].sort()).toEqual([...everyType].sort());
    const names = calls.map((call) => JSON.stringify(call));
    expect(names).toHaveLength(new Set(names).size);
  });
});

describe('when everything but the listings is denied', () => {
  const place = { partition: 'aws', regions: ['us-east-1', 'eu-west-1', 'eu-central-1'] } as const;
  const estate = everyTypeEstate(place);
  const details =
    /^Get|^ListTags|^ListAccessKeys|^ListMFA|^ListTargets|^ListResourceTags|^ListQueueTags|^DescribeKey$|^DescribePolicy|^DescribeDocument|^ListGrants|^DescribeSecret$|^DescribeTable$|^DescribeFileSystemPolicy|^Describe\w+Attributes?$/;

  it('what is kept is true, what is missing is a gap, and nothing is made up', async () => {
    const twin = twinOf(estate);
    const send: Send = (call) =>
      details.test(call.operation) && call.operation !== 'GetAccountAuthorizationDetails'
        ? Promise.reject(new ApiError(call, 'AccessDenied', 'denied', 403))
        : twin(call);
    const read = await collectFrom(estate, send);
    for (const resource of read.all()) {
      const whole = estate.get(resource.type, resource.arn, resource.accountId);
      for (const [name, value] of Object.entries(withAttributes(resource.configuration))) {
        const real = withAttributes(whole?.configuration ?? {})[name];
        expect({ arn: resource.arn, [name]: value }).toEqual({ arn: resource.arn, [name]: real });
      }
    }
    const kept = (type: string) => [...read.all()].filter((resource) => resource.type === type);
    expect(kept('AWS::S3::Bucket').map(({ configuration }) => Object.keys(configuration).sort())).toEqual(
      kept('AWS::S3::Bucket').map(() => ['BucketRegion', 'CreationDate', 'Name']),
    );
    for (const type of ['AWS::Events::Rule', 'AWS::SSM::Document', 'AWS::Organizations::Policy']) {
      expect(kept(type)).toEqual([]);
      expect(read.gaps.some((gap) => gap.types.includes(type as never) && gap.resourceArn === undefined)).toBe(true);
    }
    const denied = new Set(read.gaps.map(({ operation }) => operation));
    expect(denied).toContain('GetBucketPolicy');
    expect(denied).toContain('ListAccessKeys');
    expect(denied).toContain('GetAccountPasswordPolicy');
  });
});

/** The members of a configuration, those of `Attributes` among them. */
function withAttributes(configuration: object): Record<string, unknown> {
  const { Attributes, ...members } = configuration as Record<string, unknown>;
  return { ...members, ...(Attributes as object | undefined) };
}
