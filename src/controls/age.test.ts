import { expect, it } from 'vitest';
import { ageInDays } from './age.js';

const now = new Date('2026-03-01T00:00:00.000Z');
const cases: readonly { instant: unknown; days: number | undefined }[] = [
  { instant: '2026-02-28T00:00:00.000Z', days: 1 },
  { instant: '2026-02-28T12:00:00Z', days: 0.5 },
  { instant: '2026-03-01T00:00:00+00:00', days: 0 },
  { instant: '2026-03-01T10:00:00.000Z', days: 0 },
  { instant: '2026-03-03T00:00:00.000Z', days: undefined },
  { instant: '2026-02-30T99:00:00Z', days: undefined },
  { instant: '2026-02-28', days: undefined },
  { instant: '1', days: undefined },
  { instant: 'N/A', days: undefined },
  { instant: 1_700_000_000, days: undefined },
  { instant: undefined, days: undefined },
];

it.each(cases)('$instant lies $days days back', ({ instant, days }) => {
  expect(ageInDays(instant, now)).toBe(days);
});
