import { Problem } from '../../base/problem.js';
import { decodePublic } from '../../keys/decode-public.js';
import type { PublicPart } from '../../keys/key-material.js';
import { isKeySpec, type KeyUsage } from '../../keys/key-spec.js';
import type { SigningAlgorithm } from '../../keys/signing-algorithm.js';
import { ApiError } from '../../reference/api-error.js';
import type { OpenConnection } from '../connect/open.js';
import { checkDeletionDays } from './embedded-keys.js';
import type { CreateKey, KeyService, Message, ServedKey } from './key-service.js';

/** KMS signs messages up to this length as they are. */
const RAW_MAX_BYTES = 4096;

interface Described {
  readonly KeyId?: string;
  readonly Arn?: string;
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
  readonly KeyState?: string;
  readonly CreationDate?: string;
  readonly DeletionDate?: string;
  readonly Description?: string;
  readonly KeyManager?: string;
}

/** Keys in AWS KMS, of one account and region. */
export class KmsKeys implements KeyService {
  readonly place: string;
  readonly rawMax = RAW_MAX_BYTES;
  private readonly connection: OpenConnection;
  private readonly region: string;

  constructor(connection: OpenConnection, region: string) {
    this.connection = connection;
    this.region = region;
    this.place = `AWS KMS in ${region}`;
  }

  async create({ spec, usage, alias, description }: CreateKey): Promise<ServedKey> {
    // The alias first, as far as that can be asked: a key that nothing names is easily forgotten, and costs.
    if (alias !== undefined && (await this.aliases()).has(alias)) {
      const next = `\`hikeshi keys rotate ${alias}\` makes a new one in its place`;
      throw new Problem('alias-taken', `there is a key \`${alias}\` already`, { next, exit: 'badUsage' });
    }
    const given = {
      KeySpec: spec,
      KeyUsage: usage,
      ...(description === undefined ? {} : { Description: description }),
    };
    const made = (await this.call('CreateKey', given))['KeyMetadata'] as Described;
    const id = made.KeyId ?? '';
    if (alias !== undefined) await this.call('CreateAlias', { AliasName: `alias/${alias}`, TargetKeyId: id });
    return this.describe(id);
  }

  async list(): Promise<readonly ServedKey[]> {
    const aliases = await this.aliases();
    const keys: ServedKey[] = [];
    for await (const page of this.pages('ListKeys')) {
      for (const { KeyId } of (page['Keys'] ?? []) as { KeyId: string }[]) {
        const described = (await this.call('DescribeKey', { KeyId }))['KeyMetadata'] as Described;
        if (described.KeyManager === 'CUSTOMER') keys.push(served(described, aliases));
      }
    }
    return keys;
  }

  async describe(name: string): Promise<ServedKey> {
    const described = (await this.call('DescribeKey', { KeyId: keyId(name) }))['KeyMetadata'] as Described;
    return served(described, await this.aliases());
  }

  async publicPart(name: string): Promise<PublicPart> {
    const { PublicKey } = await this.call('GetPublicKey', { KeyId: keyId(name) });
    const part = decodePublic(Buffer.from(String(PublicKey), 'base64'));
    if (part !== undefined) return part;
    throw new Problem('key-usage', `the public key of \`${name}\` is of a kind that Hikeshi does not know`);
  }

  async sign(name: string, algorithm: SigningAlgorithm, { type, bytes }: Message): Promise<Uint8Array> {
    const given = { KeyId: keyId(name), SigningAlgorithm: algorithm, MessageType: type, Message: bytes };
    const { Signature } = await this.call('Sign', given);
    return Buffer.from(String(Signature), 'base64');
  }

