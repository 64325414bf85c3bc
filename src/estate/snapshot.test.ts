import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoAccounts, demoOrganization } from './demo/demo-organization.js';
import { diff } from './diff.js';
import { Snapshot } from './snapshot.js';
import { writeSnapshot } from './snapshot-file.js';
import { encodeAccount, encodeDirectory, encodeHeader, encodeTrailer, TRAILER_BYTES } from './snapshot-format.js';

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

  it('holds an account of many blocks', async () => {
    const target = join(folder, 'many.hikeshi');
    const [{ accountId } = { accountId: '' }] = demoOrganization(options).header.accounts;
    const made = demoOrganization(options);
    const own = { ...made.header, accounts: made.header.accounts.slice(0, 1) };
    const vpc = (n: number) => ({
      arn: `arn:aws:ec2:us-east-1:${accountId}:vpc/vpc-${n}`,
      type: 'AWS::EC2::VPC' as const,
      accountId,
      region: 'us-east-1',
      configuration: { VpcId: `vpc-${n}`, CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'a', Value: 'x'.repeat(200) }] },
    });
    const vpcs = Array.from({ length: 20_000 }, (_, n) => vpc(n));
    await writeSnapshot(target, own, [{ accountId, resources: vpcs }]);
    const read = await (await Snapshot.open(target)).whole();
    expect([...read.list('AWS::EC2::VPC')]).toEqual(vpcs);
  });

  it('is text to those who want to look', async () => {
    const text = gunzipSync(await readFile(path)).toString();
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toHaveLength(lines.length);
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
  const body = (bytes: Buffer) => bytes.subarray(0, bytes.length - TRAILER_BYTES);
  const trailer = (bytes: Buffer) => bytes.subarray(bytes.length - TRAILER_BYTES);

  const cases: readonly { name: string; change: (bytes: Buffer) => Buffer; code: string }[] = [
    { name: 'text', change: () => Buffer.from('hello'), code: 'snapshot-format' },
    { name: 'empty', change: () => Buffer.alloc(0), code: 'snapshot-damaged' },
    { name: 'other JSON', change: () => gzipSync('{"a":1}\n'), code: 'snapshot-damaged' },
    { name: 'a resource and nothing else', change: () => gzipSync('["a","b","c",{}]\n'), code: 'snapshot-damaged' },
    { name: 'without its trailer', change: body, code: 'snapshot-damaged' },
    { name: 'its trailer alone', change: trailer, code: 'snapshot-damaged' },
    {
      name: 'packed anew, without its blocks',
      change: (bytes) => gzipSync(gunzipSync(bytes)),
      code: 'snapshot-damaged',
    },
    {
      name: 'something before the trailer',
      change: (bytes) => Buffer.concat([body(bytes), gzipSync('["AWS::EC2::VPC","r","a",{}]\n'), trailer(bytes)]),
      code: 'snapshot-damaged',
    },
    {
      name: 'something after the trailer',
      change: (bytes) => Buffer.concat([bytes, gzipSync('["AWS::EC2::VPC","r","a",{}]\n')]),
      code: 'snapshot-damaged',
    },
    ...[1, 3].map((version) => ({
      name: `version ${version}`,
      change: (bytes: Buffer) => gzipSync(gunzipSync(bytes).toString().replace('"version":2', `"version":${version}`)),
      code: 'snapshot-version',
    })),
  ];
  it.each(cases)('$name', async ({ name, change, code }) => {
    await expect(altered(name, change)).rejects.toMatchObject({ code });
  });

  it('any truncation', async () => {
    const { length } = await readFile(path);
    for (let cut = 1; cut < 40; cut++) {
      const end = Math.floor((length * cut) / 40);
      await expect(altered(`cut-${cut}`, (bytes) => bytes.subarray(0, end))).rejects.toThrow(/snapshot/);
    }
  });

  it('any flipped bit', async () => {
    const bytes = await readFile(path);
    const last = bytes.length - 1;
    for (let at = 0; at <= last; at = at === last ? last + 1 : Math.min(last, at + Math.floor(bytes.length / 60))) {
      const flipped = Buffer.from(bytes);
      flipped[at] = flipped[at]! ^ 0x01;
      await expect(altered(`flip-${at}`, () => flipped)).rejects.toThrow(/snapshot/);
    }
  });

  it('a file that is not there', async () => {
    await expect(Snapshot.open(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'snapshot-missing' });
  });

  it('another file under its name, once it was verified', async () => {
    const target = join(folder, 'replaced.hikeshi');
    await writeFile(target, await readFile(path));
    const snapshot = await Snapshot.open(target);
    const { header, accounts } = demoAccounts({ ...options, seed: 8 });
    await writeSnapshot(target, header, accounts(), { force: true });
    await expect(snapshot.whole()).rejects.toMatchObject({ code: 'snapshot-replaced' });
  });
});

/** Files whose checksum holds, and whose content does not: made by hand, or by a program with a mistake. */
describe('what a verified file says is checked all the same', () => {
  const accountId = '111122223333';
  const header = {
    partition: 'aws',
    collectedAt: now.toISOString(),
    accounts: [{ accountId, name: 'a', path: [], regions: [] }],
    types: [],
  };
  const first = encodeHeader(header);
  const account = encodeAccount(accountId);
  type Blocks = Readonly<Record<'own' | 'common', string>>;
  const file = async (name: string, { own, common }: Blocks, listed = [accountId]) => {
    const blocks = [first, own, common].map((text) => gzipSync(`${text}\n`));
    const offsets = [0, blocks[0]!.length, blocks[0]!.length + blocks[1]!.length];
    const place = (of: number) => ({ offset: offsets[of]!, length: blocks[of]!.length });
    const accounts = listed.map((id) => ({ accountId: id, ...place(1) }));
    const directory = encodeDirectory({ resources: 1, accounts, common: [place(2)] });
    const content = Buffer.concat([...blocks, gzipSync(`${directory}\n`)]);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const start = offsets[2]! + blocks[2]!.length;
    const target = join(folder, name);
    await writeFile(target, Buffer.concat([content, encodeTrailer({ directory: start, sha256 })]));
    return (await Snapshot.open(target)).whole();
  };
  const vpc = '["AWS::EC2::VPC","r","arn:aws:ec2:r:1:vpc/a",{}]';

  it('a good one is read', async () => {
    const estate = await file('good', { own: `${account}\n${vpc}`, common: account });
    expect([...estate.all()]).toMatchObject([{ type: 'AWS::EC2::VPC', accountId }]);
  });

  const cases: readonly { name: string; blocks: Blocks; listed?: string[]; message: RegExp }[] = [
    { name: 'no JSON', blocks: { own: `${account}\n[1,`, common: account }, message: /not JSON/ },
    { name: 'no resource', blocks: { own: '["AWS::EC2::VPC"]', common: account }, message: /not a resource/ },
    { name: 'a shared resource of nobody', blocks: { own: account, common: vpc }, message: /belongs to no account/ },
    { name: 'a second header', blocks: { own: account, common: first }, message: /does not belong/ },
    { name: 'a line of another kind', blocks: { own: account, common: '{"x":1}' }, message: /no known kind/ },
    { name: 'an account too many', blocks: { own: vpc, common: account }, listed: [accountId, '2'], message: /2/ },
    { name: 'an account missing', blocks: { own: vpc, common: account }, listed: [], message: /nowhere else/ },
  ];
  it.each(cases)('$name', async ({ name, blocks, listed, message }) => {
    await expect(file(name, blocks, listed)).rejects.toMatchObject({ code: 'snapshot-damaged', message });
  });
});
