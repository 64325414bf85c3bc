import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What a program of somebody else does with `hikeshi/policy`, from nothing but the package's name. */
const program = `
import { accessRequest, checkNoNewAccess, decide, difference, parsePolicy, principalOf, whoCan, MemoryEstate } from 'hikeshi/policy';
const read = (Action) => {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }), 'identity', Action);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
};
const [narrow, wide] = [read('s3:GetObject'), read('s3:Get*')];
const principal = principalOf('arn:aws:iam::111122223333:user/ann');
const request = accessRequest({ principal, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' });
const identity = { accountId: '111122223333', isRoot: false, policies: [narrow], controlLevels: [] };
const resource = { accountId: '111122223333', policies: [], policyRequired: false, controlLevels: [] };
const header = { partition: 'aws', accounts: [], gaps: [] };
console.log(JSON.stringify({
  decision: decide(request, { identity, resource }).outcome,
  wider: checkNoNewAccess([narrow], [wide]).result,
  narrower: checkNoNewAccess([wide], [narrow]).result,
  cases: difference([narrow], [wide]).cases.length,
  nobody: whoCan(new MemoryEstate(header, []), 's3:GetObject', 'arn:aws:s3:::b/k').principals,
}));
`;

it('reads, decides and reasons for others as `hikeshi/policy`', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ decision: 'allow', wider: 'FAIL', narrower: 'PASS', cases: 1, nobody: [] });
});
