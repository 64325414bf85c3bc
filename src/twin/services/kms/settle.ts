import type { Context } from '../../context.js';
import type { Configuration, KeyResource } from './key.js';
import { destroyMaterial, materialsOf } from './material.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const WINDOW_DAYS = 30;

/**
 * Lets happen to a key what time has brought since somebody last looked: its waiting period is over and it is deleted, or
 * imported material has expired. The twin has no timers: its clock may jump, and a fork must not run one.
 *
 * @returns the key as it is now; undefined once it is deleted.
 */
export function settle(context: Context, found: KeyResource | undefined): KeyResource | undefined {
  if (found === undefined) return undefined;
  const { KeyState, DeletionDate } = found.configuration;
  if (KeyState === 'PendingDeletion' && isPast(context, DeletionDate)) {
    deleteKey(context, found);
    return undefined;
  }
  if (KeyState === 'PendingReplicaDeletion') return afterReplicas(context, found);
  return found.configuration.Origin === 'EXTERNAL' ? withoutExpired(context, found) : found;
}

/** All keys of the called account and region as they are now. */
export function settledKeys(context: Context): KeyResource[] {
  return context
    .table('AWS::KMS::Key')
    .all()
    .flatMap((found) => settle(context, found) ?? []);
}

/** The other keys of a multi-Region set, as they are now. */
export function relatedKeys(context: Context, { accountId, arn, configuration }: KeyResource): KeyResource[] {
  const { PrimaryKey, ReplicaKeys = [] } = configuration.MultiRegionConfiguration ?? {};
  return [PrimaryKey, ...ReplicaKeys].flatMap((each) => {
    if (each?.Arn === undefined || each.Region === undefined || each.Arn === arn) return [];
    return context.table('AWS::KMS::Key', { accountId, region: each.Region }).get(each.Arn) ?? [];
  });
}

/** Takes a deleted key out of what the others of its set say of the set. */
function forget(configuration: Configuration, arn: string): void {
  const set = configuration.MultiRegionConfiguration;
  if (set !== undefined) set.ReplicaKeys = (set.ReplicaKeys ?? []).filter(({ Arn }) => Arn !== arn);
}

function deleteKey(context: Context, found: KeyResource): void {
  const related = relatedKeys(context, found);
  for (const other of related) {
    context.table('AWS::KMS::Key', other).edit(other.arn, (edited) => forget(edited, found.arn));
  }
  const aliases = context.table('AWS::KMS::Alias', found);
  for (const alias of aliases.all()) {
    if (alias.configuration.TargetKeyId === found.configuration.KeyId) aliases.remove(alias.arn);
  }
  // Keys of a set share the material KMS made: it goes with the last of them.
  if (related.length === 0 || found.configuration.Origin === 'EXTERNAL') destroyMaterial(context, found);
  context.table('AWS::KMS::Key', found).remove(found.arn);
  tell(context, found, 'DeleteKey', found.configuration.DeletionDate);
}

function tell(context: Context, found: KeyResource, name: string, due: string | undefined): void {
  const { arn, type, accountId, region, configuration } = found;
  const at = due === undefined ? context.now : new Date(due);
  context.happened({
    name,
    accountId,
    region,
    at,
    resource: { arn, type },
    details: { keyId: configuration.KeyId ?? '' },
  });
}

/** A primary key waits for its replicas; when the last is gone, its own waiting period begins. */
function afterReplicas(context: Context, found: KeyResource): KeyResource | undefined {
  let ended = 0;
  for (const other of relatedKeys(context, found)) {
    const date = other.configuration.DeletionDate;
    if (settle(context, other) !== undefined) return context.table('AWS::KMS::Key', found).get(found.arn);
    ended = Math.max(ended, Date.parse(date ?? ''));
  }
  const keys = context.table('AWS::KMS::Key', found);
  // Deleted replicas are struck off the list: one that is still on it was not read, and is not known to be gone.
  const now = keys.get(found.arn) ?? found;
  if ((now.configuration.MultiRegionConfiguration?.ReplicaKeys ?? []).length > 0) return now;
  const days = found.configuration.PendingDeletionWindowInDays ?? WINDOW_DAYS;
  const begins = ended > 0 ? ended : context.now.getTime();
  const pending = keys.edit(found.arn, (edited) => {
    edited.KeyState = 'PendingDeletion';
    edited.DeletionDate = new Date(begins + days * DAY_MS).toISOString();
    delete edited.PendingDeletionWindowInDays;
  });
  return settle(context, pending);
}

function withoutExpired(context: Context, found: KeyResource): KeyResource {
  const all = materialsOf(context, found);
  const expired = all.filter(({ ImportState, ValidTo }) => ImportState === 'IMPORTED' && isPast(context, ValidTo));
  if (expired.length === 0) return found;
  for (const { KeyMaterialId, ValidTo } of expired) {
    destroyMaterial(context, found, KeyMaterialId);
    tell(context, found, 'DeleteExpiredKeyMaterial', ValidTo);
  }
  return context.table('AWS::KMS::Key', found).edit(found.arn, (edited) => {
    edited.Rotations = all.map((each) => ({ ...each }));
    loseMaterial(edited, new Set(expired.map(({ KeyMaterialId }) => KeyMaterialId)));
  });
}

/** What a key is like without some of its imported materials. */
export function loseMaterial(edited: Configuration, lost: ReadonlySet<string | undefined>): void {
  const kept = (edited.Rotations ?? []).filter(
    ({ KeyMaterialId, KeyMaterialState }) => !(lost.has(KeyMaterialId) && KeyMaterialState?.startsWith('PENDING')),
  );
  edited.Rotations = kept.map((each) => {
    if (!lost.has(each.KeyMaterialId)) return each;
    const { ExpirationModel: _model, ValidTo: _validTo, ...rest } = each;
    return { ...rest, ImportState: 'PENDING_IMPORT' };
  });
  if (!kept.some(({ KeyMaterialId }) => lost.has(KeyMaterialId))) return;
  delete edited.ExpirationModel;
  delete edited.ValidTo;
  if (edited.KeyState !== 'PendingDeletion' && edited.KeyState !== 'PendingReplicaDeletion') {
    edited.KeyState = 'PendingImport';
    edited.Enabled = false;
  }
}

function isPast(context: Context, date: string | undefined): boolean {
  return date !== undefined && Date.parse(date) <= context.now.getTime();
}
