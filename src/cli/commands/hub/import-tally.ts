const REFUSED_SHOWN = 20;

/** What became of one of the findings that were sent. */
export interface Outcome {
  readonly kind: string;
  readonly Id?: string;
  readonly field?: string;
  /** Of a file of lines, from 1. */
  readonly line?: number;
  readonly code?: string;
  readonly message?: string;
}

/** What became of all: how many of each kind, and which were refused; of lines, the first hundred. */
export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly refused: readonly Outcome[];
}

export function tallyText({ counts, refused }: Tally): string {
  const all = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const shown = refused
    .slice(0, REFUSED_SHOWN)
    .map((outcome) => `  ${placeOf(outcome)}: ${outcome.code}: ${outcome.message}`);
  const more = (counts['refused'] ?? 0) - shown.length;
  const rest =
    more > 0
      ? [
          `  and ${more} more (--json has ${refused.length === more + shown.length ? 'them all' : `the first ${refused.length}`})`,
        ]
      : [];
  return `${[all.length === 0 ? 'no findings' : all.join(', '), ...shown, ...rest].join('\n')}\n`;
}

function placeOf({ line, Id, field }: Outcome): string {
  return line === undefined ? (Id ?? field ?? '') : `line ${line}`;
}