  async verify(name: string, algorithm: SigningAlgorithm, message: Message, signature: Uint8Array): Promise<boolean> {
    const { type: MessageType, bytes: Message } = message;
    try {
      await this.call('Verify', {
        KeyId: keyId(name),
        SigningAlgorithm: algorithm,
        MessageType,
        Message,
        Signature: signature,
      });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'KMSInvalidSignatureException') return false;
      throw error;
    }
  }

  async rotate(name: string): Promise<{ before: ServedKey; now: ServedKey }> {
    const before = await this.describe(name);
    const { spec, usage, description } = before;
    const made = await this.create({ spec, usage, ...(description === undefined ? {} : { description }) });
    for (const alias of before.aliases) {
      await this.call('UpdateAlias', { AliasName: `alias/${alias}`, TargetKeyId: made.id });
    }
    return { before: await this.describe(before.id), now: await this.describe(made.id) };
  }

  async setEnabled(name: string, enabled: boolean): Promise<ServedKey> {
    const { id } = await this.describe(name);
    await this.call(enabled ? 'EnableKey' : 'DisableKey', { KeyId: id });
    return this.describe(id);
  }

  async scheduleDeletion(name: string, days: number): Promise<ServedKey> {
    checkDeletionDays(days);
    const { id } = await this.describe(name);
    await this.call('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: days });
    return this.describe(id);
  }

  async cancelDeletion(name: string): Promise<ServedKey> {
    const { id } = await this.describe(name);
    await this.call('CancelKeyDeletion', { KeyId: id });
    return this.describe(id);
  }

  close(): void {
    this.connection.close();
  }

  /** From alias, without its prefix, to key id. */
  private async aliases(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const page of this.pages('ListAliases')) {
      for (const { AliasName, TargetKeyId } of (page['Aliases'] ?? []) as Record<string, string>[]) {
        if (AliasName !== undefined && TargetKeyId !== undefined)
          found.set(AliasName.slice('alias/'.length), TargetKeyId);
      }
    }
    return found;
  }

  private async *pages(operation: string): AsyncGenerator<Record<string, unknown>> {
    let Marker: unknown;
    do {
      const page = await this.call(operation, Marker === undefined ? {} : { Marker });
      yield page;
      Marker = page['Truncated'] === true ? page['NextMarker'] : undefined;
    } while (Marker !== undefined);
  }

  private async call(operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const { caller, send } = this.connection;
    try {
      return await send({ service: 'kms', operation, accountId: caller.accountId, region: this.region, input });
    } catch (error) {
      throw problemOf(error);
    }
  }
}

const PROBLEMS: Readonly<Record<string, readonly [code: string, next: string]>> = {
  NotFoundException: ['unknown-key', '`hikeshi keys list --kms REGION` shows them'],
  DisabledException: ['key-state', '`hikeshi keys enable`'],
  KMSInvalidStateException: ['key-state', '`hikeshi keys list --kms REGION` shows its state'],
  InvalidKeyUsageException: ['key-usage', 'take another key or algorithm'],
};

/** KMS's own words, under the codes that the embedded store has too. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const [code, next] = PROBLEMS[error.code] ?? [];
  return code === undefined
    ? error
    : new Problem(code, error.message, { exit: 'badUsage', cause: error, ...(next === undefined ? {} : { next }) });
}

/** KMS takes ids and ARNs as they are; a plain name is an alias. */
function keyId(name: string): string {
  const isKey = /^(?:arn:|alias\/|mrk-[0-9a-f]{32}$|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$)/.test(name);
  return isKey ? name : `alias/${name}`;
}

function served(key: Described, aliases: ReadonlyMap<string, string>): ServedKey {
  const { KeyId = '', Arn, KeySpec = '', KeyUsage, KeyState = '', CreationDate = '', DeletionDate, Description } = key;
  if (!isKeySpec(KeySpec))
    throw new Problem('key-usage', `the key \`${KeyId}\` has the spec \`${KeySpec}\`, which Hikeshi does not know`);
  return {
    id: KeyId,
    ...(Arn === undefined ? {} : { arn: Arn }),
    aliases: [...aliases].filter(([, id]) => id === KeyId).map(([alias]) => alias),
    spec: KeySpec,
    usage: KeyUsage as KeyUsage,
    state: KeyState,
    createdAt: CreationDate,
    ...(Description === undefined || Description === '' ? {} : { description: Description }),
    ...(DeletionDate === undefined ? {} : { deletionDate: DeletionDate }),
  };
}
