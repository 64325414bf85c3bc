import { SeededRandom } from '../src/base/ports.js';
import { demoAccounts, demoOrganization } from '../src/estate/demo/demo-organization.js';
import type { Estate, Resource } from '../src/estate/estate.js';
import { MemoryEstate } from '../src/estate/memory-estate.js';
import type { Policy } from '../src/policy/document/policy.js';
import type { PolicyKind } from '../src/policy/document/policy-kinds.js';
import { parsePolicy } from '../src/policy/document/parse-policy.js';
import { decide } from '../src/policy/evaluate/decide.js';
import { sharedTypes } from '../src/policy/gather/resource-policies.js';
import type { IdentitySide } from '../src/policy/evaluate/access-path.js';
import { estateExternalAccess, type AnalysisMemory } from '../src/policy/questions/estate-access.js';
import { AccessMatrix, type MatrixPrincipal, type MatrixTarget } from '../src/policy/reason/access-matrix.js';

const ORGANIZATION = 'o-trusted0001';
const TEAMS = ['pay', 'web', 'data', 'ml', 'ops', 'hr', 'sec'];
const ACCOUNTS = Array.from({ length: 10 }, (_, index) => String(100000000001 + index * 11111));

/** Whole-path questions over many roles and buckets, and external access of whole organizations. */
export async function bench(print: (line: string) => void): Promise<void> {
  for (const [roles, buckets] of [
    [300, 200],
    [1000, 1000],
    [3000, 1000],
  ] as const) {
    print(wholePath(roles, buckets));
  }
  const growth: number[] = [];
  for (const accounts of [40, 160, 640]) {
    growth.push(external(accounts, demoOrganization({ accounts, seed: 1, now: NOW, scale: 1 }), print));
  }
  growth.push(external(1000, shared(1000, COPIES), print));
  print(
    `external: time a resource at 1,000 accounts and 100,000 policies ÷ at 40 accounts: ${((growth.at(-1) ?? 0) / (growth[0] ?? 1)).toFixed(2)}`,
  );
}

const NOW = new Date('2026-06-01T00:00:00.000Z');
/** The demo's accounts have 26 resources with policies each; four more of each make 100,000 in 1,000 accounts. */
const COPIES = 4;

/** An organization's resources that can be shared, and nothing else: each several times, under other names. */
function shared(accounts: number, copies: number): MemoryEstate {
  const types = new Set<string>(sharedTypes);
  const demo = demoAccounts({ accounts, seed: 1, now: NOW, scale: 1 });
  const resources: Resource[] = [];
  for (const part of demo.accounts()) {
    for (const resource of part.resources) {
      if (resource.type.startsWith('AWS::Organizations') || resource.type.startsWith('Hikeshi::'))
        resources.push(resource);
      if (!types.has(resource.type)) continue;
      const text = JSON.stringify(resource);
      const name = resource.arn.match(/[A-Za-z][\w.-]{5,}/g)?.at(-1) ?? resource.arn;
      for (let copy = 0; copy < copies; copy++) {
        resources.push(copy === 0 ? resource : (JSON.parse(text.replaceAll(name, `${name}-${copy}`)) as Resource));
      }
    }
  }
  return new MemoryEstate(demo.header, resources);
}

function external(accounts: number, estate: Estate, print: (line: string) => void): number {
  const memory: AnalysisMemory = new Map();
  const first = timed(() => estateExternalAccess(estate, { memory }));
  const again = timed(() => estateExternalAccess(estate, { memory }));
  const { resources, findings, undetermined } = first.value;
  const megabytes = process.memoryUsage().rss / 1_048_576;
  print(
    `external: ${accounts} accounts, ${resources} resources with policies: ${first.ms.toFixed(0)} ms, ${findings.length} findings, ${undetermined.length} undetermined; again ${again.ms.toFixed(0)} ms with ${again.value.analyzed} analysed; ${megabytes.toFixed(0)} MiB`,
  );
  return first.ms / resources;
}

function wholePath(roleCount: number, bucketCount: number): string {
  const random = new SeededRandom(99);
  const buckets = Array.from({ length: bucketCount }, (_, index) => bucket(random, index));
  const levels = controlLevels();
  const principals = Array.from({ length: roleCount }, (_, index) => role(random, index, buckets, levels));
  const roleArns = principals.map(({ principal }) => (principal.kind === 'session' ? principal.roleArn : ''));
  const rcp = [read('rcp', [allowAll, rcpDeny], 'rcp/perimeter')];
  const targets = buckets.map((one): MatrixTarget => ({
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    resources: [`arn:aws:s3:::${one.name}/*`],
    side: {
      accountId: one.account,
      policies: [read('resource', bucketStatements(random, one.name, roleArns), one.name)],
      policyRequired: false,
      controlLevels: [rcp],
    },
  }));
  const setUp = timed(() => new AccessMatrix(principals, targets));
  const matrix = setUp.value;
  let yes = 0;
  let refuted = 0;
  const asked = timed(() => {
    for (let principal = 0; principal < principals.length; principal++) {
      for (let target = 0; target < targets.length; target++) {
        const answer = matrix.ask(principal, target);
        if (answer.kind === 'undetermined') throw new Error(`a question went past its budget: ${answer.reason}`);
        if (answer.kind === 'no') continue;
        if (++yes % 200 !== 0) continue;
        const witness = matrix.witness(principal, answer.box);
        const identity = principals[principal]?.side;
        const side = targets[target]?.side;
        if (identity === undefined || side === undefined) continue;
        if (decide(witness, { identity, resource: side }).outcome !== 'allow') refuted++;
      }
    }
  });
  const questions = roleCount * bucketCount;
  return `whole path: ${roleCount} roles × ${bucketCount} buckets: set-up ${setUp.ms.toFixed(0)} ms, ${Math.round((questions / asked.ms) * 1000)} questions/s, ${yes} reachable, ${refuted} sampled witnesses refuted`;
}

