/** How many columns of a terminal a text takes: East Asian wide characters take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (/\p{Mark}/u.test(character) || code === 0x200b || code === 0x200d) continue;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

/** Unicode Standard Annex 11, the ranges marked W and F that occur in names. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** A column: its title, and whether it is a number (set to the right). */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Cells longer than this many columns are cut in the middle, so that both ends of an ARN stay readable. */
  readonly widest?: number;
  readonly paint?: (cell: string) => string;
}

/** A plain table with two spaces between columns. Control characters in cells (they come from the cloud) are removed. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((column, index) => clip(clean(row[index] ?? ''), column.widest)));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const line = (row: readonly string[], painted: boolean): string =>
    columns
      .map((column, index) => {
        const cell = row[index] ?? '';
        const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
        const text = painted && column.paint !== undefined ? column.paint(cell) : cell;
        return column.right === true ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, false),
    line(
      widths.map((width) => '─'.repeat(width)),
      false,
    ),
    ...cells.map((row) => line(row, true)),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** Text from the cloud made safe for a terminal: no control characters, so no escape sequences. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function clip(text: string, widest: number | undefined): string {
  if (widest === undefined || displayWidth(text) <= widest) return text;
  const characters = Array.from(text);
  const half = Math.floor((widest - 1) / 2);
  const head = take(characters, half);
  const tail = take([...characters].reverse(), widest - 1 - half);
  return `${head}…${Array.from(tail).reverse().join('')}`;
}

function take(characters: readonly string[], width: number): string {
  let taken = '';
  for (const character of characters) {
    if (displayWidth(taken + character) > width) break;
    taken += character;
  }
  return taken;
}
