import { DECRYPTION } from '../../controls/kms/decryption-on-all-keys.js';
import type { WrittenStatement } from '../policy-edit.js';

/** How the change was made: at the allow itself, or with a deny beside it. */
export interface Limited {
  readonly statements: readonly WrittenStatement[];
  readonly denies: boolean;
}

/** Patterns whose actions are known whole. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  'kms:decrypt': ['kms:Decrypt'],
  'kms:decrypt*': ['kms:Decrypt'],
  'kms:reencryptfrom': ['kms:ReEncryptFrom'],
  'kms:reencrypt*': ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
};

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : [value as string]);
const isDecryption = (action: string): boolean => (DECRYPTION as readonly string[]).includes(action);

/**
 * Statements in which decryption is allowed with some keys only. Where the actions are named, the allow itself is
 * narrowed, and everything else in it stays. Where they are allowed by a wider pattern (`kms:*`, `*`), nothing short of
 * a deny takes exactly them out: a deny for all other keys is added.
 *
 * @param wide the places of the statements to limit.
 */
export function limitedTo(
  keys: readonly string[],
  statements: readonly WrittenStatement[],
  wide: ReadonlySet<number>,
): Limited {
  const narrowed: WrittenStatement[] = [];
  for (const [index, statement] of statements.entries()) {
    const parts = wide.has(index) ? narrowedStatement(statement, keys) : [statement];
    if (parts === undefined) {
      const deny = { Effect: 'Deny', Action: [...DECRYPTION], NotResource: [...keys] };
      return { statements: [...statements, deny], denies: true };
    }
    narrowed.push(...parts);
  }
  return { statements: narrowed, denies: false };
}

/** The statement as one without decryption and one with it, for some keys; `undefined` when it cannot be parted. */
function narrowedStatement(statement: WrittenStatement, keys: readonly string[]): WrittenStatement[] | undefined {
  const { Sid, Action, Resource, ...others } = statement;
  if (Action === undefined || Resource === undefined) return undefined;
  const decryption: string[] = [];
  const rest: string[] = [];
  for (const pattern of texts(Action)) {
    const whole = WHOLE[pattern.toLowerCase()];
    if (whole === undefined && couldDecrypt(pattern)) return undefined;
    for (const action of whole ?? [pattern]) (isDecryption(action) ? decryption : rest).push(action);
  }
  const named = texts(Resource).filter((pattern) => pattern.startsWith('arn:') && !/[*?]/.test(pattern));
  const sid = Sid === undefined ? {} : { Sid };
  const limited = { ...others, Action: decryption, Resource: [...new Set([...keys, ...named])] };
  // A Sid may stand once in a policy.
  return rest.length === 0 ? [{ ...sid, ...limited }] : [{ ...sid, ...others, Action: rest, Resource }, limited];
}

/** Whether a pattern may stand for decryption: it has a wildcard, and is no other service's. */
function couldDecrypt(pattern: string): boolean {
  const colon = pattern.indexOf(':');
  const service = colon < 0 ? '*' : pattern.slice(0, colon);
  if (!/[*?]/.test(service) && service.toLowerCase() !== 'kms') return false;
  if (/[*?]/.test(service)) return true;
  const stem = pattern.slice(colon + 1).replace(/[*?].*$/, '');
  return (
    /[*?]/.test(pattern) &&
    DECRYPTION.some((action) => action.slice('kms:'.length).toLowerCase().startsWith(stem.toLowerCase()))
  );
}
