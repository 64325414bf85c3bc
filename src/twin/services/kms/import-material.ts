import type { ImportKeyMaterialRequest } from '@aws-sdk/client-kms';
import { decodeMaterial } from '../../../keys/encode-material.js';
import type { KeyMaterial } from '../../../keys/key-material.js';
import { isKeySpec } from '../../../keys/key-spec.js';
import { unwrap } from '../../../keys/unwrap.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { parametersOf, requireExternal, wrappingMaterial } from './import-parameters.js';
import { edit, keyFor, type Configuration, type KeyResource } from './key.js';
import { destroyMaterial, importedMaterialId, materialsOf, storeId, type MaterialEntry, storeOf } from './material.js';
import { loseMaterial, relatedKeys } from './settle.js';

const EXPIRY_MAX_MS = 365 * 24 * 60 * 60 * 1000;

/** Key material that customers bring. */
export const importMaterial = handlers('kms', {
  ImportKeyMaterial(input, context) {
    const found = keyFor(context, input.KeyId, {
      facts: {
        'kms:ExpirationModel': input.ExpirationModel ?? 'KEY_MATERIAL_EXPIRES',
        'kms:ValidTo': input.ValidTo?.toISOString(),
      },
    });
    requireExternal(found);
    const expiry = expiryOf(context, input);
    const { material, id } = unwrapped(context, found, input);
    const all = materialsOf(context, found).map((each) => ({ ...each }));
    const entry = entryFor(context, found, all, input, id);
    for (const name of ['ExpirationModel', 'ValidTo'] as const) delete entry[name];
    Object.assign(entry, { ImportState: 'IMPORTED' }, expiry);
    if (input.KeyMaterialDescription !== undefined) entry.KeyMaterialDescription = input.KeyMaterialDescription;
    const symmetric = found.configuration.KeySpec === 'SYMMETRIC_DEFAULT';
    storeOf(context).put(storeId(found, symmetric ? id : undefined), material);
    edit(context, found, (edited) => {
      edited.Rotations = all;
      takeIn(edited, entry, all, symmetric);
    });
    return { KeyId: found.arn, ...(symmetric ? { KeyMaterialId: id } : {}) };
  },
  DeleteImportedKeyMaterial(input, context) {
    const found = keyFor(context, input.KeyId);
    requireExternal(found);
    const all = materialsOf(context, found);
    const id = input.KeyMaterialId ?? all.find(({ KeyMaterialState }) => KeyMaterialState === 'CURRENT')?.KeyMaterialId;
    if (id === undefined) return { KeyId: found.arn };
    if (!all.some(({ KeyMaterialId }) => KeyMaterialId === id)) {
      throw new AwsError('NotFoundException', `Key material ${id} is not associated with ${found.arn}.`);
    }
    destroyMaterial(context, found, id);
    edit(context, found, (edited) => {
      edited.Rotations = all.map((each) => ({ ...each }));
      loseMaterial(edited, new Set([id]));
    });
    const symmetric = found.configuration.KeySpec === 'SYMMETRIC_DEFAULT';
    return { KeyId: found.arn, ...(symmetric ? { KeyMaterialId: id } : {}) };
  },
});

/** The key's own state once a material has come in. */
function takeIn(edited: Configuration, entry: MaterialEntry, all: readonly MaterialEntry[], symmetric: boolean): void {
  if (entry.KeyMaterialState === 'CURRENT') {
    delete edited.ValidTo;
    edited.ExpirationModel = entry.ExpirationModel ?? 'KEY_MATERIAL_DOES_NOT_EXPIRE';
    if (entry.ValidTo !== undefined) edited.ValidTo = entry.ValidTo;
    if (symmetric && entry.KeyMaterialId !== undefined) edited.CurrentKeyMaterialId = entry.KeyMaterialId;
  }
  const complete = all.every(
    ({ ImportState, KeyMaterialState }) => ImportState === 'IMPORTED' || KeyMaterialState?.startsWith('PENDING'),
  );
  if (edited.KeyState !== 'PendingImport' || !complete) return;
  edited.KeyState = 'Enabled';
  edited.Enabled = true;
}

