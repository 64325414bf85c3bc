import { SeededRandom } from '../src/base/ports.js';
import { interpret } from '../src/events/interpret.js';
import { compileRules, matchEvent, type NamedPattern } from '../src/events/machine.js';
import { matchText } from '../src/events/match-text.js';
import { parsePattern } from '../src/events/pattern.js';
import { median, milliseconds } from './measure.js';

const EVENTS = 20_000;
const ROUNDS = 5;
const EVENTS_PER_SECOND_WANTED = 800_000;
const SLOWER_MAX = 3;
const TEXT_RATIO_WANTED = 1.5;
const ARRAY_GROWTH_MAX = 2;

/**
 * Event patterns: how many parsed events a second, whether the number of rules matters, whether arrays cost their length,
 * and JSON text against `JSON.parse` alone. All ratios are of one run.
 *
 * @throws Error when a bound is missed.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const random = new SeededRandom(7);
  const events = Array.from({ length: EVENTS }, (_, index) => callEvent(index, random));
  const texts = events.map((event) => JSON.stringify(event));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  report(
    `${EVENTS.toLocaleString('en')} events as CloudTrail sends them, ${Math.round(bytes)} characters each; medians of ${ROUNDS}`,
  );
  const failures = [
    ...operators(events, report),
    ...manyRules(events, report),
    ...arrays(report),
    ...fromText(events, texts, report),
  ];
  if (failures.length > 0) throw new Error(failures.join('; '));
}

const CALLS = [
  'RunInstances',
  'StopInstances',
  'PutBucketPolicy',
  'StopLogging',
  'CreateUser',
  'Decrypt',
  'AssumeRole',
];

function callEvent(index: number, random: SeededRandom): unknown {
  const account = String(100_000_000_000 + random.below(1000));
  const eventName = random.pick(CALLS);
  return {
    version: '0',
    id: `6f87d04b-9f74-4f04-a780-${String(index).padStart(12, '0')}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: random.pick(['aws.ec2', 'aws.s3', 'aws.cloudtrail', 'aws.iam']),
    account,
    time: '2026-03-01T00:00:00Z',
    region: random.pick(['eu-west-1', 'us-east-1']),
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLEEXAMPLE:session',
        arn: `arn:aws:sts::${account}:assumed-role/deployer/session`,
        accountId: account,
        accessKeyId: 'ASIAEXAMPLEEXAMPLE',
      },
      eventTime: '2026-03-01T00:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-1',
      sourceIPAddress: `203.0.113.${random.below(256)}`,
      userAgent: 'aws-cli/2.15.0 Python/3.11.6 Linux/5.10 exe/x86_64',
      requestParameters: { instancesSet: { items: [{ instanceId: `i-${random.hex(8)}` }] } },
      responseElements: null,
      requestID: `r-${index}`,
      eventID: `e-${index}`,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
    },
  };
}

function rule(name: string, given: unknown): NamedPattern {
  const parsed = parsePattern(given);
  if ('error' in parsed) throw new Error(parsed.error.message);
  return { name, pattern: parsed.pattern };
}

/** Five rules of a kind. */
const kinds: Readonly<Record<string, (index: number) => unknown>> = {
  exact: (index) => ({ source: ['aws.ec2'], detail: { eventName: [CALLS[index]] } }),
  prefix: (index) => ({ detail: { eventName: [{ prefix: CALLS[index]?.slice(0, 4) }] } }),
  suffix: (index) => ({ detail: { eventName: [{ suffix: CALLS[index]?.slice(-4) }] } }),
  wildcard: (index) => ({
    detail: { userIdentity: { arn: [{ wildcard: `arn:*:assumed-role/dep${index}*/session` }] } },
  }),
  'anything-but': (index) => ({ detail: { eventName: [{ 'anything-but': CALLS[index] }] } }),
  cidr: (index) => ({ detail: { sourceIPAddress: [{ cidr: `203.0.113.${index * 32}/27` }] } }),
};

