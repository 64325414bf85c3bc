import type { AsffFinding } from './finding-hub.js';

type Severity = NonNullable<AsffFinding['Severity']>;
type Label = NonNullable<Severity['Label']>;

/** The number of a label. Source: Security Hub user guide, "Severity" in ASFF. */
const NORMALIZED: Readonly<Record<Label, number>> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 };

/** A severity with both label and number: a label decides the number; a number alone decides the label. */
export function completeSeverity(given: Severity | undefined): Severity | undefined {
  if (given === undefined) return undefined;
  const { Label, Normalized } = given;
  if (Label !== undefined) return { ...given, Normalized: NORMALIZED[Label] };
  return Normalized === undefined ? given : { ...given, Label: labelOf(Normalized) };
}

function labelOf(normalized: number): Label {
  if (normalized >= 90) return 'CRITICAL';
  if (normalized >= 70) return 'HIGH';
  if (normalized >= 40) return 'MEDIUM';
  return normalized >= 1 ? 'LOW' : 'INFORMATIONAL';
}
