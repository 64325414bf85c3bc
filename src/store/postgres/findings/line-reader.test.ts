import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { findingRules } from '../../../findings/hub/finding-rules.js';
import { asffFinding } from '../../../findings/hub/hub.fixture.js';
import type { Queries } from '../database.js';
import { textOf } from './blocks.js';
import { rowColumn, rowTypes } from './rows.js';
import { LineReader } from './line-reader.js';
import type { FindingRules } from './rules.js';
import { Terms } from './terms.js';

const context = { actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'a product' }, now: new Date(0) } as const;
const columns = Object.keys(rowTypes).filter((name) => name !== 'key') as Exclude<keyof typeof rowTypes, 'key'>[];

/** A reader whose texts get their numbers from memory. */
function reader(rules: FindingRules, account?: string): LineReader {
  const numbers = new Map<string, number>();
  const query = (_: string, [kinds, hashes]: [number[], string[]]) => {
    const rows = kinds.map((kind, at) => {
      const name = `${kind} ${hashes[at]}`;
      if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
      return { kind, hash: hashes[at], id: numbers.get(name) };
    });
    return Promise.resolve({ rows });
  };
  const store = { database: undefined as never, rules, terms: new Terms({ query } as unknown as Queries) };
  return new LineReader(store, account === undefined ? context : { ...context, account });
}

/** What reading lines makes of each: its row, or why it is refused; and how many were not parsed. */
async function read(by: LineReader, lines: readonly string[]) {
  const batch = by.batch();
  let known = 0;
  const refused = new Map<number, string>();
  for (const [number, line] of lines.entries()) {
    const text = textOf(`${line}\n`);
    const given = { ...text, to: text.to - 1 };
    if (batch.addKnown(given, number)) known += 1;
    else {
      let finding: AsffFinding;
      try {
        finding = JSON.parse(line) as AsffFinding;
      } catch {
        refused.set(number, 'not JSON');
        continue;
      }
      const refusal = batch.add(finding, given, number);
      if (refusal !== undefined) refused.set(number, refusal.message);
    }
  }
  await batch.settle();
  const rows = Array.from({ length: batch.size }, (_, at) => ({
    line: batch.line(at),
    text: batch.text(at).in.toString('utf8', batch.text(at).from, batch.text(at).to),
    key: batch.rows.row(at).subarray(6, 22).toString('hex'),
    ...Object.fromEntries(columns.map((name) => [name, batch.rows.get(at, rowColumn[name])])),
  }));
  const { firsts, repeated } = batch;
  return { told: { rows, refused: [...refused], firsts: [...firsts], repeated: [...repeated] }, known };
}

const rules = findingRules(() => new Date(0));
/** The same rules, by which no string is known to be free. */
const { freeTextAt: _, ...parsing } = rules;

/** What a reader that knows shapes says, which must be what one says that parses every line. */
async function readBoth(lines: readonly string[], account?: string) {
  const shaped = await read(reader(rules, account), lines);
  const parsed = await read(reader(parsing, account), lines);
  expect(parsed.known).toBe(0);
  expect(shaped.told).toEqual(parsed.told);
  return shaped;
}

const finding = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    ...asffFinding(),
    ProductFields: { a: 'b' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.1' },
    ...over,
  });

