import { decryptingStatements, readDecryptionOnAllKeys } from '../../controls/kms/decryption-on-all-keys.js';
import type { Estate } from '../../estate/estate.js';
import { parsePolicy } from '../../policy/document/parse-policy.js';
import { notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Refusal, Step, Subject } from '../playbook.js';
import { documentText, plainDocument, writtenPolicy } from '../policy-edit.js';
import { holdersWarning, inForce, newVersionStep, POLICY_VERSION_CALLS } from '../policy-version-step.js';
import { INLINE_CALLS, identityOf, inlineSteps } from './inline-steps.js';
import { limitedTo } from './limited-statements.js';

const KEY_PATTERN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

export const playbook: Playbook = {
  id: 'limit-decryption-to-keys',
  title: 'Allow decryption with the account’s own keys only',
  description:
    'Changes policies that allow decryption with every KMS key so that they allow it with the account’s own keys, or with those you name; what else they allow stays. Customer managed policies get a new version and keep the old one; inline policies are put anew. Where decryption is allowed by a wider pattern such as `kms:*`, a deny for all other keys is added.',
  controls: ['KMS.1', 'KMS.2'],
  risk: 'H',
  calls: [...POLICY_VERSION_CALLS, ...INLINE_CALLS],
  parameters: [
    {
      name: 'keys',
      description:
        'the ARNs of the keys it may decrypt with, separated by commas; the account’s own in all regions when not given',
    },
  ],
  plan(subject, estate, parameters) {
    const keys = keysGiven(parameters['keys'], subject, estate);
    if ('refused' in keys) return keys;
    const made = subject.resourceType === 'AWS::IAM::ManagedPolicy' ? managedStep : inlinePlan;
    const changed = made(subject, estate, keys);
    if ('refused' in changed) return changed;
    const denies = {
      code: 'denies',
      text: 'a deny is added: it stops decryption with other keys whatever else allows it, a key’s own policy included',
    };
    return planOf(playbook, subject, changed.steps, {
      warnings: [...changed.warnings, ...(changed.denies ? [denies] : [])],
      outsideModel: ['data that is encrypted with keys of other accounts, and read with this policy'],
    });
  },
};

interface Changed {
  readonly steps: readonly Step[];
  readonly denies: boolean;
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}

function keysGiven(text: string | undefined, { accountId }: Subject, estate: Estate): readonly string[] | Refusal {
  if (text === undefined || text.trim() === '') return [`arn:${estate.header.partition}:kms:*:${accountId}:key/*`];
  const keys = text.split(',').map((each) => each.trim());
  const wrong = keys.find((each) => !KEY_PATTERN.test(each));
  return wrong === undefined ? keys : refuse(`\`${wrong}\` is not the ARN of a KMS key`, 'give ARNs: keys=arn:…,arn:…');
}

function managedStep(subject: Subject, estate: Estate, keys: readonly string[]): Changed | Refusal {
  const policy = estate.get('AWS::IAM::ManagedPolicy', subject.resourceArn, subject.accountId);
  if (policy === undefined) return notFound(subject);
  const current = inForce(policy);
  if ('refused' in current) return current;
  const changed = limitedDocument(current.text, keys);
  if (changed === undefined) return refuse('it does not allow decryption with all keys any more', 'scan again');
  if ('refused' in changed) return changed;
  const step = newVersionStep(subject, policy.configuration, current, changed.text);
  if ('refused' in step) return step;
  const lose = `decryption with keys other than ${keys.join(', ')}`;
  return { steps: [step], denies: changed.denies, warnings: holdersWarning(policy.configuration, lose) };
}

function inlinePlan(subject: Subject, estate: Estate, keys: readonly string[]): Changed | Refusal {
  const identity = identityOf(subject, estate);
  if (identity === undefined) return notFound(subject);
  if ('refused' in identity) return identity;
  const changes: { name: string; before: string; after: string }[] = [];
  let denies = false;
  for (const { name, text } of identity.policies) {
    const changed = limitedDocument(text, keys);
    if (changed === undefined) continue;
    if ('refused' in changed) return changed;
    changes.push({ name, before: text, after: changed.text });
    denies ||= changed.denies;
  }
  if (changes.length === 0) return refuse('it does not allow decryption with all keys any more', 'scan again');
  const steps = inlineSteps(identity, changes);
  if ('refused' in steps) return steps;
  const text = `${identity.name} loses decryption with keys other than ${keys.join(', ')}`;
  return { steps, denies, warnings: [{ code: 'accessLost', text }] };
}

/** A document with decryption limited to some keys; `undefined` when it does not allow it with all. */
function limitedDocument(
  text: string,
  keys: readonly string[],
): { readonly text: string; readonly denies: boolean } | Refusal | undefined {
  const written = writtenPolicy(text);
  const parsed = parsePolicy(plainDocument(text), 'identity', 'policy');
  if (written === undefined || !parsed.ok) return refuse('its document is not a policy', 'look at it in IAM');
  const reading = readDecryptionOnAllKeys(text);
  if ('meaning' in reading && reading.meaning.wrong === undefined) return undefined;
  const { statements, denies } = limitedTo(keys, written.statements, decryptingStatements(parsed.policy));
  const changed = documentText(written, statements);
  const after = readDecryptionOnAllKeys(changed);
  if ('meaning' in after && after.meaning.wrong === undefined && after.meaning.open === undefined)
    return { text: changed, denies };
  return refuse(
    'it would still allow decryption with all keys',
    'rewrite the policy by hand: name the keys in `Resource`',
  );
}