function expiryOf(context: Context, { ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }: ImportKeyMaterialRequest) {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (ValidTo === undefined) return { ExpirationModel };
    throw new AwsError(
      'ValidationException',
      'A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
    );
  }
  if (ValidTo === undefined) {
    throw new AwsError(
      'ValidationException',
      'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
    );
  }
  const ahead = ValidTo.getTime() - context.now.getTime();
  if (ahead <= 0 || ahead > EXPIRY_MAX_MS) {
    throw new AwsError('ValidationException', 'The validTo date must be in the future and at most 365 days from now.');
  }
  return { ExpirationModel, ValidTo: ValidTo.toISOString() };
}

function unwrapped(
  context: Context,
  found: KeyResource,
  { ImportToken = new Uint8Array(), EncryptedKeyMaterial = new Uint8Array() }: ImportKeyMaterialRequest,
): { material: KeyMaterial; id: string } {
  const parameters = parametersOf(context, found, ImportToken);
  const bytes = unwrap(wrappingMaterial(context, parameters), parameters.algorithm, EncryptedKeyMaterial);
  if (bytes === undefined) throw new AwsError('InvalidCiphertextException', '');
  const { KeySpec = 'SYMMETRIC_DEFAULT', KeyId } = found.configuration;
  const material = isKeySpec(KeySpec) ? decodeMaterial(KeySpec, bytes) : undefined;
  if (material === undefined) throw incorrect(`The key material is not valid for key spec ${KeySpec}.`);
  const id = importedMaterialId(KeyId ?? '', bytes);
  bytes.fill(0);
  return { material, id };
}

/** The entry of the material that is imported, new or known; added to `all` when it is new. */
function entryFor(
  context: Context,
  found: KeyResource,
  all: MaterialEntry[],
  input: ImportKeyMaterialRequest,
  id: string,
): MaterialEntry {
  const known = all.find(({ KeyMaterialId }) => KeyMaterialId === id);
  const isNew =
    (input.ImportType ?? (all.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL')) !== 'EXISTING_KEY_MATERIAL';
  if (input.KeyMaterialId !== undefined && (isNew || input.KeyMaterialId !== id)) {
    throw incorrect('The key material does not have the KeyMaterialId of the request.');
  }
  if (!isNew) {
    if (known !== undefined) return known;
    // A replica takes what its primary has taken.
    const primary = relatedKeys(context, found).flatMap((each) => materialsOf(context, each));
    const theirs = primary.find(({ KeyMaterialId }) => KeyMaterialId === id);
    if (theirs === undefined) throw incorrect('The key material is not the key material that was previously imported.');
    const { KeyId: _key, ImportState: _state, ExpirationModel: _model, ValidTo: _validTo, ...rest } = theirs;
    const copied: MaterialEntry = { ...rest, KeyId: found.arn };
    all.push(copied);
    return copied;
  }
  if (known !== undefined) throw incorrect('The key material is already associated with the KMS key.');
  if (all.length > 0) requireRotatable(found, all);
  const made: MaterialEntry = {
    KeyId: found.arn,
    KeyMaterialId: id,
    KeyMaterialState: all.length === 0 ? 'CURRENT' : 'PENDING_ROTATION',
  };
  all.push(made);
  return made;
}

/** Only symmetric keys, and of a set only the primary, take further materials; one at a time. */
function requireRotatable(found: KeyResource, all: readonly MaterialEntry[]): void {
  const { KeySpec, MultiRegionConfiguration } = found.configuration;
  if (KeySpec !== 'SYMMETRIC_DEFAULT') {
    throw incorrect('The key material of an asymmetric or HMAC KMS key cannot be changed.');
  }
  if (MultiRegionConfiguration?.MultiRegionKeyType === 'REPLICA') {
    const message = `${found.arn} is a multi-Region replica key: import new key material into its primary key first.`;
    throw new AwsError('UnsupportedOperationException', message);
  }
  if (all.some(({ KeyMaterialState }) => KeyMaterialState?.startsWith('PENDING'))) {
    throw new AwsError('KMSInvalidStateException', `${found.arn} has key material that is pending rotation.`);
  }
}

function incorrect(message: string): AwsError {
  return new AwsError('IncorrectKeyMaterialException', message);
}
