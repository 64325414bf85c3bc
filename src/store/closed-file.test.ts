import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ClosedFile } from './closed-file.js';

const folder = mkdtempSync(join(tmpdir(), 'hikeshi-closed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'closed', 'organization.txt');
const fingerprints = ['a'.repeat(43), 'b'.repeat(43)];

it('is none before it is written, then what was written, by the same engine only', async () => {
  expect(await new ClosedFile(path, '1').read()).toEqual([]);
  await new ClosedFile(path, '1').write(fingerprints);
  expect(await new ClosedFile(path, '1').read()).toEqual(fingerprints);
  expect(await new ClosedFile(path, '2').read()).toEqual([]);
});

it('counts as none when it is damaged', async () => {
  await new ClosedFile(path, '1').write(fingerprints);
  writeFileSync(path, `${readFileSync(path, 'utf8')}half a line`);
  expect(await new ClosedFile(path, '1').read()).toEqual([]);
});
