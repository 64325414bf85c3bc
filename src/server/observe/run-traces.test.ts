import { afterEach, expect, it, vi } from 'vitest';
import { openStages, type Stage } from '../../engine/respond/stage.fixture.js';
import { ApiError } from '../../reference/api-error.js';
import { attributesOf, Collector, type SentSpan } from './collector.fixture.js';
import { traceRuns } from './run-traces.js';
import { openTelemetry, TRACES_VARIABLE } from './telemetry.js';

const ERROR = 2;
const stages = openStages();
let collector: Collector | undefined;

afterEach(() => {
  collector?.close();
  vi.unstubAllEnvs();
});

/** What a collector is sent of what happens on a stage. */
async function tracesOf(work: (stage: Stage) => Promise<unknown>): Promise<{ stage: Stage; spans: SentSpan[] }> {
  const stage = await stages.set();
  collector = new Collector();
  vi.stubEnv(TRACES_VARIABLE, await collector.listen());
  const telemetry = await openTelemetry(process.env);
  if (telemetry === undefined) throw new Error('there is an endpoint');
  stage.tracing = traceRuns(telemetry);
  await work(stage);
  await telemetry.end();
  return { stage, spans: collector.spans };
}

const nameOf = (spans: readonly SentSpan[], id: string | undefined): string | undefined =>
  spans.find(({ spanId }) => spanId === id)?.name;

it('a run is one trace: a span for each time that it is worked on, with its phases, linked over the wait for a person', async () => {
  const { stage, spans } = await tracesOf(async (on) => {
    await on.approved('EC2.2');
    await on.work();
    await on.responses.undo('run', { name: 'ken' });
    await on.work();
  });
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(spans.map((span) => [nameOf(spans, span.parentSpanId), span.name])).toEqual([
    ['run propose', 'rehearse'],
    [undefined, 'run propose'],
    ['run apply', 'attest'],
    ['run apply', 'apply'],
    ['run apply', 'verify'],
    ['run apply', 'attest'],
    [undefined, 'run apply'],
    ['run undo', 'undo'],
    ['run undo', 'verify'],
    ['run undo', 'attest'],
    [undefined, 'run undo'],
  ]);
  const works = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  expect(works.map(({ links = [] }) => links.map(({ spanId }) => nameOf(spans, spanId)))).toEqual([
    [],
    ['run propose'],
    ['run propose'],
  ]);
  const { controlId, accountId, resourceArn } = stage.finding('EC2.2');
  expect(works.map(attributesOf)).toEqual(
    ['proposed', 'resolved', 'undone'].map((outcome) => ({
      'hikeshi.run.id': 'run',
      'hikeshi.control.id': controlId,
      'cloud.account.id': accountId,
      'cloud.resource_id': resourceArn,
      'hikeshi.run.outcome': outcome,
    })),
  );
});

it('a run that came to nothing says so, and nothing of what it was told', async () => {
  const { spans } = await tracesOf(async (on) => {
    await on.approved('EC2.2');
    on.fate = {
      before: (call) => {
        throw new ApiError(call, 'AccessDenied', 'password=hunter2', 403);
      },
    };
    await on.work();
  });
  const apply = spans.find(({ name }) => name === 'run apply');
  expect(apply === undefined ? {} : attributesOf(apply)).toMatchObject({ 'hikeshi.run.outcome': 'stopped' });
  expect(JSON.stringify(collector?.received)).not.toContain('hunter2');
});

it('work that broke is marked by the name of what broke', async () => {
  const { spans } = await tracesOf(async ({ tracing }) => {
    const broken = tracing?.workflow(
      'apply@2',
      { runId: 'run', turn: 1 },
      () => tracing.phase('apply', () => Promise.reject(new TypeError('password=hunter2'))),
      () => Promise.reject(new Error('the database is away')),
    );
    await expect(broken).rejects.toThrow('hunter2');
  });
  expect(spans.map((span) => [span.name, span.status.code, attributesOf(span)['error.type']])).toEqual([
    ['apply', ERROR, 'TypeError'],
    ['run apply', ERROR, 'TypeError'],
  ]);
  expect(JSON.stringify(collector?.received)).not.toContain('hunter2');
});
