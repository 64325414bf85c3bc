import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Estate } from '../../src/estate/estate.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoOrganization } from '../../src/estate/demo/demo-organization.js';
import { MemoryEstate } from '../../src/estate/memory-estate.js';
import type { Resource } from '../../src/estate/estate.js';
import { writeSnapshot } from '../../src/estate/snapshot-file.js';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-archive-'));
const names = ['estate', 'reformatted', 'rewritten', 'widened', 'narrowed'];
const [estate, reformatted, rewritten, widened, narrowed] = names.map((name) => join(folder, `${name}.hikeshi`)) as [
  string,
  string,
  string,
  string,
  string,
];

function access(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, '--no-color', '--home', join(folder, 'home'), 'access', ...given],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}
const write = (path: string, of: Estate) =>
  writeSnapshot(
    path,
    of.header,
    of.header.accounts.map(({ accountId }) => ({ accountId, resources: [...of.all({ accountId })], gaps: [] })),
  );
interface Shown {
  readonly findings: readonly { id: string; resourceArn: string }[];
  readonly archived: readonly { id: string; rule: { name: string; reason: string; owner: string } }[];
  readonly expiredRules: readonly { name: string }[];
}
const external = (file: string, ...given: string[]) =>
  JSON.parse(access('external', '--estate', file, '--json', ...given).stdout) as Shown;

