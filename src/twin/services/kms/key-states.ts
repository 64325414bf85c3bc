import type { KeyState } from '@aws-sdk/client-kms';
import type { OperationName } from '../../../reference/operations.js';
import { AwsError } from '../../aws-error.js';

/** What an operation asks of the key it is called with. */
export interface KeyOperation {
  /** The key states it works in. */
  readonly states: readonly KeyState[];
  /** Whether the key may be named by an alias, and whether it may be another account's. */
  readonly reach: 'any' | 'own' | 'foreign';
}

const EVERY = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
] as const satisfies readonly KeyState[];

const NOT_PENDING_DELETION = EVERY.filter((state) => !state.endsWith('Deletion'));
const without = (...states: readonly KeyState[]) => NOT_PENDING_DELETION.filter((state) => !states.includes(state));

/** Cryptography: by id, ARN, alias or alias ARN, and across accounts. */
const use: KeyOperation = { states: ['Enabled', 'Updating'], reach: 'any' };
const read: KeyOperation = { states: EVERY, reach: 'own' };
const manage: KeyOperation = { states: NOT_PENDING_DELETION, reach: 'own' };
const toggle: KeyOperation = { states: ['Enabled', 'Disabled', 'Unavailable'], reach: 'own' };
const rotate: KeyOperation = { states: ['Enabled', 'Updating'], reach: 'own' };

/**
 * Which key states each operation works in. What it answers in the others depends only on the state: see `refusal`.
 *
 * Source: KMS developer guide, "Key states of AWS KMS keys", table; each operation's page for "Cross-account use".
 */
export const keyOperations = {
  CancelKeyDeletion: { states: ['PendingDeletion', 'PendingReplicaDeletion'], reach: 'own' },
  CreateAlias: manage,
  CreateGrant: { states: ['Enabled', 'Unavailable', 'Updating'], reach: 'foreign' },
  Decapsulate: use,
  Decrypt: use,
  DeleteImportedKeyMaterial: {
    states: ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'PendingImport'],
    reach: 'own',
  },
  DeriveSharedSecret: use,
  DescribeKey: { states: EVERY, reach: 'any' },
  DisableKey: toggle,
  DisableKeyRotation: rotate,
  EnableKey: toggle,
  EnableKeyRotation: rotate,
  Encapsulate: use,
  Encrypt: use,
  GenerateDataKey: use,
  GenerateDataKeyPair: use,
  GenerateDataKeyPairWithoutPlaintext: use,
  GenerateDataKeyWithoutPlaintext: use,
  GenerateMac: use,
  GetKeyLastUsage: read,
  GetKeyPolicy: read,
  GetKeyRotationStatus: { states: EVERY, reach: 'foreign' },
  GetParametersForImport: { states: ['Enabled', 'Disabled', 'PendingImport'], reach: 'own' },
  GetPublicKey: use,
  ImportKeyMaterial: { states: ['Enabled', 'Disabled', 'PendingImport', 'Updating'], reach: 'own' },
  ListGrants: { states: EVERY, reach: 'foreign' },
  ListKeyPolicies: read,
  ListKeyRotations: read,
  ListResourceTags: read,
  PutKeyPolicy: read,
  ReEncrypt: use,
  ReplicateKey: { states: ['Enabled'], reach: 'own' },
  RetireGrant: { states: EVERY, reach: 'foreign' },
  RevokeGrant: { states: EVERY, reach: 'foreign' },
  RotateKeyOnDemand: rotate,
  ScheduleKeyDeletion: { states: without('Updating'), reach: 'own' },
  Sign: use,
  TagResource: manage,
  UntagResource: manage,
  UpdateAlias: manage,
  UpdateKeyDescription: manage,
  UpdatePrimaryRegion: { states: ['Enabled', 'Updating'], reach: 'own' },
  Verify: use,
  VerifyMac: use,
} as const satisfies { readonly [Name in OperationName<'kms'>]?: KeyOperation };

const SHOWN: { readonly [State in KeyState]: string } = {
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingDeletion: 'pending deletion',
  PendingReplicaDeletion: 'pending replica deletion',
  PendingImport: 'pending import',
  Unavailable: 'unavailable',
  Creating: 'creating',
  Updating: 'updating',
};

/**
 * What KMS says when a key's state does not allow an operation.
 *
 * @returns undefined when it does.
 */
export function stateRefusal(operation: string, arn: string, state: KeyState): AwsError | undefined {
  const { states } = keyOperationOf(operation);
  if (states.includes(state)) return undefined;
  if (operation === 'CancelKeyDeletion')
    return new AwsError('KMSInvalidStateException', `${arn} is not pending deletion.`);
  const code = state === 'Disabled' ? 'DisabledException' : 'KMSInvalidStateException';
  return new AwsError(code, `${arn} is ${SHOWN[state]}.`);
}

/** The row of an operation. */
export function keyOperationOf(operation: string): KeyOperation {
  const found: KeyOperation | undefined = (keyOperations as Readonly<Record<string, KeyOperation>>)[operation];
  if (found === undefined) throw new Error(`kms:${operation} does not take a key`);
  return found;
}
