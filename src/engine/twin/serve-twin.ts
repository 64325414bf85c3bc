import { demoOrganization, emptyAccount } from '../../estate/demo/demo-organization.js';
import type { Estate } from '../../estate/estate.js';
import { Fork } from '../../estate/fork.js';
import { Snapshot } from '../../estate/snapshot.js';
import { serve, type OpenDoor } from '../../twin/http-door.js';
import { Twin } from '../../twin/twin.js';
import type { TwinRecorder } from './record-calls.js';

/** Which estate a twin is made of. */
export type TwinSource =
  | { readonly kind: 'demo'; readonly accounts: number; readonly seed: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'snapshot'; readonly path: string };

/** The account of an empty twin: the one AWS's own documentation uses. */
const EMPTY_ACCOUNT = '123456789012';
const EMPTY_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1'];

/**
 * The keys every served twin takes. They open nothing but a twin on this machine, so they are written down: a secret that
 * everybody knows is no secret.
 */
export const TWIN_ACCESS_KEY = 'AKIAHIKESHITWIN00001';
export const TWIN_SECRET_KEY = 'hikeshi-twin-keys-open-nothing-but-a-twin';

export interface ServedTwin {
  readonly twin: Twin;
  readonly estate: Estate;
  readonly door: OpenDoor;
  /** The account whose root the keys are: the management account of an organization. */
  readonly accountId: string;
}

/** Makes a twin of a source and serves it on the loopback interface. The recorder is told of every call and event. */
export async function serveTwin(
  source: TwinSource,
  port: number,
  now: Date,
  recorder?: TwinRecorder,
): Promise<ServedTwin> {
  const estate = await estateOf(source, now);
  const accountId = estate.header.managementAccountId ?? estate.header.accounts[0]?.accountId ?? EMPTY_ACCOUNT;
  const twin = new Twin({
    estate: new Fork(estate),
    clock: () => new Date(),
    ...(recorder === undefined ? {} : { record: recorder.record, event: recorder.event }),
  });
  const arn = `arn:${estate.header.partition}:iam::${accountId}:root`;
  twin.addCredential({
    accessKeyId: TWIN_ACCESS_KEY,
    secretAccessKey: TWIN_SECRET_KEY,
    caller: { arn, accountId, userId: accountId, kind: 'root' },
  });
  return { twin, estate, door: await serve(twin, { port }), accountId };
}

async function estateOf(source: TwinSource, now: Date): Promise<Estate> {
  switch (source.kind) {
    case 'demo':
      return demoOrganization({ accounts: source.accounts, seed: source.seed, now });
    case 'empty':
      return emptyAccount({ accountId: EMPTY_ACCOUNT, regions: EMPTY_REGIONS, now });
    case 'snapshot':
      return (await Snapshot.open(source.path)).whole();
  }
}
