import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../playbooks/playbook.js';
import type { RehearsalSummary } from '../rehearsal/summary.js';
import { lockResource } from './resource-lock.js';
import { journalOf, RunFiles, stateOf, type RunEntry } from './run-file.js';

let folder: string;
let runs: RunFiles;
const now = () => new Date('2026-03-01T00:00:00.000Z');
const call = { service: 'kms', operation: 'EnableKeyRotation', accountId: '1', region: 'r', input: {} } as const;

const header = {
  findingId: 'f',
  plan: { playbook: 'p', steps: [] } as unknown as Plan,
  planHash: 'h',
  rehearsal: {} as RehearsalSummary,
  caller: 'me',
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-runs-'));
  runs = new RunFiles(folder, now);
  await runs.start({ ...header, id: 'run-1' });
});

describe('the state of a run, read from its record', () => {
  const approved = { kind: 'approved', by: 'me', how: 'prompt' } as const;
  const intent = { kind: 'intent', step: 'a', call } as const;
  const done = { kind: 'done', step: 'a', output: {} } as const;
  const ended = { kind: 'ended', verb: 'apply', outcome: { status: 'complete' } } as const;
  const cases: readonly { name: string; entries: readonly object[]; state: string }[] = [
    { name: 'nothing yet', entries: [], state: 'proposed' },
    { name: 'declined', entries: [{ kind: 'declined', by: 'me' }], state: 'declined' },
    { name: 'killed after the intent', entries: [approved, intent], state: 'interrupted' },
    { name: 'killed after the call', entries: [approved, intent, done], state: 'interrupted' },
    { name: 'ended', entries: [approved, intent, done, ended], state: 'applied' },
    {
      name: 'ended half-way',
      entries: [approved, intent, { ...ended, outcome: { status: 'failed', step: 'a', error: {} } }],
      state: 'stopped',
    },
    {
      name: 'killed while it was taken back',
      entries: [approved, intent, done, ended, { kind: 'undo-intent', step: 'a', calls: [] }],
      state: 'interrupted',
    },
    {
      name: 'taken back',
      entries: [approved, intent, done, ended, { kind: 'undone', step: 'a' }, { ...ended, verb: 'undo' }],
      state: 'undone',
    },
  ];
  it.each(cases)('$name: $state', async ({ entries, state }) => {
    for (const entry of entries) await runs.append('run-1', entry as RunEntry);
    expect(stateOf(await runs.read('run-1'))).toBe(state);
  });
});

it('a last line that was torn off is ignored; what was written before it stands', async () => {
  await runs.journal('run-1').write({ kind: 'intent', step: 'a', call });
  await appendFile(join(folder, 'run-1.jsonl'), '{"kind":"done","st');
  expect(journalOf(await runs.read('run-1')).map(({ kind }) => kind)).toEqual(['intent']);
});

it.each([
  {
    name: 'a damaged line in the middle',
    text: '{"kind":"run","version":1}\n{oops\n{"kind":"undone"}\n',
    code: 'run-record',
  },
  { name: 'a newer version', text: '{"kind":"run","version":2}\n', code: 'run-record' },
  { name: 'no header', text: '{"kind":"undone"}\n', code: 'run-record' },
])('$name is refused', async ({ text, code }) => {
  await writeFile(join(folder, 'run-2.jsonl'), text);
  await expect(runs.read('run-2')).rejects.toMatchObject({ code });
});

describe('a run that is not there is refused, with what may be meant', () => {
  const here = ['run-20260301-101500-aaaaaaaa', 'run-20260302-101500-bbbbbbbb'];
  it.each([
    { name: 'nothing was run', id: 'run-9', among: [], next: 'nothing was run yet: `hikeshi fix` makes runs' },
    {
      name: 'a character wrong',
      id: 'run-20260301-101500-aaaaaaab',
      among: here,
      next: /^did you mean `run-20260301-1/,
    },
    { name: 'the end of one', id: 'bbbbbbbb', among: here, next: /^did you mean `run-20260302-101500-bbbbbbbb`\?$/ },
    {
      name: 'nothing like one',
      id: '../../etc/passwd',
      among: here,
      next: /^the latest are `run-20260301.*bbbbbbbb`$/,
    },
  ])('$name', async ({ id, among, next }) => {
    const kept = new RunFiles(await mkdtemp(join(tmpdir(), 'hikeshi-runs-')), now);
    for (const each of among) await kept.start({ ...header, id: each });
    await expect(kept.read(id)).rejects.toMatchObject({
      code: 'unknown-run',
      next: typeof next === 'string' ? next : (expect.stringMatching(next) as string),
    });
  });
});

it('one run at a time works on a resource; a dead one’s lock is taken over', async () => {
  const release = await lockResource(folder, 'arn:x', 'run-1');
  await expect(lockResource(folder, 'arn:x', 'run-2')).rejects.toMatchObject({ code: 'locked' });
  await (
    await lockResource(folder, 'arn:y', 'run-2')
  )();
  await release();
  const name = (await lockResource(folder, 'arn:x', 'run-3')) && 'held';
  expect(name).toBe('held');
});
