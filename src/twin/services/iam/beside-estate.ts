import type { InstanceProfile, Tag } from '@aws-sdk/client-iam';
import type { Stored } from '../../../base/json.js';
import type { Fork } from '../../../estate/fork.js';
import type { Context } from '../../context.js';
import type { Credential } from '../../caller.js';

/** A virtual MFA device that was made on this twin. Without a seed it was read with a user, and cannot be enabled again. */
export interface VirtualDevice {
  readonly serialNumber: string;
  readonly seed: Buffer | undefined;
  readonly tags: Stored<Tag>[];
}

/** What a role has that GetAccountAuthorizationDetails does not tell, and the estate therefore does not keep. */
export interface RoleSettings {
  readonly description?: string;
  readonly maxSessionDuration?: number;
}

/**
 * What IAM keeps of an account for which the estate has no place: secrets, what is attached to nobody, and what no
 * listing of the account tells. It lasts as long as the fork.
 */
export interface BesideEstate {
  /** Secrets of the access keys that were made here, so that a key that was made inactive can be made active again. */
  readonly secrets: Map<string, Credential>;
  readonly virtualDevices: Map<string, VirtualDevice>;
  /** Instance profiles without a role; one with a role is kept with the role. */
  readonly emptyProfiles: Map<string, Stored<InstanceProfile>>;
  readonly roleSettings: Map<string, RoleSettings>;
  /** By the ARN of a managed policy or an instance profile. */
  readonly tags: Map<string, Stored<Tag>[]>;
  alias: string | undefined;
  report: { readonly content: string; readonly at: Date } | undefined;
}

const kept = new WeakMap<Fork, Map<string, BesideEstate>>();

/** What is kept beside the estate for an account: the called one unless told. */
export function besideEstate(context: Context, accountId: string = context.accountId): BesideEstate {
  const accounts = kept.get(context.estate) ?? new Map<string, BesideEstate>();
  kept.set(context.estate, accounts);
  const own = accounts.get(accountId) ?? {
    secrets: new Map(),
    virtualDevices: new Map(),
    emptyProfiles: new Map(),
    roleSettings: new Map(),
    tags: new Map(),
    alias: undefined,
    report: undefined,
  };
  accounts.set(accountId, own);
  return own;
}
