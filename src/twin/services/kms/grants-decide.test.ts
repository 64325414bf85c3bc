import * as sdk from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';
import { ACCOUNT, kmsAs, newKey, refusal, userResource } from './testing.fixture.js';

const worker = userResource('worker');
const owner = userResource('owner');
const stranger = userResource('stranger');
const Plaintext = Buffer.from('x');
const denied = (name: string, operation: string) =>
  new RegExp(
    `^AccessDeniedException: User: arn:aws:iam::${ACCOUNT}:user/${name} is not authorized to perform: ${operation}`,
  );

let twin: TestTwin;
let root: KMSClient;
let as: Readonly<Record<'worker' | 'owner' | 'stranger', KMSClient>>;

beforeEach(async () => {
  twin = twinFor({ resources: [worker.resource, owner.resource, stranger.resource] });
  root = await twin.client('kms');
  as = { worker: kmsAs(twin, worker.caller), owner: kmsAs(twin, owner.caller), stranger: kmsAs(twin, stranger.caller) };
});

const encrypt = (KeyId: string, EncryptionContext?: Record<string, string>, GrantTokens?: string[]) =>
  new sdk.EncryptCommand({
    KeyId,
    Plaintext,
    ...(EncryptionContext && { EncryptionContext }),
    ...(GrantTokens && { GrantTokens }),
  });

async function grant(KeyId: string, more: Partial<sdk.CreateGrantRequest> = {}) {
  const GranteePrincipal = worker.caller.arn;
  const { GrantId = '', GrantToken = '' } = await root.send(
    new sdk.CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Encrypt', 'DescribeKey'], ...more }),
  );
  return { GrantId, GrantToken };
}

describe('a grant', () => {
  it('lets its grantee do its operations, nobody else and nothing else, until it is revoked', async () => {
    const KeyId = await newKey(root);
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toMatch(denied('worker', 'kms:Encrypt'));
    const { GrantId } = await grant(KeyId);
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toBe('was answered');
    expect(await refusal(as.stranger.send(encrypt(KeyId)))).toMatch(denied('stranger', 'kms:Encrypt'));
    const { CiphertextBlob } = await as.worker.send(encrypt(KeyId));
    const decrypt = as.worker.send(new sdk.DecryptCommand({ CiphertextBlob }));
    expect(await refusal(decrypt)).toMatch(denied('worker', 'kms:Decrypt'));
    await root.send(new sdk.RevokeGrantCommand({ KeyId, GrantId }));
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toMatch(denied('worker', 'kms:Encrypt'));
  });

  it.each([
    { name: 'a subset', Constraints: { EncryptionContextSubset: { tenant: 'a' } }, withMore: 'was answered' },
    {
      name: 'equality',
      Constraints: { EncryptionContextEquals: { tenant: 'a' } },
      withMore: denied('worker', 'kms:Encrypt'),
    },
  ])('is held to its constraint: $name', async ({ Constraints, withMore }) => {
    const KeyId = await newKey(root);
    await grant(KeyId, { Constraints });
    const no = denied('worker', 'kms:Encrypt');
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toMatch(no);
    expect(await refusal(as.worker.send(encrypt(KeyId, { tenant: 'b' })))).toMatch(no);
    expect(await refusal(as.worker.send(encrypt(KeyId, { tenant: 'a' })))).toBe('was answered');
    expect(await refusal(as.worker.send(encrypt(KeyId, { tenant: 'a', more: 'b' })))).toMatch(withMore);
  });

  it('is not held to it where there is no encryption context: DescribeKey, and all of an asymmetric key', async () => {
    const Constraints = { EncryptionContextSubset: { tenant: 'a' } };
    const KeyId = await newKey(root);
    await grant(KeyId, { Constraints });
    expect(await refusal(as.worker.send(new sdk.DescribeKeyCommand({ KeyId })))).toBe('was answered');
    expect(await refusal(as.stranger.send(new sdk.DescribeKeyCommand({ KeyId })))).toMatch(
      denied('stranger', 'kms:DescribeKey'),
    );
    expect(await refusal(as.worker.send(new sdk.ListGrantsCommand({ KeyId })))).toMatch(
      denied('worker', 'kms:ListGrants'),
    );
    const pair = await newKey(root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await grant(pair, { Operations: ['Sign', 'GetPublicKey'], Constraints });
    const sign = new sdk.SignCommand({ KeyId: pair, Message: Plaintext, SigningAlgorithm: 'ECDSA_SHA_256' });
    expect(await refusal(as.worker.send(sign))).toBe('was answered');
    expect(await refusal(as.stranger.send(sign))).toMatch(denied('stranger', 'kms:Sign'));
  });

  it('does not outweigh a deny', async () => {
    const Statement = [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Deny', Principal: { AWS: worker.caller.arn }, Action: 'kms:Encrypt', Resource: '*' },
    ];
    const KeyId = await newKey(root, { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    await grant(KeyId);
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toMatch(/explicit deny in a resource-based policy$/);
  });

  it('is retired by its retiring principal, its grantee where it says so, and its maker’s root: by nobody else', async () => {
    const KeyId = await newKey(root);
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111122223333:root', stranger.caller.arn] },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
    await root.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy }));
    const retiring = { RetiringPrincipal: owner.caller.arn };
    const { GrantId } = await grant(KeyId, retiring);
    const retire = (kms: KMSClient, id: string) =>
      refusal(kms.send(new sdk.RetireGrantCommand({ KeyId, GrantId: id })));
    expect(await retire(as.worker, GrantId)).toMatch(denied('worker', 'kms:RetireGrant'));
    // Not even somebody to whom the key policy gives everything.
    expect(await retire(as.stranger, GrantId)).toMatch(denied('stranger', 'kms:RetireGrant'));
    const dry = as.owner.send(new sdk.RetireGrantCommand({ KeyId, GrantId, DryRun: true }));
    expect(await refusal(dry)).toMatch(/^DryRunOperationException/);
    expect(await retire(as.owner, GrantId)).toBe('was answered');
    expect(await refusal(as.worker.send(encrypt(KeyId)))).toMatch(denied('worker', 'kms:Encrypt'));
    const { GrantId: own } = await grant(KeyId, { Operations: ['Encrypt', 'RetireGrant'] });
    expect(await retire(as.worker, own)).toBe('was answered');
    const { GrantToken } = await grant(KeyId, retiring);
    expect(await refusal(as.owner.send(new sdk.RetireGrantCommand({ GrantToken })))).toBe('was answered');
    expect(await retire(root, (await grant(KeyId)).GrantId)).toBe('was answered');
    expect((await root.send(new sdk.ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
  });
});

describe('a grant token', () => {
  it('comes with a request unharmed, and is refused when it is none of KMS’s', async () => {
    const KeyId = await newKey(root);
    const { GrantToken } = await grant(KeyId);
    expect(await refusal(as.worker.send(encrypt(KeyId, undefined, [GrantToken])))).toBe('was answered');
    const changed = `${GrantToken.slice(0, -6)}AAAAA=`;
    for (const bad of ['forged', changed]) {
      const calls = [
        encrypt(KeyId, undefined, [bad]),
        new sdk.DescribeKeyCommand({ KeyId, GrantTokens: [GrantToken, bad] }),
        new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', GrantTokens: [bad], DryRun: true }),
      ];
      for (const call of calls) {
        expect(await refusal(root.send(call as sdk.EncryptCommand))).toMatch(/^InvalidGrantTokenException/);
      }
    }
  });
});
