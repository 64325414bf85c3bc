import { solve } from '../src/policy/reason/solve.js';
import { milliseconds } from './measure.js';
import {
  infixDenies,
  overlappingDenies,
  permutedEqual,
  randomPair,
  satisfiability,
  type Case,
} from './policy-cases.js';

const STATEMENTS = [5, 20, 100, 200, 500];
const DENIES = [20, 100, 300, 1_000];
const INFIXES = [4, 8, 12, 16, 24, 48, 96];
const KEYS = [20, 40, 60, 80, 100, 140];

/** How answers slow down as policies grow, from ordinary ones to those made to be hard; reading included. */
export async function bench(report: (line: string) => void): Promise<void> {
  for (let seed = 1; seed <= 50; seed++) solve(randomPair(seed, 4).question());
  const groups: readonly (readonly Case[])[] = [
    STATEMENTS.map((count) => randomPair(count, count)),
    STATEMENTS.map((count) => permutedEqual(count)),
    DENIES.map((count) => overlappingDenies(count)),
    INFIXES.flatMap((count) => infixDenies(count)),
    KEYS.map((count) => satisfiability(count)),
  ];
  for (const cases of groups) for (const one of cases) report(`  ${measured(one)}`);
}

function measured({ name, characters, question }: Case): string {
  const effort = { nodes: 0 };
  let outcome = '';
  const took = milliseconds(() => {
    const answer = solve(question(), { effort });
    outcome = answer.kind === 'undetermined' ? `undetermined: ${answer.reason}` : answer.kind;
  });
  const size = `${(characters / 1024).toFixed(0)} KB`;
  return `${name.padEnd(34)} ${size.padStart(7)} ${took.toFixed(1).padStart(9)} ms, ${String(effort.nodes).padStart(7)} branches: ${outcome}`;
}