type Statement = Readonly<Record<string, unknown>>;
const allowAll: Statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const allowAllScp: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };
const rcpDeny: Statement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: {
    StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
  },
};

function controlLevels(): readonly (readonly Policy[])[] {
  const regions = { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } };
  const security = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/sec-*' } };
  const notS3 = { Effect: 'Deny', NotAction: ['iam:*', 'sts:*', 's3:*'], Resource: '*', Condition: regions };
  const guard = {
    Effect: 'Deny',
    Action: ['s3:DeleteBucket*', 's3:PutBucketPolicy'],
    Resource: '*',
    Condition: security,
  };
  return [
    [read('scp', [allowAllScp], 'scp/root')],
    [read('scp', [allowAllScp, notS3], 'scp/unit')],
    [read('scp', [allowAllScp, guard], 'scp/account')],
  ];
}

function bucket(random: SeededRandom, index: number): { name: string; account: string } {
  const end = random.pick(['logs', 'data', 'backup', 'public']);
  return { name: `${random.pick(TEAMS)}-${index}-${end}`, account: random.pick(ACCOUNTS) };
}

function bucketStatements(random: SeededRandom, name: string, roleArns: readonly string[]): Statement[] {
  const arn = `arn:aws:s3:::${name}`;
  const both = [arn, `${arn}/*`];
  const statements: Statement[] = [];
  if (random.chance(0.3)) {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } };
    statements.push({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${arn}/*`, Condition });
  }
  if (random.chance(0.5)) {
    const Principal = { AWS: [random.pick(roleArns), random.pick(ACCOUNTS)] };
    statements.push({
      Effect: 'Allow',
      Principal,
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: `${arn}/shared/*`,
    });
  }
  const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
  statements.push({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: both, Condition: insecure });
  if (random.chance(0.3)) {
    const Condition = {
      StringNotEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] },
      ArnNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/ops-*'] },
    };
    statements.push({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: both, Condition });
  }
  return statements;
}

function role(
  random: SeededRandom,
  index: number,
  buckets: readonly { name: string }[],
  levels: readonly (readonly Policy[])[],
): MatrixPrincipal {
  const team = random.pick(TEAMS);
  const accountId = random.pick(ACCOUNTS);
  const roleArn = `arn:aws:iam::${accountId}:role/${team}-${index}`;
  const names = Array.from({ length: 4 }, () => random.pick(buckets).name);
  const Resource = names.flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]);
  const statements: Statement[] = [{ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource }];
  if (random.chance(0.3)) {
    const Condition = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } };
    statements.push({ Effect: 'Allow', Action: 's3:*', Resource: `arn:aws:s3:::${team}-*`, Condition });
  }
  if (random.chance(0.2)) statements.push({ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' });
  if (random.chance(0.5)) {
    const Condition = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
    statements.push({ Effect: 'Deny', Action: ['s3:Delete*', 's3:PutBucket*'], Resource: '*', Condition });
  }
  const boundary = random.chance(0.4)
    ? read(
        'boundary',
        [
          { Effect: 'Allow', Action: ['s3:*', 'ec2:*', 'logs:*'], Resource: '*' },
          { Effect: 'Deny', Action: 's3:*', Resource: ['arn:aws:s3:::*-backup', 'arn:aws:s3:::*-backup/*'] },
        ],
        'boundary',
      )
    : undefined;
  const side: IdentitySide = {
    accountId,
    isRoot: false,
    policies: [read('identity', statements, `${team}-${index}`)],
    ...(boundary === undefined ? {} : { boundary }),
    controlLevels: levels,
  };
  const facts = new Map([
    ['aws:principaltag/team', [team]],
    ['aws:principalorgid', [ORGANIZATION]],
  ]);
  return { principal: { kind: 'session', roleArn, sessionName: 'session', accountId }, side, facts };
}

const known = new Map<string, Policy>();

/** Equal documents are one policy, as a gatherer makes them. */
function read(kind: PolicyKind, Statement: readonly Statement[], name: string): Policy {
  const text = JSON.stringify({ Version: '2012-10-17', Statement });
  const key = `${kind} ${name} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const parsed = parsePolicy(text, kind, name);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  known.set(key, parsed.policy);
  return parsed.policy;
}

function timed<Value>(work: () => Value): { value: Value; ms: number } {
  const start = performance.now();
  const value = work();
  return { value, ms: performance.now() - start };
}
