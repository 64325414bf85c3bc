import { afterAll, beforeAll, expect, it } from 'vitest';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { simulate } from './simulate.fixture.js';

/** A seed and how many crashes there must be: told by the environment, as `npm run soak` does, or what CI needs. */
const told = process.env['RESPOND_SEED'];
const CRASHES_MIN = Number(process.env['RESPOND_CRASHES'] ?? (told === undefined ? 1000 : 1));
const FINDINGS = Number(process.env['RESPOND_FINDINGS'] ?? 120);
const CRASH_ONE_IN = Number(process.env['RESPOND_CRASH_ONE_IN'] ?? 8);

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await testPostgres();
});

afterAll(() => postgres?.stop());

it(`no run is lost, doubled, unapproved, unattested or let past a filter over ${CRASHES_MIN} crashes`, async () => {
  let crashes = 0;
  const first =
    told === undefined
      ? process.env['CI'] === undefined
        ? 1 + Math.floor(Math.random() * 1_000_000)
        : 1
      : Number(told);
  for (let seed = first; crashes < CRASHES_MIN; seed++) {
    const end = await simulate({
      seed,
      findings: FINDINGS,
      crashOneIn: CRASH_ONE_IN,
      database: await postgres.database(),
      restart: (how) => postgres.restart(how),
    });
    const replay = `RESPOND_SEED=${seed} RESPOND_FINDINGS=${FINDINGS} RESPOND_CRASH_ONE_IN=${CRASH_ONE_IN} npx vitest run src/engine/respond/simulation.test.ts`;
    expect(end.violations, `${JSON.stringify(end)}\nagain: ${replay}`).toEqual([]);
    expect(end.effects).toBeGreaterThan(0);
    crashes += end.crashes;
    const { violations: _none, states, ...counts } = end;
    process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)} ${JSON.stringify(states)}\n`);
  }
}, 3_600_000);
