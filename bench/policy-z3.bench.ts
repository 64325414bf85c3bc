import { amongFewPrincipals } from '../src/policy/policy-questions.fixture.js';
import { bounded } from '../src/policy/reason/formula.js';
import { SecondSolver } from '../src/policy/reason/second-solver.fixture.js';
import { smtScript } from '../src/policy/reason/smt-encoding.fixture.js';
import { solve } from '../src/policy/reason/solve.js';
import { Space } from '../src/policy/reason/space.js';
import { median, milliseconds, millisecondsOf } from './measure.js';
import { permutedEqual, randomPair, type Case } from './policy-cases.js';

const MEDIAN_RATIO_WANTED = 300;
const WORST_RATIO_WANTED = 1;
const TIMEOUT_MS = 2_000;
const RUNS = 5;
const WARM_UP = 300;

/**
 * The same questions, by this project and by z3 with strings and regular expressions, in one run. z3 gets its script
 * ready made, and for an answer that it does not find in its time only that time is counted.
 *
 * @throws Error when the answers differ, the median is less than 300 times as fast or any question is slower.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  for (let seed = 1; seed <= WARM_UP; seed++) solve(randomPair(1_000 + seed, 4).question());
  const cases: readonly Case[] = [
    ...Array.from({ length: 15 }, (_, index) => randomPair(index, 2)),
    ...Array.from({ length: 30 }, (_, index) => randomPair(100 + index, 4)),
    ...Array.from({ length: 10 }, (_, index) => randomPair(200 + index, 8)),
    ...[5, 10, 20].map((count) => permutedEqual(count)),
  ];
  const z3 = await SecondSolver.start();
  try {
    const results: { name: string; own: number; other: number; unknown: boolean }[] = [];
    for (const one of cases) results.push(await compared(one, z3));
    const ratios = results.map(({ own, other }) => other / own);
    const worst = Math.min(...ratios);
    const known = results.filter(({ unknown }) => !unknown);
    report(
      `${results.length} questions, medians; z3 leaves ${results.length - known.length} unknown in ${TIMEOUT_MS} ms`,
    );
    report(`  this project ${median(results.map(({ own }) => own)).toFixed(2)} ms`);
    report(`  z3           ${median(results.map(({ other }) => other)).toFixed(0)} ms`);
    report(`  times as fast: median ${median(ratios).toFixed(0)}, worst ${worst.toFixed(0)}`);
    report(`  where z3 answers: median ${median(known.map(({ own, other }) => other / own)).toFixed(0)}`);
    if (median(ratios) < MEDIAN_RATIO_WANTED) throw new Error(`${MEDIAN_RATIO_WANTED} times as fast is wanted`);
    if (worst < WORST_RATIO_WANTED) throw new Error('a question is slower than in z3');
  } finally {
    await z3.stop();
  }
}

async function compared(
  one: Case,
  z3: SecondSolver,
): Promise<{ name: string; own: number; other: number; unknown: boolean }> {
  const question = amongFewPrincipals(one.question());
  const answer = solve(question, { withoutAxioms: true });
  const own = median(Array.from({ length: RUNS }, () => milliseconds(() => solve(question, { withoutAxioms: true }))));
  const space = new Space();
  const script = smtScript(space, bounded(question.formula(space, new Map()), 'upper'));
  let second = 'unknown';
  const other = await millisecondsOf(async () => {
    second = await z3.ask(script, TIMEOUT_MS);
  });
  if (second !== 'unknown' && second !== answer.kind)
    throw new Error(`${one.name}: ${answer.kind}, but z3 says ${second}`);
  return { name: one.name, own, other, unknown: second === 'unknown' };
}