beforeAll(async () => {
  const demo = demoOrganization({ accounts: 3, now: new Date('2026-03-01T00:00:00.000Z') });
  await write(estate, demo);
  const changed = (change: (policy: Record<string, unknown>) => object) => {
    const resources = [...demo.all()].map((resource): Resource => {
      const { Policy, ...rest } = resource.configuration as { Policy?: string | null };
      if (resource.type !== 'AWS::S3::Bucket' || !resource.arn.includes('partner') || typeof Policy !== 'string')
        return resource;
      const text = JSON.stringify(change(JSON.parse(Policy) as Record<string, unknown>), undefined, 3);
      return { ...resource, configuration: { ...rest, Policy: text } as never };
    });
    return new MemoryEstate(demo.header, resources);
  };
  await write(
    reformatted,
    changed((policy) => Object.fromEntries(Object.entries(policy).reverse())),
  );
  const open = (policy: Record<string, unknown>) => {
    const [first = {}, ...others] = policy['Statement'] as Record<string, unknown>[];
    return { ...policy, Statement: [{ ...first, Action: 's3:*' }, ...others] };
  };
  await write(widened, changed(open));
  const first = (policy: Record<string, unknown>) => (policy['Statement'] as Record<string, unknown>[])[0] ?? {};
  const others = (policy: Record<string, unknown>) => (policy['Statement'] as object[]).slice(1);
  // Each action in a statement of its own, and once more under a condition that adds nothing.
  await write(
    rewritten,
    changed((policy) => {
      const split = [first(policy)['Action']]
        .flat()
        .map((Action, at) => ({ ...first(policy), Sid: `Part${at}`, Action }));
      const again = { ...first(policy), Sid: 'Again', Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
      return { ...policy, Statement: [...split, again, ...others(policy)] };
    }),
  );
  // The same who and what, on less: the finding has the same id and means less.
  await write(
    narrowed,
    changed((policy) => {
      const Condition = { StringLike: { 's3:prefix': 'public/*' } };
      return { ...policy, Statement: [{ ...first(policy), Condition }, ...others(policy)] };
    }),
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a finding that is meant to be', () => {
  it('is archived by its id, through another writing of the policy, and comes back when the policy means more', () => {
    const before = external(estate);
    const finding = before.findings.find(
      ({ resourceArn }) =>
        resourceArn.startsWith('arn:aws:s3') && resourceArn.includes('partner') && !resourceArn.includes('acl'),
    )!;
    const archived = access('archive', finding.id, '--estate', estate, '--reason', 'contract 7', '--owner', 'finance');
    expect(archived.status, archived.stderr).toBe(0);
    expect(archived.stdout).toContain('ledger entry 0');
    const after = external(estate);
    expect(after.findings).toHaveLength(before.findings.length - 1);
    expect(after.archived).toMatchObject([{ id: finding.id, rule: { reason: 'contract 7', owner: 'finance' } }]);
    expect(external(reformatted).archived.map(({ id }) => id)).toEqual([finding.id]);
    expect(external(rewritten).archived.map(({ rule }) => rule.reason)).toEqual(['contract 7']);
    const less = external(narrowed);
    expect(less.archived).toEqual([]);
    expect(less.findings.map(({ id }) => id)).toContain(finding.id);
    const more = external(widened);
    expect(more.archived).toEqual([]);
    expect(more.findings.some(({ resourceArn }) => resourceArn === finding.resourceArn)).toBe(true);
  });

  it('comes back when its rule expires or is removed', () => {
    const { archived, findings } = external(estate);
    const [{ rule } = { rule: { name: '' } }] = archived;
    expect(access('rules', 'remove', rule.name).status).toBe(0);
    expect(external(estate).findings).toHaveLength(findings.length + 1);
    const add = ['rules', 'add', 'buckets', '--where', 'resourceType=AWS::S3::Bucket', '--reason', 'x', '--owner', 'y'];
    expect(access(...add, '--expires', '2020-01-01').status).toBe(0);
    const expired = external(estate);
    expect(expired.archived).toEqual([]);
    expect(expired.expiredRules).toMatchObject([{ name: 'buckets' }]);
    expect(access('rules', 'remove', 'buckets').status).toBe(0);
    expect(access(...add).status).toBe(0);
    expect(external(estate).archived.length).toBeGreaterThan(0);
  });

  it('belongs to its analyzer: one account as the zone of trust sees more', () => {
    const account = demoOrganization({ accounts: 3, now: new Date('2026-03-01T00:00:00.000Z') }).header.accounts[1]!
      .accountId;
    expect(access('analyzers', 'create', 'one', '--account', account).status).toBe(0);
    expect(access('analyzers', 'list').stdout).toContain(`one: trusts account ${account}`);
    expect(external(estate, '--analyzer', 'one').archived).toEqual([]);
    expect(access('analyzers', 'delete', 'one').status).toBe(0);
    expect(access('external', '--estate', estate, '--analyzer', 'one').stderr).toContain('there is no analyzer `one`');
  });

  it.each([
    { name: 'no reason', given: ['rules', 'add', 'x', '--where', 'id=1', '--owner', 'y'], says: '--reason' },
    {
      name: 'no filter',
      given: ['rules', 'add', 'x', '--reason', 'x', '--owner', 'y'],
      says: 'would archive everything',
    },
    {
      name: 'an unknown key',
      given: ['rules', 'add', 'x', '--where', 'principle=1', '--reason', 'x', '--owner', 'y'],
      says: 'no filter key',
    },
    {
      name: 'no value',
      given: ['rules', 'add', 'x', '--where', 'id', '--reason', 'x', '--owner', 'y'],
      says: 'is not KEY=VALUE',
    },
    {
      name: 'a bad date',
      given: ['rules', 'add', 'x', '--where', 'id=1', '--reason', 'x', '--owner', 'y', '--expires', 'soon'],
      says: 'is no date',
    },
    {
      name: 'one finding by a filter, which would not come back',
      given: ['rules', 'add', 'x', '--where', 'id=1', '--reason', 'x', '--owner', 'y'],
      says: 'would outlive what it was made for',
    },
    { name: 'an unknown rule', given: ['rules', 'remove', 'nothing'], says: 'has no rule `nothing`' },
    {
      name: 'an unknown finding',
      given: ['archive', 'zzz', '--estate', estate, '--reason', 'x', '--owner', 'y'],
      says: 'no external findings begin',
    },
  ])('$name: a named error', ({ given, says }) => {
    const { status, stderr } = access(...given);
    expect(stderr).toContain(says);
    expect(status).toBeGreaterThan(250);
  });
});
