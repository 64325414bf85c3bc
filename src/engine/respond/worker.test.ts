import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Database } from '../../store/postgres/database.js';
import { testPostgres, type TestPostgres } from '../../store/postgres/testing.fixture.js';
import { openResponses } from './open-responses.js';
import type { Responses, ResponseState, ResponseView } from './responses.js';
import { demoWorld, openFindings, type DemoWorld } from './testing.fixture.js';
import { startWorker, type Worker } from './worker.js';

let postgres: TestPostgres;
let database: Database;
let world: DemoWorld;
let worker: Worker;
let responses: Responses;
let end: () => void = () => undefined;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await postgres.database();
  world = demoWorld(8, () => new Date());
  worker = await startWorker({ database, ports: world.ports, ledger: world.ledger, pollMs: 20 });
  responses = openResponses({ database, enqueue: worker.engine.enqueue });
});

afterAll(async () => {
  end();
  await worker?.drain();
  await postgres?.stop();
});

async function until(id: string, ...states: readonly ResponseState[]): Promise<ResponseView> {
  for (let tries = 0; tries < 400; tries++) {
    const view = await responses.show(id);
    if (states.includes(view.state)) return view;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`run ${id} is ${JSON.stringify(await responses.show(id))}`.slice(0, 2000));
}

it('a run is proposed, approved by a person, applied, verified and attested, and taken back', async () => {
  const [finding] = openFindings(world.estate, ['EC2.13'], 1);
  if (finding === undefined) throw new Error('the demo has no such finding');
  const heard: string[] = [];
  end = responses.subscribe(({ runId, state }) => heard.push(`${runId} ${state}`));
  const origin = { kind: 'person' as const };
  await responses.request({ id: 'one', finding, mode: 'ask', requestedBy: 'aya', origin });
  const proposed = await until('one', 'proposed');
  await expect(responses.approve('one', { name: 'ken' }, 'another')).rejects.toMatchObject({
    code: 'proposal-changed',
  });
  const hash = proposed.proposalHash ?? '';
  await expect(responses.approve('one', { name: 'aya' }, hash)).rejects.toMatchObject({ code: 'own-request' });
  await responses.approve('one', { name: 'ken' }, hash);
  await expect(responses.approve('one', { name: 'ken' }, hash)).rejects.toMatchObject({ code: 'already-approved' });
  const elsewhere = { name: 'mei', accounts: ['111111111111'] };
  await expect(responses.approve('one', elsewhere, hash)).rejects.toMatchObject({ code: 'not-yours' });
  await responses.approve('one', { name: 'mei' }, hash);
  await until('one', 'resolved');
  expect(world.looked.get(finding.id)?.status).toBe('PASSED');
  // The end is in the ledger soon after it is in the database.
  await vi.waitFor(async () => {
    const { attestations = [] } = await responses.show('one');
    expect(attestations.every(({ index }) => index !== undefined)).toBe(true);
  }, 10_000);
  expect(world.ledger.records.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
    'approval: approved revoke-open-ingress for EC2.13',
    'approval: approved revoke-open-ingress for EC2.13',
    'run: apply revoke-open-ingress for EC2.13: everything was done, PASSED',
  ]);
  await responses.undo('one', { name: 'ken' });
  await until('one', 'undone');
  expect(heard).toContain('one resolved');
});
