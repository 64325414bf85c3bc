import { readFullAdministrator, unnamedRequest } from '../../controls/iam/full-administrator.js';
import { parsePolicy } from '../../policy/document/parse-policy.js';
import { applyingStatements } from '../../policy/evaluate/policy-allows.js';
import { withoutConditions } from '../../controls/policy-document.js';
import type { Playbook } from '../playbook.js';
import { notFound, planOf, refuse } from '../plan.js';
import { documentText, plainDocument, type WrittenStatement } from '../policy-edit.js';
import { holdersWarning, inForce, newVersionStep, POLICY_VERSION_CALLS } from '../policy-version-step.js';

/** What makes an administrator, as AWS's PowerUserAccess leaves it out. */
const ADMINISTRATION = ['iam:*', 'organizations:*', 'account:*'];

export const playbook: Playbook = {
  id: 'reduce-full-administrator-policy',
  title: 'Take full administration out of a policy',
  description:
    'Puts a new version of the customer managed policy in force in which the statements that allow everything no longer allow IAM, Organizations and account administration, as in AWS’s PowerUserAccess; with `keep=nothing` they are left out. All other statements stay, and so does the old version. Never detaches or deletes a policy.',
  controls: ['IAM.1'],
  risk: 'H',
  calls: POLICY_VERSION_CALLS,
  parameters: [
    {
      name: 'keep',
      description:
        'what the statements that allow everything still allow: `power-user`, all but administration; or `nothing`',
      default: 'power-user',
    },
  ],
  plan(subject, estate, parameters) {
    const policy = estate.get('AWS::IAM::ManagedPolicy', subject.resourceArn, subject.accountId);
    if (policy === undefined) return notFound(subject);
    const current = inForce(policy);
    if ('refused' in current) return current;
    const keep = parameters['keep'] ?? 'power-user';
    if (keep !== 'power-user' && keep !== 'nothing')
      return refuse(`\`${keep}\` is not a choice`, 'give keep=power-user or keep=nothing');
    const wide = statementsThatAllowTheRest(current.text);
    if (wide.size === 0) return refuse('it allows nothing beyond what it names any more', 'scan again');
    const statements = current.written.statements.flatMap((statement, index) => {
      if (!wide.has(index)) return [statement];
      return keep === 'nothing' ? [] : [withoutAdministration(statement)];
    });
    if (statements.length === 0)
      return refuse('nothing would be left of the policy', 'detach it and delete it, or choose keep=power-user');
    const document = documentText(current.written, statements);
    const reading = readFullAdministrator(document);
    if (!('meaning' in reading) || reading.meaning.wrong !== undefined || reading.meaning.open !== undefined) {
      return refuse(
        'its other statements give full administration back',
        'rewrite the policy by hand: name the actions its holders need (`hikeshi access unused` shows them)',
      );
    }
    const step = newVersionStep(subject, policy.configuration, current, document);
    if ('refused' in step) return step;
    const lose =
      keep === 'nothing' ? 'everything it allows by wildcard' : 'IAM, Organizations and account administration';
    return planOf(playbook, subject, [step], {
      warnings: holdersWarning(policy.configuration, lose),
      outsideModel: ['what breaks where somebody or something needs what the policy no longer allows'],
    });
  },
};

/** The places of the statements that allow what they do not name. */
function statementsThatAllowTheRest(text: string): ReadonlySet<number> {
  const parsed = parsePolicy(plainDocument(text), 'identity', 'policy');
  if (!parsed.ok) return new Set();
  const { allows } = applyingStatements([withoutConditions(parsed.policy)], unnamedRequest);
  return new Set(allows.map(({ index }) => index));
}

/** The statement as all it allows but administration. */
function withoutAdministration({ Action: _, NotAction, ...others }: WrittenStatement): WrittenStatement {
  const excepted = (Array.isArray(NotAction) ? NotAction : NotAction === undefined ? [] : [NotAction]) as string[];
  return { ...others, NotAction: [...new Set([...excepted, ...ADMINISTRATION])] };
}
