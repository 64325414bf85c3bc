import { EncryptCommand, PutKeyPolicyCommand, TagResourceCommand, type KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../base/ports.js';
import { Fork } from '../estate/fork.js';
import type { AuthorizationRequest } from './authorizer.js';
import { PolicyAuthorizer } from './policy-authorizer.js';
import { ACCOUNT, kmsAs, newKey, refusal, userResource } from './services/kms/testing.fixture.js';
import { twinFor, type TestTwin } from './testing.fixture.js';

const { resource: user, caller } = userResource('worker');
const { resource: otherUser, caller: other } = userResource('other');
const DAY_MS = 86_400_000;

let twin: TestTwin;
let root: KMSClient;
let worker: KMSClient;

beforeEach(async () => {
  twin = twinFor({ resources: [user, otherUser] });
  root = await twin.client('kms');
  worker = kmsAs(twin, caller);
});

function policy(given?: object): string {
  const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
  const more = { Effect: 'Allow', Principal: { AWS: caller.arn }, Action: 'kms:Encrypt', Resource: '*', ...given };
  return JSON.stringify({ Version: '2012-10-17', Statement: given === undefined ? [own] : [own, more] });
}

/** What the worker is told when it encrypts, each time asked twice: the second answer may be a remembered one. */
async function encrypt(KeyId: string, kms = worker): Promise<string> {
  const once = () => refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })));
  const first = await once();
  expect(await once()).toBe(first);
  return first.replace(/:.*/, '');
}

describe('a decision that was made before', () => {
  it('is made again once a policy is another', async () => {
    const KeyId = await newKey(root);
    expect(await encrypt(KeyId)).toBe('AccessDeniedException');
    await root.send(new PutKeyPolicyCommand({ KeyId, Policy: policy({}) }));
    expect(await encrypt(KeyId)).toBe('was answered');
    expect(await encrypt(KeyId, kmsAs(twin, other))).toBe('AccessDeniedException');
    await root.send(new PutKeyPolicyCommand({ KeyId, Policy: policy() }));
    expect(await encrypt(KeyId)).toBe('AccessDeniedException');
  });

  it('is made again where a policy looks at the time, at a tag or at a variable', async () => {
    const Condition = { DateLessThan: { 'aws:CurrentTime': '2026-03-02T00:00:00Z' } };
    const timed = await newKey(root, { Policy: policy({ Condition }) });
    expect(await encrypt(timed)).toBe('was answered');
    twin.advance(2 * DAY_MS);
    expect(await encrypt(timed)).toBe('AccessDeniedException');
    const tagged = await newKey(root, {
      Policy: policy({ Condition: { StringEquals: { 'aws:ResourceTag/for': 'work' } } }),
    });
    expect(await encrypt(tagged)).toBe('AccessDeniedException');
    await root.send(new TagResourceCommand({ KeyId: tagged, Tags: [{ TagKey: 'for', TagValue: 'work' }] }));
    expect(await encrypt(tagged)).toBe('was answered');
    const own = await newKey(root, { Policy: policy({ Resource: 'arn:aws:kms:*:*:key/${aws:username}' }) });
    expect(await encrypt(own)).toBe('AccessDeniedException');
  });
});

it('one authorizer that remembers and a new one for every question agree, whatever is edited in between', () => {
  const seed = Number(process.env['HIKESHI_SEED'] ?? Date.now() % 1_000_000);
  const random = new SeededRandom(seed);
  const remembering = new PolicyAuthorizer();
  const policies = [
    policy(),
    policy({}),
    policy({ Condition: { StringEquals: { 'kms:EncryptionContext:a': '1' } } }),
    policy({ Effect: 'Deny' }),
    policy({ Action: 'kms:*', Condition: { DateLessThan: { 'aws:CurrentTime': '2026-03-03T00:00:00Z' } } }),
  ];
  const keys = [0, 1, 2].map((place) => `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${place}`);
  const estate = new Fork(twin.fork);
  for (let round = 0; round < 2000; round++) {
    if (random.chance(0.1)) {
      const arn = random.pick(keys);
      const configuration = { KeyId: arn.slice(-1), Arn: arn, Policy: random.pick(policies) };
      estate.put({ arn, type: 'AWS::KMS::Key', accountId: ACCOUNT, region: 'eu-west-1', configuration });
    }
    const request: AuthorizationRequest = {
      caller: random.pick([caller, other]),
      action: random.pick(['kms:Encrypt', 'kms:Decrypt']),
      resource: random.pick(keys),
      resourceAccountId: ACCOUNT,
      context: random.pick([{}, { 'kms:EncryptionContext:a': '1' }]),
      estate,
      region: 'eu-west-1',
      now: new Date(Date.parse('2026-03-01T00:00:00Z') + random.below(4) * DAY_MS),
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    };
    expect(remembering.authorize(request), `HIKESHI_SEED=${seed}`).toEqual(new PolicyAuthorizer().authorize(request));
  }
});
