import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoAccounts, demoOrganization } from './demo/demo-organization.js';
import { diff } from './diff.js';
import { Snapshot } from './snapshot.js';
import { writeSnapshot } from './snapshot-file.js';

const now = new Date('2026-03-01T00:00:00.000Z');
const options = { accounts: 3, seed: 7, now, scale: 0.2, regions: ['us-east-1'] };
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hikeshi-snapshot-'));
  path = join(folder, 'estate.hikeshi');
  const { header, accounts } = demoAccounts(options);
  await writeSnapshot(path, header, accounts());
});

describe('a snapshot', () => {
  it('holds the estate exactly', async () => {
    const snapshot = await Snapshot.open(path);
    expect(diff(demoOrganization(options), await snapshot.whole())).toEqual([]);
    expect(snapshot.header.organizationId).toBe('o-edoya00001');
  });

  it('is read account by account, each knowing the buckets of the others', async () => {
    const snapshot = await Snapshot.open(path);
    const whole = demoOrganization(options);
    const [foreign] = whole.list('AWS::S3::Bucket', { accountId: whole.header.accounts[1]!.accountId });
    const seen: string[] = [];
    for await (const { accountId, estate } of snapshot.accounts()) {
      seen.push(accountId);
      expect([...estate.all()].every((resource) => resource.accountId === accountId)).toBe(true);
      expect(estate.get('AWS::S3::Bucket', foreign!.arn)?.accountId).toBe(foreign!.accountId);
    }
    expect(seen).toEqual(whole.header.accounts.map(({ accountId }) => accountId));
  });

  it('is not overwritten unless asked', async () => {
    const { header, accounts } = demoAccounts(options);
    await expect(writeSnapshot(path, header, accounts())).rejects.toMatchObject({ code: 'file-exists' });
    await writeSnapshot(path, header, accounts(), { force: true });
  });
});

describe('a file that is not a whole snapshot is refused', () => {
  const altered = async (name: string, change: (bytes: Buffer) => Buffer) => {
    const target = join(folder, name);
    await writeFile(target, change(await readFile(path)));
    return Snapshot.open(target);
  };
  const retext = (change: (text: string) => string) => (bytes: Buffer) =>
    gzipSync(change(gunzipSync(bytes).toString()));

  const cases: readonly { name: string; change: (bytes: Buffer) => Buffer; code: string }[] = [
    { name: 'text', change: () => Buffer.from('hello'), code: 'snapshot-format' },
    { name: 'empty', change: () => Buffer.alloc(0), code: 'snapshot-damaged' },
    { name: 'other JSON', change: () => gzipSync('{"a":1}\n'), code: 'snapshot-damaged' },
    {
      name: 'cut off while compressed',
      change: (bytes) => bytes.subarray(0, bytes.length - 100),
      code: 'snapshot-damaged',
    },
    {
      name: 'without its trailer',
      change: retext((text) => text.slice(0, text.lastIndexOf('{"trailer"'))),
      code: 'snapshot-damaged',
    },
    {
      name: 'one value changed',
      change: retext((text) => text.replace('"IsDefault":true', '"IsDefault":false')),
      code: 'snapshot-damaged',
    },
    {
      name: 'one line removed',
      change: retext((text) =>
        text
          .split('\n')
          .filter((_, index) => index !== 10)
          .join('\n'),
      ),
      code: 'snapshot-damaged',
    },
    {
      name: 'something after the trailer',
      change: retext((text) => `${text}["AWS::EC2::VPC","r","a",{}]\n`),
      code: 'snapshot-damaged',
    },
    {
      name: 'a newer version',
      change: retext((text) => text.replace('"version":1', '"version":2')),
      code: 'snapshot-version',
    },
  ];
  it.each(cases)('$name', async ({ name, change, code }) => {
    await expect(altered(name, change)).rejects.toMatchObject({ code });
  });

  it('any truncation of the text', async () => {
    const text = gunzipSync(await readFile(path)).toString();
    for (let cut = 1; cut < 40; cut++) {
      const length = Math.floor((text.length * cut) / 40);
      await expect(altered(`cut-${cut}`, () => gzipSync(text.slice(0, length)))).rejects.toThrow(/snapshot/);
    }
  });

  it('any flipped byte of the text', async () => {
    const bytes = gunzipSync(await readFile(path));
    for (let at = 0; at < bytes.length; at += Math.floor(bytes.length / 60)) {
      const flipped = Buffer.from(bytes);
      flipped[at] = flipped[at]! ^ 0x01;
      await expect(altered(`flip-${at}`, () => gzipSync(flipped))).rejects.toThrow(/snapshot/);
    }
  });

  it('a file that is not there', async () => {
    await expect(Snapshot.open(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'snapshot-missing' });
  });
});
