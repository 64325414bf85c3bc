import * as sdk from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { diff } from '../../../estate/diff.js';
import { Fork } from '../../../estate/fork.js';
import { twinFor, type TestTwin } from '../../testing.fixture.js';
import { newKey, refusal } from './testing.fixture.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-01T00:00:00.000Z');
let twin: TestTwin;
let kms: KMSClient;

beforeEach(async () => {
  twin = twinFor();
  kms = await twin.client('kms');
});

const describeKey = async (KeyId: string, client = kms) =>
  (await client.send(new sdk.DescribeKeyCommand({ KeyId }))).KeyMetadata ?? { KeyId };
const encrypt = async (KeyId: string, client = kms) =>
  (await client.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).CiphertextBlob;

describe('aliases', () => {
  it('move between keys of a kind, and only those', async () => {
    const [one, two] = [await newKey(kms), await newKey(kms)];
    const rsa = await newKey(kms, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    const AliasName = 'alias/app';
    await kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId: one }));
    expect((await describeKey(AliasName)).Arn).toBe(one);
    await kms.send(new sdk.UpdateAliasCommand({ AliasName, TargetKeyId: two }));
    expect((await describeKey(AliasName)).Arn).toBe(two);
    await encrypt(`arn:aws:kms:eu-west-1:111122223333:${AliasName}`);
    const update = kms.send(new sdk.UpdateAliasCommand({ AliasName, TargetKeyId: rsa }));
    expect(await refusal(update)).toMatch(/^ValidationException/);
    const missing = kms.send(new sdk.UpdateAliasCommand({ AliasName: 'alias/none', TargetKeyId: one }));
    expect(await refusal(missing)).toMatch(/^NotFoundException/);
    const twice = kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId: one }));
    expect(await refusal(twice)).toMatch(/^AlreadyExistsException/);
    expect(await refusal(kms.send(new sdk.DisableKeyCommand({ KeyId: AliasName })))).toBe(
      "NotFoundException: Invalid keyId 'alias/app'",
    );
  });

  it.each([
    ['app', /^ValidationException: Alias must start with the prefix "alias\/"/],
    ['alias/aws/ebs', /^NotAuthorizedException/],
  ])('are not called %s', async (AliasName, said) => {
    const TargetKeyId = await newKey(kms);
    expect(await refusal(kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId })))).toMatch(said);
  });

  it('number 50 for a key', async () => {
    const TargetKeyId = await newKey(kms);
    const create = (index: number) =>
      kms.send(new sdk.CreateAliasCommand({ AliasName: `alias/${index}`, TargetKeyId }));
    for (let index = 0; index < 50; index++) await create(index);
    expect(await refusal(create(50))).toMatch(/^LimitExceededException/);
  });
});

