import type { Resource } from '../../estate/estate.js';
import { ageInDays } from '../age.js';
import type { Reason, Verdict } from '../control.js';
import { asObject, kindOf } from '../shape.js';
import { unclear, weigh } from '../weigh.js';
import { activeKeys } from './access-keys.js';

/** A password or key, with when it was last used (never, when left out) and created, as the estate holds them. */
interface Credential {
  readonly path: string;
  readonly name: string;
  readonly used: unknown;
  readonly created: unknown;
}

/**
 * The verdict on credentials that nobody has used for `days` days or more: the console password and every active access
 * key. A credential that was never used counts from its creation, and so does one that was set anew after its last use.
 *
 * Source: AWS Config rule `iam-user-unused-credentials-check`.
 */
export function judgeUnused(user: Resource<'AWS::IAM::User'>, days: number, now: Date): Verdict {
  const { credentials, unknown } = credentialsOf(user);
  const wrong: Reason[] = [];
  for (const credential of credentials) {
    const { path, name, used } = credential;
    const idle = idleDays(credential, now);
    if (typeof idle !== 'number') unknown.push({ text: `the last use of ${name} is not known: ${idle.why}`, path });
    else if (idle >= days) {
      const span = `${Math.floor(idle)} days`;
      const text = used === undefined || used === null ? `created ${span} ago and never used` : `not used for ${span}`;
      wrong.push({ text: `${name} was ${text}`, path });
    }
  }
  return weigh(wrong, unknown, { text: `no credential has been unused for ${days} days` });
}

function credentialsOf(user: Resource<'AWS::IAM::User'>): { credentials: Credential[]; unknown: Reason[] } {
  const { keys, unknown: unclearKeys } = activeKeys(user);
  const unknown = [...unclearKeys];
  const credentials: Credential[] = [];
  const { LoginProfile: login, PasswordLastUsed: used } = user.configuration;
  const profile = asObject(login);
  if (profile !== undefined) {
    const path = used === undefined ? 'LoginProfile.CreateDate' : 'PasswordLastUsed';
    credentials.push({ path, name: 'the console password', used, created: profile['CreateDate'] });
  } else if (login !== null) unknown.push(unclear('LoginProfile', login));
  for (const { path, name, members } of keys) {
    const lastUsed = asObject(members['LastUsed']);
    if (lastUsed === undefined) unknown.push(unclear(`${path}.LastUsed`, members['LastUsed']));
    else {
      const used = lastUsed['LastUsedDate'];
      credentials.push({ path: `${path}.LastUsed.LastUsedDate`, name, used, created: members['CreateDate'] });
    }
  }
  return { credentials, unknown };
}

/** Days since the credential was last used or, when it is younger than that or was never used, since its creation. */
function idleDays({ used, created }: Credential, now: Date): number | { readonly why: string } {
  const sinceCreation = ageInDays(created, now);
  if (sinceCreation === undefined) return { why: `its creation time is ${kindOf(created)}` };
  if (used === undefined || used === null) return sinceCreation;
  const sinceUse = ageInDays(used, now);
  return sinceUse === undefined ? { why: `the time is ${kindOf(used)}` } : Math.min(sinceUse, sinceCreation);
}
