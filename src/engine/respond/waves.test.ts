import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../findings/finding.js';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { askForOpen } from './ask-for-open.js';
import { openResponses } from './open-responses.js';
import type { Responses } from './responses.js';
import { demoWorld, openFindings, type DemoWorld } from './testing.fixture.js';
import { openWaves, type Waves } from './waves.js';

const by = { name: 'aya' };
const LIMITS = { failureRateMax: 0.5, failuresAfter: 1 };
let postgres: TestPostgres;
let database: Database;
let world: DemoWorld;
let responses: Responses;
let waves: Waves;
const enqueue = () => Promise.resolve();

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
  world = demoWorld(8);
  world.open.push(...openFindings(world.estate, ['EC2.13', 'EC2.6'], 1000));
  responses = openResponses({ database, enqueue, now: () => world.ports.now() });
  waves = openWaves({ database, enqueue, ports: world.ports }, responses);
});

afterAll(() => postgres?.stop());

const ofControl = (id: string): Finding[] => world.open.filter(({ controlId }) => controlId === id);

it('a wave asks once for each open finding in its scope, however often it is asked', async () => {
  const wanted = ofControl('EC2.13').length;
  expect(wanted).toBeGreaterThan(3);
  await waves.start('one', LIMITS, by);
  const wish = { scope: { controls: ['EC2.13'] }, mode: 'ask' as const, runsMax: 3 };
  expect(await waves.ask('one', wish, by)).toEqual({ asked: 3, answered: 0, unknown: 0, more: true });
  const rest = { asked: wanted - 3, answered: 3, unknown: 0, more: false };
  expect(await waves.ask('one', { ...wish, runsMax: 1000 }, by)).toEqual(rest);
  expect(await waves.ask('one', wish, by)).toEqual({ asked: 0, answered: wanted, unknown: 0, more: false });
  expect(await waves.show('one')).toMatchObject({ startedBy: 'aya', runs: { requested: wanted } });
  const { runs } = await responses.list({ wave: 'one', limit: 500 });
  expect(new Set(runs.map(({ finding }) => finding.id))).toEqual(new Set(ofControl('EC2.13').map(({ id }) => id)));
});

it('what ended is not asked for again by the same wave, and may be by another', async () => {
  const wish = { scope: { controls: ['EC2.13'] }, mode: 'ask' as const, runsMax: 1000 };
  await database.query(`update hikeshi.run set state = 'still-open' where wave = 'one'`);
  const wanted = ofControl('EC2.13').length;
  expect(await waves.ask('one', wish, by)).toMatchObject({ asked: 0, answered: wanted });
  await waves.start('two', LIMITS, by);
  expect(await waves.ask('two', { ...wish, graceDays: 2 }, by)).toMatchObject({ asked: wanted, answered: 0 });
  const { runs } = await responses.list({ wave: 'two', limit: 500 });
  const inTwoDays = new Date(world.ports.now().getTime() + 2 * 86_400_000).toISOString();
  expect(new Set(runs.map(({ notBefore }) => notBefore))).toEqual(new Set([inTwoDays]));
});

it('nothing is asked for of which it is not known whether it is in scope', async () => {
  const request = (finding: Finding) => ({
    id: `x-${finding.resourceArn.split('/').at(-1) ?? ''}`,
    finding,
    mode: 'ask' as const,
    requestedBy: 'schedule:x',
    origin: { kind: 'schedule' as const, name: 'x' },
  });
  const unread = { ...world.ports, estate: () => Promise.reject(new Error('never read')) };
  const unitOf = ({ accountId }: Finding) =>
    world.estate.header.accounts.find((account) => account.accountId === accountId)?.path[0];
  const unit =
    ofControl('EC2.6')
      .map(unitOf)
      .find((name) => name !== undefined) ?? '';
  const scope = { controls: ['EC2.6'], organizationalUnits: [unit] };
  const within = ofControl('EC2.6').filter((finding) => unitOf(finding) === unit);
  const all = ofControl('EC2.6').length;
  expect(within.length).toBeGreaterThan(0);
  expect(within.length).toBeLessThan(all);
  const blind = await askForOpen({ database, enqueue, ports: unread }, { scope, runsMax: 1000, request });
  expect(blind).toEqual({ asked: 0, answered: 0, unknown: all, more: false });
  const seen = await askForOpen({ database, enqueue, ports: world.ports }, { scope, runsMax: 1000, request });
  expect(seen).toEqual({ asked: within.length, answered: 0, unknown: 0, more: false });
});

it('a wave that goes on resumes what its breaker stopped, and nothing else', async () => {
  await database.query(
    `update hikeshi.run set state = 'stopped', reason = 'wave two is broken: 1 of 1 runs' where wave = 'two'`,
  );
  const { runs } = await responses.list({ wave: 'two', limit: 500 });
  const [first, second] = runs;
  await database.query(`update hikeshi.run set reason = 'responses exclude it' where id = $1`, [first?.id]);
  await database.query('update hikeshi.run set began_at = now() where id = $1', [second?.id]);
  expect(await waves.goOn('two', by)).toEqual({ resumed: runs.length - 2, more: false });
  const after = await waves.show('two');
  expect(after).toMatchObject({ closed: { by: 'aya' }, runs: { approved: runs.length - 2, stopped: 2 } });
  expect(after.broken).toBeUndefined();
});

it('a wave that is not there is named', async () => {
  await expect(waves.show('none')).rejects.toMatchObject({ code: 'unknown-wave' });
  await expect(waves.goOn('none', by)).rejects.toMatchObject({ code: 'unknown-wave' });
  await expect(waves.start('one', LIMITS, by)).rejects.toMatchObject({ code: 'wave-exists' });
});