describe('grants', () => {
  const GranteePrincipal = 'arn:aws:iam::111122223333:role/worker';
  const RetiringPrincipal = 'arn:aws:iam::111122223333:role/owner';

  it('are kept with their constraints, listed, revoked and retired', async () => {
    const KeyId = await newKey(kms);
    const Constraints = { EncryptionContextSubset: { tenant: 'a' } };
    const asked = {
      KeyId,
      GranteePrincipal,
      RetiringPrincipal,
      Operations: ['Decrypt' as const],
      Constraints,
      Name: 'n',
    };
    const one = await kms.send(new sdk.CreateGrantCommand(asked));
    expect(one.GrantId).toMatch(/^[0-9a-f]{64}$/);
    const same = await kms.send(new sdk.CreateGrantCommand(asked));
    expect(same.GrantId).toBe(one.GrantId);
    expect(same.GrantToken).not.toBe(one.GrantToken);
    const two = await kms.send(new sdk.CreateGrantCommand({ ...asked, Name: 'other' }));
    const list = async (given: object) =>
      (await kms.send(new sdk.ListGrantsCommand({ KeyId, ...given }))).Grants?.map(({ GrantId }) => GrantId);
    expect(await list({})).toEqual([one.GrantId, two.GrantId]);
    expect(await list({ GrantId: two.GrantId })).toEqual([two.GrantId]);
    expect(await list({ GranteePrincipal: RetiringPrincipal })).toEqual([]);
    const retirable = await kms.send(new sdk.ListRetirableGrantsCommand({ RetiringPrincipal }));
    expect(retirable.Grants?.[0]).toMatchObject({ KeyId, Constraints, Operations: ['Decrypt'], GranteePrincipal });
    await kms.send(new sdk.RetireGrantCommand({ GrantToken: one.GrantToken }));
    await kms.send(new sdk.RevokeGrantCommand({ KeyId, GrantId: two.GrantId }));
    expect(await list({})).toEqual([]);
    expect(await refusal(kms.send(new sdk.RevokeGrantCommand({ KeyId, GrantId: two.GrantId })))).toBe(
      `NotFoundException: Grant ID ${two.GrantId} not found`,
    );
    const forged = kms.send(new sdk.RetireGrantCommand({ GrantToken: 'Zm9yZ2Vk' }));
    expect(await refusal(forged)).toMatch(/^InvalidGrantTokenException/);
    expect(twin.fork.get('AWS::KMS::Key', KeyId)?.configuration).not.toHaveProperty('Grants');
  });
});

describe('dry runs and last use', () => {
  const DRY = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';

  it('say that it would have worked, and do nothing', async () => {
    const KeyId = await newKey(kms);
    const CiphertextBlob = await encrypt(KeyId);
    const before = new Fork(twin.fork);
    const Plaintext = Buffer.from('x');
    const DryRun = true;
    const GranteePrincipal = 'arn:aws:iam::111122223333:root';
    const calls = [
      kms.send(new sdk.EncryptCommand({ KeyId, Plaintext, DryRun })),
      kms.send(new sdk.DecryptCommand({ CiphertextBlob, DryRun })),
      kms.send(new sdk.DecryptCommand({ KeyId, DryRun, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })),
      kms.send(new sdk.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: KeyId, DryRun })),
      kms.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', DryRun })),
      kms.send(new sdk.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'RSA_4096', DryRun })),
      kms.send(new sdk.CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'], DryRun })),
    ];
    for (const call of calls) expect(await refusal(call)).toBe(DRY);
    expect([...diff(before, twin.fork)]).toEqual([]);
    await kms.send(new sdk.DisableKeyCommand({ KeyId }));
    const disabled = kms.send(new sdk.EncryptCommand({ KeyId, Plaintext, DryRun }));
    expect(await refusal(disabled)).toMatch(/^DisabledException/);
  });

  it('is told of the last operation that worked, and changes nothing', async () => {
    const KeyId = await newKey(kms);
    const before = new Fork(twin.fork);
    const last = () => kms.send(new sdk.GetKeyLastUsageCommand({ KeyId }));
    expect(await last()).toMatchObject({ KeyId, TrackingStartDate: new Date(NOW), KeyCreationDate: new Date(NOW) });
    expect((await last()).KeyLastUsage).toBeUndefined();
    twin.advance(DAY_MS);
    await encrypt(KeyId);
    const used = { Operation: 'Encrypt', Timestamp: new Date(NOW + DAY_MS) };
    expect((await last()).KeyLastUsage).toMatchObject(used);
    await refusal(kms.send(new sdk.DecryptCommand({ KeyId, CiphertextBlob: Buffer.from('x') })));
    expect((await last()).KeyLastUsage).toMatchObject(used);
    expect([...diff(before, twin.fork)]).toEqual([]);
  });
});

describe('what the twin has not', () => {
  it('is refused by name', async () => {
    const KeyId = await newKey(kms);
    const Recipient = { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const, AttestationDocument: Buffer.from('x') };
    const sealed = kms.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', Recipient }));
    expect(await refusal(sealed)).toMatch(/^UnsupportedOperationException/);
  });
});
