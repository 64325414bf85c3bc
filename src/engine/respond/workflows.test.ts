import { describe, expect, it } from 'vitest';
import type { ResponseState } from './responses.js';
import { openStages } from './stage.fixture.js';

const stages = openStages();

/** How many looks do not see the change yet; how long is waited between them, and what the run says in the end. */
const looks: readonly { name: string; blind: number; pauses: readonly number[]; then: ResponseState }[] = [
  { name: 'the first look sees it', blind: 0, pauses: [], then: 'resolved' },
  { name: 'the second look sees it', blind: 1, pauses: [500], then: 'resolved' },
  { name: 'the last look sees it', blind: 6, pauses: [500, 1000, 2000, 4000, 8000, 16_000], then: 'resolved' },
  { name: 'no look sees it', blind: 7, pauses: [500, 1000, 2000, 4000, 8000, 16_000], then: 'still-open' },
];

describe('what was applied is looked for until it is seen', () => {
  it.each(looks)('$name: $then', async ({ blind, pauses, then }) => {
    const stage = await stages.set();
    await stage.approved('EC2.7');
    stage.blind(blind);
    const run = await stage.work();
    expect({ state: run.state, pauses: stage.pauses }).toEqual({ state: then, pauses });
    const finding = stage.finding('EC2.7');
    expect(stage.world.looked.get(finding.id)?.status).toBe(then === 'resolved' ? 'PASSED' : 'FAILED');
    expect(stage.effects).toHaveLength(1);
    expect(await stage.holders()).toEqual([]);
  });

  it.each(looks)('and so is what was taken back; $name', async ({ blind, pauses, then }) => {
    const stage = await stages.set();
    await stage.approved('EC2.7');
    await stage.work();
    stage.blind(blind);
    await stage.responses.undo('run', { name: 'ken' });
    const run = await stage.work();
    expect({ state: run.state, pauses: stage.pauses }).toEqual({ state: 'undone', pauses });
    const finding = stage.finding('EC2.7');
    expect(stage.world.looked.get(finding.id)?.status).toBe(then === 'resolved' ? 'FAILED' : 'PASSED');
    expect(await stage.holders()).toEqual([]);
  });
});
