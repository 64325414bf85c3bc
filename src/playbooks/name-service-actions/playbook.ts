import { readServiceWildcards } from '../../controls/iam/service-wildcards.js';
import { parsePolicy } from '../../policy/document/parse-policy.js';
import { checkNoNewAccess } from '../../policy/questions/checks.js';
import { notFound, planOf, refuse } from '../plan.js';
import type { Playbook, Refusal } from '../playbook.js';
import { documentText, plainDocument } from '../policy-edit.js';
import { holdersWarning, inForce, newVersionStep, POLICY_VERSION_CALLS } from '../policy-version-step.js';
import { withNamedActions } from './named-actions.js';

const ACTION = /^[a-z0-9-]+:[a-z0-9*?]+$/i;

export const playbook: Playbook = {
  id: 'name-service-actions',
  title: 'Name the actions a policy allows of a service',
  description:
    'Puts a new version of the customer managed policy in force in which `service:*` is replaced by the actions you name; nothing is allowed that was not allowed before. For a policy that nobody has, reading (`Get*`, `List*`, `Describe*`) is left when you name none. All other statements stay, and so does the old version.',
  controls: ['IAM.21'],
  risk: 'H',
  calls: POLICY_VERSION_CALLS,
  parameters: [
    {
      name: 'actions',
      description:
        'the actions its holders need of the services it allows as a whole, separated by commas: `sqs:ReceiveMessage,sqs:Get*`',
    },
  ],
  plan(subject, estate, parameters) {
    const policy = estate.get('AWS::IAM::ManagedPolicy', subject.resourceArn, subject.accountId);
    if (policy === undefined) return notFound(subject);
    const current = inForce(policy);
    if ('refused' in current) return current;
    const reading = readServiceWildcards(current.text);
    if ('meaning' in reading && reading.meaning.wrong === undefined)
      return refuse('it allows no service as a whole any more', 'scan again');
    const needed = actionsGiven(parameters['actions']);
    if (needed !== undefined && 'refused' in needed) return needed;
    if (needed === undefined && policy.configuration.AttachmentCount !== 0) {
      return refuse(
        'it is in use, and what its holders need is not known here',
        'name the actions: --set actions=…; `hikeshi access unused --calls FILE` shows which are used',
      );
    }
    const named = withNamedActions(current.written.statements, needed);
    if ('refused' in named) return named;
    const document = documentText(current.written, named.statements);
    const refusal = refusalOf(current.text, document);
    if (refusal !== undefined) return refusal;
    const step = newVersionStep(subject, policy.configuration, current, document);
    if ('refused' in step) return step;
    return planOf(playbook, subject, [step], {
      warnings: holdersWarning(policy.configuration, 'every action of these services that is not named'),
      outsideModel: ['actions that are needed once a year, say, and were not named'],
    });
  },
};

/** The actions of a parameter; `undefined` when it was not given. */
function actionsGiven(text: string | undefined): readonly string[] | Refusal | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const actions = text.split(',').map((each) => each.trim());
  const wrong = actions.find((each) => !ACTION.test(each));
  return wrong === undefined ? actions : refuse(`\`${wrong}\` is not an action`, 'write `service:Name`');
}

/** Why a new document must not take the place of an old one; nothing when it may. */
function refusalOf(old: string, text: string): Refusal | undefined {
  const [before, after] = [plainDocument(old), text].map((each) => parsePolicy(each, 'identity', 'policy'));
  const reading = readServiceWildcards(text);
  if (before?.ok !== true || after?.ok !== true || !('meaning' in reading))
    return refuse('the changed policy could not be read', 'rewrite the policy by hand');
  if (reading.meaning.wrong !== undefined || reading.meaning.open !== undefined)
    return refuse('it would still allow a service as a whole', 'name actions, or prefixes of them');
  if (checkNoNewAccess([before.policy], [after.policy]).result === 'PASS') return undefined;
  return refuse('it would allow what the policy does not allow now', 'name only actions that it allows');
}
