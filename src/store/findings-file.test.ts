import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Finding } from '../findings/finding.js';
import { FindingsFile } from './findings-file.js';

const file = async () => join(await mkdtemp(join(tmpdir(), 'hikeshi-findings-')), 'findings.jsonl');
const finding = {
  id: 'a/b',
  controlId: 'KMS.4',
  status: 'FAILED',
  reasons: [{ text: 'line\nbreak' }],
} as unknown as Finding;

it('keeps what it was given, for its owner only', async () => {
  const path = await file();
  await new FindingsFile(path).write([finding]);
  expect(await new FindingsFile(path).read()).toEqual([finding]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('nothing written yet is no finding', async () => {
  expect(await new FindingsFile(await file()).read()).toEqual([]);
});

it.each([
  { name: 'no header', text: '{"id":1}\n', says: /not a findings header/ },
  { name: 'a newer version', text: '{"format":"hikeshi-findings","version":9}\n', says: /version 9/ },
  {
    name: 'a line that is no finding',
    text: '{"format":"hikeshi-findings","version":1}\n{"id":"a"}\n',
    says: /line 2/,
  },
  { name: 'a torn line', text: '{"format":"hikeshi-findings","version":1}\n{"id":"a', says: /line 2/ },
])('$name is refused, and nothing is lost', async ({ text, says }) => {
  const path = await file();
  await writeFile(path, text);
  await expect(new FindingsFile(path).read()).rejects.toThrow(says);
});
