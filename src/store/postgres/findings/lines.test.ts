import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { eachLine, linesOf, partsOf } from './lines.js';

async function* chunksOf(text: string, cuts: readonly number[]): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

async function read(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const made: string[] = [];
  for await (const lines of linesOf(chunks))
    for (const text of eachLine(lines)) made.push(text.in.toString('utf8', text.from, text.to));
  return made;
}

it.each<[text: string, lines: string[]]>([
  ['', []],
  ['a', ['a']],
  ['a\nb\n', ['a', 'b']],
  ['a\r\nb', ['a', 'b']],
  ['\n\nあ\n', ['', '', 'あ']],
])('%j has the lines %j', async (text, lines) => {
  expect(await read(chunksOf(text, []))).toEqual(lines);
});

const text = fc.array(fc.constantFrom('a', 'bb', '\n', '\r\n', 'あ'), { maxLength: 30 }).map((parts) => parts.join(''));

it('wherever a stream is cut, its lines and its parts are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      async (given, cuts, size) => {
        const wanted = given.replaceAll('\r\n', '\n').split('\n');
        if (wanted.at(-1) === '') wanted.pop();
        expect(await read(chunksOf(given, cuts))).toEqual(wanted);
        const parts: string[] = [];
        for await (const part of partsOf(chunksOf(given, cuts), () => size)) parts.push(part.toString());
        expect(parts.join('')).toBe(given);
        expect(parts.slice(0, -1).every((part) => part.endsWith('\n'))).toBe(true);
      },
    ),
  );
});

it('a line of more than four megabytes is no finding, and says so', async () => {
  const chunks = Array.from({ length: 5 }, () => Buffer.alloc(1024 * 1024, 'x'));
  await expect(
    read(
      (async function* () {
        yield* chunks;
      })(),
    ),
  ).rejects.toThrow(/bytes is no finding/);
});