/** Events a second, the median of some rounds after one that warms up. */
function speed(events: readonly unknown[], match: (event: never) => unknown): number {
  const round = () =>
    milliseconds(() => {
      for (const event of events) match(event as never);
    });
  round();
  return (events.length / median(Array.from({ length: ROUNDS }, round))) * 1000;
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString('en').padStart(10)} events/s`;

function operators(events: readonly unknown[], report: (line: string) => void): string[] {
  const missed: string[] = [];
  report('parsed events, 5 rules of a kind: automaton, and how many times the interpreter’s speed');
  for (const [kind, make] of Object.entries(kinds)) {
    const rules = Array.from({ length: 5 }, (_, index) => rule(`${kind}-${index}`, make(index)));
    const machine = compileRules(rules);
    const quick = speed(events, (event) => matchEvent(machine, event));
    const slow = speed(events.slice(0, EVENTS / 10), (event) =>
      rules.filter(({ pattern }) => interpret(pattern, event)),
    );
    report(`  ${kind.padEnd(13)} ${perSecond(quick)}  ${(quick / slow).toFixed(1)}×`);
    if ((kind === 'exact' || kind === 'prefix') && quick < EVENTS_PER_SECOND_WANTED) {
      missed.push(`${kind}: ${Math.round(quick)} events/s, not ${EVENTS_PER_SECOND_WANTED}`);
    }
  }
  return missed;
}

function manyRules(events: readonly unknown[], report: (line: string) => void): string[] {
  report('two exact fields, more and more rules');
  let first = 0;
  let last = 0;
  for (const count of [5, 1000, 10_000, 100_000]) {
    const rules = Array.from({ length: count }, (_, index) =>
      // Five are of accounts that have events, whatever the count: what the others cost is the question.
      rule(`r${index}`, {
        source: ['aws.ec2'],
        account: [String((index < 5 ? 100_000_000_000 : 200_000_000_000) + index)],
      }),
    );
    let machine = compileRules([]);
    const made = milliseconds(() => {
      machine = compileRules(rules);
    });
    last = speed(events, (event) => matchEvent(machine, event));
    first ||= last;
    report(`  ${count.toLocaleString('en').padStart(7)} rules ${perSecond(last)}  compiled in ${made.toFixed(0)} ms`);
  }
  report(`  100,000 rules are ${(first / last).toFixed(1)} times as slow as 5; at most ${SLOWER_MAX} are wanted`);
  return first / last <= SLOWER_MAX ? [] : [`100,000 rules are ${(first / last).toFixed(1)} times as slow as 5`];
}

function arrays(report: (line: string) => void): string[] {
  const machine = compileRules([
    rule('both', {
      list: { a: [{ prefix: 'a' }], b: [{ prefix: 'b' }], c: ['last'] },
      other: { d: [{ prefix: 'd' }] },
    }),
  ]);
  report(
    'a pattern of three fields of one element and a field of another list; every element matches but for the last field',
  );
  const perElement: number[] = [];
  for (const length of [100, 1000, 10_000]) {
    const list = Array.from({ length }, (_, index) => ({ a: `a${index}`, b: `b${index}`, c: 'no' }));
    const event = { list, other: Array.from({ length }, (_, index) => ({ d: `d${index}` })) };
    matchEvent(machine, event);
    const took = median(Array.from({ length: ROUNDS }, () => milliseconds(() => matchEvent(machine, event))));
    perElement.push(took / length);
    report(
      `  ${length.toLocaleString('en').padStart(7)} elements ${took.toFixed(2).padStart(8)} ms, ${((took / length) * 1e6).toFixed(0)} ns an element`,
    );
  }
  const growth = (perElement[2] ?? 0) / (perElement[1] ?? 1);
  report(`  an element among 10,000 costs ${growth.toFixed(2)} times one among 1,000`);
  return growth <= ARRAY_GROWTH_MAX ? [] : [`arrays are not linear: ${growth.toFixed(1)}`];
}

function fromText(events: readonly unknown[], texts: readonly string[], report: (line: string) => void): string[] {
  const rules = Array.from({ length: 5 }, (_, index) => rule(`exact-${index}`, kinds['exact']?.(index)));
  const parse = speed(texts, (text: string) => JSON.parse(text) as unknown);
  report('events as JSON text, 5 rules of two exact fields; texts that could match are parsed, the others are not');
  report(`  JSON.parse alone        ${perSecond(parse)}`);
  const ratio = sift(rules, events, texts, parse, report);
  report(`  at least ${TEXT_RATIO_WANTED} times JSON.parse alone is wanted of these`);
  report('  what it comes to depends on how many match: when none does, and when all do (no bound)');
  for (const source of ['aws.none', ['aws.ec2', 'aws.s3', 'aws.cloudtrail', 'aws.iam']]) {
    sift([rule('extreme', { source: [source].flat(), account: [{ prefix: '1' }] })], events, texts, parse, report);
  }
  return ratio >= TEXT_RATIO_WANTED
    ? []
    : [`text in is ${ratio.toFixed(2)} times JSON.parse, not ${TEXT_RATIO_WANTED}`];
}

/** How many times the speed of `JSON.parse` alone texts are matched with. */
function sift(
  rules: readonly NamedPattern[],
  events: readonly unknown[],
  texts: readonly string[],
  parse: number,
  report: (line: string) => void,
): number {
  const machine = compileRules(rules);
  let matching = 0;
  for (const [index, text] of texts.entries()) {
    const sifted = matchText(machine, text);
    const wanted = matchEvent(machine, events[index]);
    if (!('matched' in sifted) || sifted.matched.join() !== wanted.join()) throw new Error('text differs');
    if (wanted.length > 0) matching += 1;
  }
  const whole = speed(texts, (text: string) => matchEvent(machine, JSON.parse(text)));
  const sifted = speed(texts, (text: string) => matchText(machine, text));
  report(`  ${((100 * matching) / texts.length).toFixed(0).padStart(3)} % match`);
  report(`    JSON.parse and match  ${perSecond(whole)}`);
  report(
    `    sifted and matched    ${perSecond(sifted)}  ${(sifted / parse).toFixed(2)} times JSON.parse alone, ${(sifted / whole).toFixed(2)} times JSON.parse and match`,
  );
  return sifted / parse;
}
