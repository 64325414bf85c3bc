import { Problem } from '../../base/problem.js';
import { asff } from './asff.js';
import { csv } from './csv.js';
import { json, jsonl } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { sarif } from './sarif.js';
import type { Writer } from './writer.js';

/** File name endings and the format they ask for; the longest ending wins. */
const endings: Readonly<Record<string, Writer>> = {
  '.asff.json': asff,
  '.sarif.json': sarif,
  '.sarif': sarif,
  '.junit.xml': junit,
  '.xml': junit,
  '.jsonl': jsonl,
  '.json': json,
  '.csv': csv,
  '.md': markdown,
};

/** The formats of `--output`, apart from the table, which the command line draws itself. */
export const outputs = { json, jsonl, csv, md: markdown } as const satisfies Readonly<Record<string, Writer>>;

/**
 * The writer a file's name asks for.
 *
 * @throws Problem `export-format` naming the known endings.
 */
export function writerFor(path: string): Writer {
  const name = path.toLowerCase();
  const ending = Object.keys(endings)
    .filter((candidate) => name.endsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  const writer = ending === undefined ? undefined : endings[ending];
  if (writer !== undefined) return writer;
  throw new Problem('export-format', `the name \`${path}\` does not say which format is wanted`, {
    next: `end it with one of ${Object.keys(endings).join(', ')}`,
    exit: 'badUsage',
  });
}
