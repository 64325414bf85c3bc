import type { ActionTarget } from '@aws-sdk/client-securityhub';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import { handlers } from '../../implement.js';
import { invalidInput, more, notFound, opened, type SecurityHubBackend } from './hub-access.js';

/** Source: Security Hub user guide, "Security Hub quotas" and "Creating a custom action". */
const ACTIONS_MAX = 50;
const NAME_MAX = 20;

type Kept = Stored<ActionTarget>;

/** Custom actions. */
export function actionTargetOperations(backend: SecurityHubBackend) {
  return handlers('securityhub', {
    async DescribeActionTargets(input, context) {
      const all = await opened(backend, context).documents.list<Kept>('action-target');
      const wanted = all.filter(
        ({ ActionTargetArn = '' }) => input.ActionTargetArns?.includes(ActionTargetArn) ?? true,
      );
      const { items, next } = context.page(wanted, input.NextToken, input.MaxResults, 100);
      return { ActionTargets: items as never, ...more(next) };
    },
    async CreateActionTarget(input, context) {
      const { documents } = opened(backend, context);
      const ActionTargetArn = context.arn(`action/custom/${input.Id}`);
      if (!/^[A-Za-z0-9]{1,20}$/.test(input.Id)) {
        throw invalidInput('Invalid parameter Id: it must be 1 to 20 letters and digits.');
      }
      if (input.Name.length > NAME_MAX)
        throw invalidInput(`Invalid parameter Name: it must have 1 to ${NAME_MAX} characters.`);
      if ((await documents.get('action-target', ActionTargetArn)) !== undefined) {
        throw new AwsError('ResourceConflictException', 'Action target already exists', { status: 409 });
      }
      if ((await documents.list('action-target')).length >= ACTIONS_MAX) {
        throw new AwsError('LimitExceededException', `There may be at most ${ACTIONS_MAX} custom actions.`, {
          status: 429,
        });
      }
      await documents.put('action-target', ActionTargetArn, {
        ActionTargetArn,
        Name: input.Name,
        Description: input.Description,
      });
      return { ActionTargetArn };
    },
    async UpdateActionTarget(input, context) {
      const { documents } = opened(backend, context);
      const known = await documents.get<Kept>('action-target', input.ActionTargetArn);
      if (known === undefined) throw notFound(`Resource ${input.ActionTargetArn}`);
      const { Name = known.Name, Description = known.Description } = input;
      await documents.put('action-target', input.ActionTargetArn, { ...known, Name, Description });
      return {};
    },
    async DeleteActionTarget(input, context) {
      const { documents } = opened(backend, context);
      if (!(await documents.remove('action-target', input.ActionTargetArn)))
        throw notFound(`Resource ${input.ActionTargetArn}`);
      return { ActionTargetArn: input.ActionTargetArn };
    },
  });
}
