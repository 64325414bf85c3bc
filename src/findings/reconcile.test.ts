import { describe, expect, it } from 'vitest';
import type { AnyControl, Status } from '../controls/control.js';
import type { Result } from '../controls/evaluate.js';
import type { Finding, Workflow } from './finding.js';
import { isOpen, shortId } from './finding.js';
import { findingId } from './identity.js';
import { reconcile } from './reconcile.js';

const control = { id: 'KMS.4', severity: 'MEDIUM', resourceType: 'AWS::KMS::Key' } as unknown as AnyControl;
const monday = new Date('2026-03-02T00:00:00.000Z');
const tuesday = new Date('2026-03-03T00:00:00.000Z');
const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/k';

function result(status: Status): Result {
  return {
    controlId: 'KMS.4',
    accountId: '111122223333',
    region: 'eu-west-1',
    resourceType: 'AWS::KMS::Key',
    resourceArn: keyArn,
    status,
    reasons: [{ text: status }],
  };
}

function scan(before: readonly Finding[], statuses: readonly Status[], now: Date, covers = true): Finding[] {
  return reconcile(before, {
    partition: 'aws',
    now,
    controls: [control],
    results: statuses.map(result),
    covers: () => covers,
  });
}

describe('the lifecycle of a finding over repeated scans', () => {
  const cases: readonly {
    name: string;
    first: Status;
    workflow?: Workflow;
    archived?: boolean;
    then: readonly Status[];
    covers?: boolean;
    expect: { status: Status; workflow: Workflow; recordState: 'ACTIVE' | 'ARCHIVED' };
  }[] = [
    {
      name: 'still failing stays as it was',
      first: 'FAILED',
      then: ['FAILED'],
      expect: { status: 'FAILED', workflow: 'NEW', recordState: 'ACTIVE' },
    },
    {
      name: 'still failing keeps NOTIFIED',
      first: 'FAILED',
      workflow: 'NOTIFIED',
      then: ['FAILED'],
      expect: { status: 'FAILED', workflow: 'NOTIFIED', recordState: 'ACTIVE' },
    },
    {
      name: 'a fixed one is resolved',
      first: 'FAILED',
      workflow: 'NOTIFIED',
      then: ['PASSED'],
      expect: { status: 'PASSED', workflow: 'RESOLVED', recordState: 'ACTIVE' },
    },
    {
      name: 'one that fails again is new again',
      first: 'PASSED',
      then: ['FAILED'],
      expect: { status: 'FAILED', workflow: 'NEW', recordState: 'ACTIVE' },
    },
    {
      name: 'one that can no longer be judged is new again',
      first: 'PASSED',
      then: ['NOT_AVAILABLE'],
      expect: { status: 'NOT_AVAILABLE', workflow: 'NEW', recordState: 'ACTIVE' },
    },
    {
      name: 'suppression sticks while it fails',
      first: 'FAILED',
      workflow: 'SUPPRESSED',
      then: ['FAILED'],
      expect: { status: 'FAILED', workflow: 'SUPPRESSED', recordState: 'ACTIVE' },
    },
    {
      name: 'suppression sticks when it passes',
      first: 'FAILED',
      workflow: 'SUPPRESSED',
      then: ['PASSED'],
      expect: { status: 'PASSED', workflow: 'SUPPRESSED', recordState: 'ACTIVE' },
    },
    {
      name: 'a resource that is gone is archived',
      first: 'FAILED',
      then: [],
      expect: { status: 'FAILED', workflow: 'NEW', recordState: 'ARCHIVED' },
    },
    {
      name: 'a resource that could not be read is not archived',
      first: 'FAILED',
      then: [],
      covers: false,
      expect: { status: 'FAILED', workflow: 'NEW', recordState: 'ACTIVE' },
    },
    {
      name: 'one that comes back from the archive is new again',
      first: 'FAILED',
      workflow: 'RESOLVED',
      archived: true,
      then: ['FAILED'],
      expect: { status: 'FAILED', workflow: 'NEW', recordState: 'ACTIVE' },
    },
  ];
  it.each(cases)('$name', ({ first, workflow, archived, then, covers, expect: wanted }) => {
    const [made] = scan([], [first], monday);
    const before = {
      ...made!,
      workflow: workflow ?? made!.workflow,
      recordState: archived ? 'ARCHIVED' : 'ACTIVE',
    } as const;
    const [after] = scan([before], then, tuesday, covers);
    expect(after).toMatchObject(wanted);
    expect(after?.createdAt).toBe(monday.toISOString());
  });

  it('an unchanged finding was seen again but not updated', () => {
    const [after] = scan(scan([], ['FAILED'], monday), ['FAILED'], tuesday);
    expect(after).toMatchObject({ updatedAt: monday.toISOString(), lastObservedAt: tuesday.toISOString() });
  });

  it('two results of the same identity make one finding', () => {
    expect(scan([], ['FAILED', 'FAILED'], monday)).toHaveLength(1);
  });

  it('only an active, failed, unsuppressed finding is open', () => {
    const [failed] = scan([], ['FAILED'], monday);
    expect(isOpen(failed!)).toBe(true);
    expect(isOpen({ ...failed!, workflow: 'SUPPRESSED' })).toBe(false);
    expect(isOpen({ ...failed!, recordState: 'ARCHIVED' })).toBe(false);
    expect(isOpen({ ...failed!, status: 'NOT_AVAILABLE' })).toBe(false);
  });
});

describe('the id of a finding', () => {
  const identity = {
    partition: 'aws',
    controlId: 'KMS.4',
    accountId: '111122223333',
    region: 'eu-west-1',
    resourceArn: keyArn,
  };

  it('is a version 8 UUID in an ARN of Security Hub’s form, the same every time', () => {
    expect(findingId(identity)).toMatch(
      /^arn:aws:securityhub:eu-west-1:111122223333:security-control\/KMS\.4\/finding\/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(findingId(identity)).toBe(findingId({ ...identity }));
  });

  it.each([
    { controlId: 'KMS.3' },
    { accountId: '444455556666' },
    { region: 'us-east-1' },
    { resourceArn: `${keyArn}2` },
    { partition: 'aws-cn' },
  ])('differs when %o differs', (change) => {
    expect(shortId({ id: findingId({ ...identity, ...change }) })).not.toBe(shortId({ id: findingId(identity) }));
  });

  it('files what belongs to the whole account under the partition’s home region', () => {
    expect(findingId({ ...identity, partition: 'aws-us-gov', region: 'global' })).toContain(':us-gov-west-1:');
  });
});
