import type { Policy, Statement } from '../../policy/document/policy.js';
import { accessRequest, type AccessRequest } from '../../policy/evaluate/access-request.js';
import { applyingStatements, policiesAllow } from '../../policy/evaluate/policy-allows.js';
import { allowsAll } from '../../policy/questions/allows-all.js';
import type { DocumentFindings } from '../iam/managed-policy-verdict.js';
import { readingOf, statementsText, withoutConditions } from '../policy-document.js';

/** The actions that give what was encrypted. Source: AWS Config rule `iam-customer-policy-blocked-kms-actions`. */
export const DECRYPTION = ['kms:Decrypt', 'kms:ReEncryptFrom'] as const;

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];
/** A key that nobody has: who may use it may use keys that the policy does not name. */
const KEY_ID = '0f3c1d5e-7a2b-4c9d-8e6f-1a2b3c4d5e6f';

/**
 * Whether a document allows decryption on all KMS keys: on a key that it does not name, of an account that it does not
 * name, in every region. So keys that are denied by name, or some accounts', do not excuse, and a list of keys, of an
 * account's keys or of a region's keys is as it should be.
 *
 * One request for each action lets nearly every policy go; the proof over the regions is for those that are left.
 */
export function findDecryptionOnAllKeys(policy: Policy): DocumentFindings {
  const bare = withoutConditions(policy);
  const wrong: string[] = [];
  const open: string[] = [];
  const statements = new Set<Statement>();
  for (const action of DECRYPTION) {
    const request = unnamedKeyRequest(policy, action);
    if (request === undefined) continue;
    const everywhere = request.resource.replace(':us-east-1:', ':*:');
    const all = allowsAll([bare], { actions: [action], resources: [everywhere] });
    if (all.kind === 'undetermined') open.push(all.reason);
    if (all.kind !== 'yes') continue;
    wrong.push(action);
    for (const statement of applyingStatements([bare], request).allows) statements.add(statement);
  }
  if (wrong.length > 0)
    return { wrong: `${wrong.join(' and ')} on all keys is allowed, by ${statementsText([...statements])}` };
  return open.length > 0 ? { open: `whether it allows decryption on all keys stayed open: ${open.join('; ')}` } : {};
}

/** `findDecryptionOnAllKeys` of a text, remembered. */
export const readDecryptionOnAllKeys = readingOf(findDecryptionOnAllKeys);

/** A request that uses a key which the policy does not name, if the policy allows it in some partition. */
function unnamedKeyRequest(policy: Policy, action: string): AccessRequest | undefined {
  const bare = withoutConditions(policy);
  const accountId = unnamedAccount(policy);
  return PARTITIONS.map((partition) =>
    accessRequest({
      principal: { kind: 'user', arn: `arn:${partition}:iam::${accountId}:user/somebody`, accountId },
      action,
      resource: `arn:${partition}:kms:us-east-1:${accountId}:key/${KEY_ID}`,
    }),
  ).find((request) => policiesAllow([bare], request));
}

function unnamedAccount({ text }: Policy): string {
  for (let number = 999_988_887_777; ; number--) if (!text.includes(String(number))) return String(number);
}

/** The places of the statements that allow decryption with keys that the document does not name. */
export function decryptingStatements(policy: Policy): ReadonlySet<number> {
  const bare = withoutConditions(policy);
  const places = new Set<number>();
  for (const action of DECRYPTION) {
    const request = unnamedKeyRequest(policy, action);
    if (request === undefined) continue;
    for (const { index } of applyingStatements([bare], request).allows) places.add(index);
  }
  return places;
}
