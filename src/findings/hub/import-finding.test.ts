import { describe, expect, it } from 'vitest';
import { changeFinding } from './change-finding.js';
import type { AsffFinding } from './finding-hub.js';
import { asffFinding } from './hub.fixture.js';
import { importFinding } from './import-finding.js';

const now = new Date('2026-01-05T00:00:00Z');
const later = (given: Partial<AsffFinding> = {}) => asffFinding({ UpdatedAt: '2026-01-02T00:00:00.000Z', ...given });
const known = (given: Partial<AsffFinding> = {}) => importFinding(undefined, asffFinding(given));

describe('importing a finding', () => {
  it.each([
    ['2025-12-31T23:59:59.999Z', false],
    ['2026-01-01T00:00:00.000Z', false],
    ['2026-01-01T09:00:00.000+09:00', false],
    ['2026-01-01T00:00:00.001Z', true],
    ['no time', false],
  ])('is an update at %s: %s', (UpdatedAt, updates) => {
    const before = known();
    expect(importFinding(before, asffFinding({ UpdatedAt, Title: 'new' })) !== before).toBe(updates);
  });

  it('keeps when it was created, and what only the customer may change', () => {
    const before = changeFinding(
      known(),
      { Note: { Text: 'ours', UpdatedBy: 'me' }, VerificationState: 'TRUE_POSITIVE', UserDefinedFields: { a: 'b' } },
      now,
    );
    const after = importFinding(
      before,
      later({ CreatedAt: '2026-01-02T00:00:00.000Z', VerificationState: 'FALSE_POSITIVE', UserDefinedFields: {} }),
    );
    expect(after).toMatchObject({
      CreatedAt: '2026-01-01T00:00:00.000Z',
      Note: { Text: 'ours' },
      VerificationState: 'TRUE_POSITIVE',
      UserDefinedFields: { a: 'b' },
    });
  });

  it.each([
    ['on top only', { Severity: { Label: 'LOW' as const } }, 'LOW'],
    [
      'in FindingProviderFields only',
      { Severity: undefined, FindingProviderFields: { Severity: { Label: 'LOW' as const } } },
      'LOW',
    ],
    [
      'in both',
      { Severity: { Label: 'MEDIUM' as const }, FindingProviderFields: { Severity: { Label: 'LOW' as const } } },
      'LOW',
    ],
  ])('takes a severity that is given %s', (_where, given, label) => {
    const first = known(given);
    const updated = importFinding(known(), later(given));
    for (const finding of [first, updated]) {
      expect(finding.Severity).toMatchObject({ Label: label, Normalized: 1 });
      expect(finding.FindingProviderFields?.Severity).toEqual({ Label: label });
    }
  });

  it('leaves a severity the customer overrode, and says what the provider thinks beside it', () => {
    const overridden = changeFinding(known(), { Severity: { Label: 'CRITICAL' } }, now);
    const after = importFinding(overridden, later({ Severity: { Label: 'LOW' } }));
    expect(after.Severity).toMatchObject({ Label: 'CRITICAL', Normalized: 90 });
    expect(after.FindingProviderFields?.Severity).toEqual({ Label: 'LOW' });
  });

  it.each([
    ['NOTIFIED', { RecordState: 'ARCHIVED' }, { RecordState: 'ACTIVE' }, 'NEW'],
    ['RESOLVED', { Compliance: { Status: 'PASSED' } }, { Compliance: { Status: 'FAILED' } }, 'NEW'],
    ['NOTIFIED', { Compliance: { Status: 'FAILED' } }, { Compliance: { Status: 'PASSED' } }, 'RESOLVED'],
    ['NOTIFIED', { Compliance: { Status: 'FAILED' } }, { Compliance: { Status: 'FAILED' } }, 'NOTIFIED'],
    ['SUPPRESSED', { Compliance: { Status: 'PASSED' } }, { Compliance: { Status: 'FAILED' } }, 'SUPPRESSED'],
    ['SUPPRESSED', { RecordState: 'ARCHIVED' }, { RecordState: 'ACTIVE' }, 'SUPPRESSED'],
  ] as const)('makes the workflow of a %s finding, %j then %j, %s', (status, before, after, expected) => {
    const first = changeFinding(known(before as Partial<AsffFinding>), { Workflow: { Status: status } }, now);
    expect(importFinding(first, later(after as Partial<AsffFinding>)).Workflow).toEqual({ Status: expected });
  });

  it('is the same by any order of two imports: the newer one is what remains', () => {
    const old = asffFinding({ Title: 'old' });
    const fresh = later({ Title: 'fresh' });
    expect(importFinding(importFinding(undefined, old), fresh).Title).toBe('fresh');
    expect(importFinding(importFinding(undefined, fresh), old).Title).toBe('fresh');
  });
});
