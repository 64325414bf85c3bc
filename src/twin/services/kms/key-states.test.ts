import * as sdk from '@aws-sdk/client-kms';
import type { KeyState, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';
import { keyOperations } from './key-states.js';
import type { KeyResource } from './key.js';
import { keyResource, newKey, refusal, REGION } from './testing.fixture.js';

const STATES = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
] as const satisfies readonly KeyState[];

/**
 * One letter a state, in the order above. Typed from the developer guide's table, apart from the code's own table.
 * `.` works, D is disabled, P pending deletion, R pending replica deletion, I pending import, U unavailable, C creating,
 * W updating, N not pending deletion.
 */
const TABLE: { readonly [Name in keyof typeof keyOperations]: string } = {
  CancelKeyDeletion: 'NN..NNNN',
  CreateAlias: '..PR....',
  CreateGrant: '.DPRI.C.',
  Decapsulate: '.DPRIUC.',
  Decrypt: '.DPRIUC.',
  DeleteImportedKeyMaterial: '.....UCW',
  DeriveSharedSecret: '.DPRIUC.',
  DescribeKey: '........',
  DisableKey: '..PRI.CW',
  DisableKeyRotation: '.DPRIUC.',
  EnableKey: '..PRI.CW',
  EnableKeyRotation: '.DPRIUC.',
  Encapsulate: '.DPRIUC.',
  Encrypt: '.DPRIUC.',
  GenerateDataKey: '.DPRIUC.',
  GenerateDataKeyPair: '.DPRIUC.',
  GenerateDataKeyPairWithoutPlaintext: '.DPRIUC.',
  GenerateDataKeyWithoutPlaintext: '.DPRIUC.',
  GenerateMac: '.DPRIUC.',
  GetKeyLastUsage: '........',
  GetKeyPolicy: '........',
  GetKeyRotationStatus: '........',
  GetParametersForImport: '..PR.UCW',
  GetPublicKey: '.DPRIUC.',
  ImportKeyMaterial: '..PR.UC.',
  ListGrants: '........',
  ListKeyPolicies: '........',
  ListKeyRotations: '........',
  ListResourceTags: '........',
  PutKeyPolicy: '........',
  ReEncrypt: '.DPRIUC.',
  ReplicateKey: '.DPRIUCW',
  RetireGrant: '........',
  RevokeGrant: '........',
  RotateKeyOnDemand: '.DPRIUC.',
  ScheduleKeyDeletion: '..PR...W',
  Sign: '.DPRIUC.',
  TagResource: '..PR....',
  UntagResource: '..PR....',
  UpdateAlias: '..PR....',
  UpdateKeyDescription: '..PR....',
  UpdatePrimaryRegion: '.DPRIUC.',
  Verify: '.DPRIUC.',
  VerifyMac: '.DPRIUC.',
};

