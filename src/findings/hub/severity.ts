import type { AsffFinding } from './finding-hub.js';

type AsffSeverity = NonNullable<AsffFinding['Severity']>;
export type SeverityLabel = NonNullable<AsffSeverity['Label']>;

/** Each label with the lowest number it stands for, highest first. Source: ASFF's `Severity.Normalized`. */
const floors: readonly (readonly [SeverityLabel, number])[] = [
  ['CRITICAL', 90],
  ['HIGH', 70],
  ['MEDIUM', 40],
  ['LOW', 1],
  ['INFORMATIONAL', 0],
];

/** The label of a number from 0 to 100. */
export const severityLabel = (normalized: number): SeverityLabel =>
  floors.find(([, floor]) => normalized >= floor)?.[0] ?? 'INFORMATIONAL';

/** A severity with its label and its number: a label that was given decides over the number. */
export function completeSeverity(given: AsffSeverity | undefined): AsffSeverity {
  const Label = given?.Label ?? severityLabel(given?.Normalized ?? 0);
  return { ...given, Label, Normalized: floors.find(([label]) => label === Label)?.[1] ?? 0 };
}