describe('a line of a known shape is not parsed, and its row is the one that parsing it makes', () => {
  it.each<[string, Record<string, unknown>]>([
    ['another Id', { Id: 'another' }],
    ['another account', { AwsAccountId: '210987654321' }],
    ['another time', { UpdatedAt: '2026-02-28T23:59:59.999Z' }],
    ['a time at the end of a month that has no such day', { UpdatedAt: '2026-02-31T00:00:00.000Z' }],
    ['another title', { Title: '別の題' }],
    ['another control', { Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.13' } }],
    ['another field of the product', { ProductFields: { a: '' } }],
  ])('%s', async (_, over) => {
    const { known, told } = await readBoth([finding(), finding(over)]);
    expect(known).toBe(1);
    expect(told.rows).toHaveLength(2);
  });
});

describe('a line that is not surely of a known shape is parsed', () => {
  it.each<[string, string]>([
    ['another severity', finding({ Severity: { Label: 'LOW' } })],
    ['another result', finding({ Compliance: { Status: 'PASSED', SecurityControlId: 'S3.1' } })],
    ['one member more', finding({ SourceUrl: 'https://example.com' })],
    ['an escape', finding({ Title: 'a "quoted" title' })],
    ['a text that is too long', finding({ Title: 'x'.repeat(257) })],
    ['a text that may be too long', finding({ Title: '題'.repeat(100) })],
    ['a text that is too short', finding({ ProductArn: '題'.repeat(5) })],
    ['more than 240 KB', finding({ Unknown: 'x'.repeat(250_000) })],
    ['no text', finding({ Title: '' })],
    ['a time of another form', finding({ UpdatedAt: '2026-04-02T00:00:00.123456+09:00' })],
    ['a time that is none', finding({ UpdatedAt: '2026-13-01T00:00:00.000Z' })],
    ['an account that is none', finding({ AwsAccountId: '12345678901x' })],
    ['a control character', finding().replace('"b"', '"\u0001"')],
    ['something after its end', `${finding()} x`],
    ['its end missing', finding().slice(0, -1)],
    ['a number for a text', finding({ Title: 7 })],
    ['a number for a control', finding({ Compliance: { Status: 'FAILED', SecurityControlId: 7 } })],
    ['a name twice', finding().replace('"Title"', '"Id":"twice","Title"')],
  ])('%s', async (_, line) => {
    const { known } = await readBoth([finding(), finding({ Unknown: 'x' }), line]);
    expect(known).toBe(0);
  });
});

it('where only one account may import, the account is asked of each line', async () => {
  const lines = [finding(), finding({ Id: 'two' }), finding({ AwsAccountId: '210987654321' })];
  const { told, known } = await readBoth(lines, asffFinding().AwsAccountId);
  expect(known).toBe(1);
  expect(told.refused).toHaveLength(1);
});

it('a shape is learned from a line with a name twice by no reader', async () => {
  const twice = (id: string) => finding().replace('"Title"', `"Id":${JSON.stringify(id)},"Title"`);
  expect((await readBoth([twice('a'), twice('b')])).known).toBe(0);
});

const pick = <Value>(...values: Value[]) => fc.constantFrom(...values);
/** Mostly the one, seldom the other. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: odd });
const word = mostly(
  pick('a', 'bc', '題', 'a much longer text'),
  fc.oneof(fc.string({ maxLength: 8 }), pick('', 'a\\b', '"', '\u2028')),
);
const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2099-01-01'), noInvalidDate: true });
const time = mostly(
  instants.map((at) => at.toISOString()),
  pick('2026-02-31T00:00:00Z', '2026-02-01T24:00:00Z', '2026-02-01T10:00:00.5Z', '2026-02-01', ''),
);
const members = fc.record(
  {
    Id: word,
    ProductArn: mostly(pick('arn:aws:securityhub:eu-west-1::product/a/b'), pick('題題題題題')),
    AwsAccountId: mostly(pick('123456789012', '210987654321'), pick('12')),
    UpdatedAt: time,
    CreatedAt: time,
    Title: word,
    Region: pick('eu-west-1', 'us-east-1', undefined),
    Severity: pick<unknown>(
      { Label: 'LOW' },
      { Label: 'HIGH', Original: 'x' },
      { Normalized: 75 },
      { Normalized: 40.5 },
    ),
    FindingProviderFields: pick<unknown>(undefined, { Severity: { Label: 'CRITICAL' } }, { Types: ['TTPs/x'] }),
    Types: mostly<unknown>(pick<unknown>(undefined, ['TTPs'], ['TTPs/Discovery', 'Effects']), pick<unknown>(['other'])),
    Compliance: fc.oneof(
      fc.constant(undefined),
      fc.record({ Status: mostly(pick('PASSED', 'FAILED'), pick('odd')), SecurityControlId: word }),
    ),
    Workflow: pick<unknown>(undefined, { Status: 'SUPPRESSED' }),
    RecordState: pick<unknown>(undefined, 'ACTIVE', 'ARCHIVED'),
    ProductFields: fc.dictionary(pick('a', 'b', '__proto__', 'ключ'), word, { maxKeys: 3 }),
    Resources: fc.array(
      fc.record({
        Type: pick('AwsS3Bucket', 'Other'),
        Id: word,
        Details: pick<unknown>(undefined, { Other: { x: 'y' } }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    Unknown: pick<unknown>(undefined, { deep: [{ er: 'x' }] }, 'y', null),
  },
  { requiredKeys: ['Id', 'UpdatedAt'] },
);
/** Lines that differ in few members, so that shapes recur; some with a byte that is another one. */
const lines = fc
  .tuple(
    members,
    fc.array(fc.tuple(members, pick('Id', 'Title', 'UpdatedAt', 'Resources', 'Severity', 'all')), { maxLength: 12 }),
  )
  .chain(([base, others]) => {
    const whole = [
      base,
      ...others.map(([other, name]) => (name === 'all' ? other : { ...base, [name]: other[name as 'Id'] })),
    ];
    const texts = whole.map((over) => JSON.stringify({ ...asffFinding(), ...over }));
    return fc
      .array(fc.tuple(fc.nat(), pick('"', '\\', '{', ',', 'x', '0', ' ', '\u0000')), { maxLength: 3 })
      .map((changes) =>
        changes.reduce(
          (made, [place, sign], at) => {
            const line = made[at % made.length] as string;
            const where = place % line.length;
            return [...made, line.slice(0, where) + sign + line.slice(where + 1)];
          },
          [...texts, ...texts],
        ),
      );
  });

it('whatever the lines, knowing their shapes changes nothing that is made of them', async () => {
  let known = 0;
  await fc.assert(
    fc.asyncProperty(lines, pick(undefined, '123456789012'), async (given, account) => {
      known += (await readBoth(given, account)).known;
    }),
    { numRuns: 400 },
  );
  expect(known).toBeGreaterThan(400);
});