const ERRORS: Readonly<Record<string, (arn: string) => string>> = {
  D: (arn) => `DisabledException: ${arn} is disabled.`,
  P: (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  R: (arn) => `KMSInvalidStateException: ${arn} is pending replica deletion.`,
  I: (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  U: (arn) => `KMSInvalidStateException: ${arn} is unavailable.`,
  C: (arn) => `KMSInvalidStateException: ${arn} is creating.`,
  W: (arn) => `KMSInvalidStateException: ${arn} is updating.`,
  N: (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
};

const STATE_ERROR = /is (disabled|(not )?pending (deletion|replica deletion|import)|unavailable|creating|updating)\.$/;

const bytes = Buffer.alloc(32, 1);
const of = (spec: Partial<KeyResource['configuration']>) => spec;
const P256 = of({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] });
const KEM = of({ KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
const EXTERNAL = of({ Origin: 'EXTERNAL' });
const SET = of({
  MultiRegion: true,
  MultiRegionConfiguration: {
    MultiRegionKeyType: 'PRIMARY',
    PrimaryKey: { Arn: 'a', Region: REGION },
    // A replica that is still there: the primary waits for it.
    ReplicaKeys: [{ Arn: 'arn:aws:kms:us-east-1:111122223333:key/K', Region: 'us-east-1' }],
  },
});

/** What each operation is called with besides the key, and a key that it suits. */
const CALLS: Readonly<Record<string, { key?: Partial<KeyResource['configuration']>; input?: object }>> = {
  CreateAlias: { input: { AliasName: 'alias/new' } },
  CreateGrant: { input: { GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Decrypt'] } },
  Decapsulate: { key: KEM, input: { SharedSecretCiphertextBlob: bytes, EncapsulationAlgorithm: 'ML_KEM' } },
  Decrypt: { input: { CiphertextBlob: bytes } },
  DeleteImportedKeyMaterial: { key: EXTERNAL },
  DeriveSharedSecret: {
    key: { ...P256, KeyUsage: 'KEY_AGREEMENT' },
    input: { KeyAgreementAlgorithm: 'ECDH', PublicKey: bytes },
  },
  Encapsulate: { key: KEM, input: { EncapsulationAlgorithm: 'ML_KEM' } },
  Encrypt: { input: { Plaintext: bytes } },
  GenerateDataKey: { input: { KeySpec: 'AES_256' } },
  GenerateDataKeyPair: { input: { KeyPairSpec: 'ECC_NIST_P256' } },
  GenerateDataKeyPairWithoutPlaintext: { input: { KeyPairSpec: 'ECC_NIST_P256' } },
  GenerateDataKeyWithoutPlaintext: { input: { NumberOfBytes: 16 } },
  GenerateMac: {
    key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    input: { Message: bytes, MacAlgorithm: 'HMAC_SHA_256' },
  },
  GetParametersForImport: {
    key: EXTERNAL,
    input: { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
  },
  GetPublicKey: { key: P256 },
  ImportKeyMaterial: { key: EXTERNAL, input: { ImportToken: bytes, EncryptedKeyMaterial: bytes } },
  PutKeyPolicy: { input: { Policy: '{"Statement":[]}' } },
  ReEncrypt: { input: { CiphertextBlob: bytes } },
  ReplicateKey: { key: SET, input: { ReplicaRegion: 'us-west-2' } },
  RetireGrant: { input: { GrantId: 'a'.repeat(64) } },
  RevokeGrant: { input: { GrantId: 'a'.repeat(64) } },
  Sign: { key: P256, input: { Message: bytes, SigningAlgorithm: 'ECDSA_SHA_256' } },
  TagResource: { input: { Tags: [{ TagKey: 'a', TagValue: 'b' }] } },
  UntagResource: { input: { TagKeys: ['a'] } },
  UpdateAlias: { input: { AliasName: 'alias/old' } },
  UpdateKeyDescription: { input: { Description: 'x' } },
  UpdatePrimaryRegion: { key: SET, input: { PrimaryRegion: 'us-east-1' } },
  Verify: { key: P256, input: { Message: bytes, Signature: bytes, SigningAlgorithm: 'ECDSA_SHA_256' } },
  VerifyMac: {
    key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    input: { Message: bytes, MacAlgorithm: 'HMAC_SHA_256', Mac: bytes },
  },
};

const KEY_ID = '12345678-1234-1234-1234-123456789012';

/** A key in a state, with what must be there for the state to last: a future, and a replica to wait for. */
function keyIn(state: KeyState, given: Partial<KeyResource['configuration']>): readonly KeyResource[] {
  const waits = state === 'PendingReplicaDeletion' ? SET : {};
  const key = keyResource({
    ...given,
    ...waits,
    KeyId: KEY_ID,
    KeyState: state,
    ...(state === 'PendingDeletion' ? { DeletionDate: '2030-01-01T00:00:00.000Z' } : {}),
  });
  const arn = `arn:aws:kms:us-east-1:111122223333:key/${KEY_ID}`;
  const set = key.configuration.MultiRegionConfiguration;
  if (set === undefined) return [key];
  const ReplicaKeys = [{ Arn: arn, Region: 'us-east-1' }];
  const replica = {
    ...key,
    arn,
    region: 'us-east-1',
    configuration: { ...key.configuration, Arn: arn, KeyState: 'Enabled' as const, MultiRegionConfiguration: set },
  };
  return [
    { ...key, configuration: { ...key.configuration, MultiRegionConfiguration: { ...set, ReplicaKeys } } },
    replica,
  ];
}

describe.each(Object.entries(TABLE))('%s', (operation, row) => {
  it.each(STATES.map((state, index) => ({ state, letter: row[index] ?? '?' })))(
    'on a key that is $state: $letter',
    async ({ state, letter }) => {
      const { key: given = {}, input = {} } = CALLS[operation] ?? {};
      const { client } = twinFor({ resources: keyIn(state, given) });
      const kms: KMSClient = await client('kms');
      const arn = `arn:aws:kms:${REGION}:111122223333:key/${KEY_ID}`;
      const named = operation.endsWith('Alias')
        ? { TargetKeyId: KEY_ID }
        : { KeyId: operation === 'RetireGrant' ? arn : KEY_ID };
      if (operation === 'UpdateAlias') {
        const other = await newKey(kms);
        await kms.send(new sdk.CreateAliasCommand({ AliasName: 'alias/old', TargetKeyId: other }));
      }
      const both = operation === 'ReEncrypt' ? { SourceKeyId: KEY_ID, DestinationKeyId: KEY_ID } : named;
      const Command = (sdk as unknown as Record<string, new (given: object) => never>)[`${operation}Command`];
      const said = await refusal(kms.send(new Command!({ ...input, ...both })));
      if (letter === '.') expect(said).not.toMatch(STATE_ERROR);
      else expect(said).toBe(ERRORS[letter]?.(arn));
    },
  );
});
