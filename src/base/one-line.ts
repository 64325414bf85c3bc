/** Longer texts of others are cut. */
const CHARACTERS_MAX = 2000;

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
const BLANK = /[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g;

/** Text of somebody else's as one line that can be shown: control characters and line ends become a space, its length has a limit. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 2 * CHARACTERS_MAX)
    .replace(BLANK, ' ')
    .trim();
  return line.length > CHARACTERS_MAX ? `${line.slice(0, CHARACTERS_MAX)}…` : line;
}
