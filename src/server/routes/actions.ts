import { Type } from '@sinclair/typebox';
import { Refusal, notFound } from '../http/api-error.js';
import { route } from '../http/route.js';
import { findingOf } from './finding-access.js';
import { closed, identifier } from './schemas.js';

const tag = 'custom actions';
/** Findings in one event of a custom action. Source: Security Hub user guide, "Types of Security Hub integration with EventBridge". */
const FINDINGS_MAX = 20;

/** A custom action, as AWS's DescribeActionTargets shows it. */
interface ActionTarget {
  readonly ActionTargetArn: string;
  readonly Name: string;
  readonly Description: string;
}

const action = Type.Unsafe<ActionTarget>(Type.Record(Type.String(), Type.Unknown()));
const id = Type.String({ pattern: '^[A-Za-z0-9]{1,20}$' });
const params = closed({ id });
const idOf = ({ ActionTargetArn }: ActionTarget) => ActionTargetArn.slice(ActionTargetArn.lastIndexOf('/') + 1);

export const actionRoutes = [
  route({
    method: 'GET',
    url: '/api/v1/actions',
    permission: 'actions:read',
    summary: 'Custom actions',
    tag,
    answer: Type.Object({ actions: Type.Array(action) }),
    handle: async ({ hub }) => ({ actions: [...(await hub.findings.documents.list<ActionTarget>('action-target'))] }),
  }),
  route({
    method: 'POST',
    url: '/api/v1/actions',
    permission: 'actions:define',
    wide: true,
    summary: 'Make a custom action',
    tag,
    body: closed({
      id,
      name: Type.String({ minLength: 1, maxLength: 20 }),
      description: Type.String({ minLength: 1, maxLength: 500 }),
    }),
    answer: Type.Object({ action }),
    handle: async ({ hub, body }) => {
      const { partition, region, accountId } = hub.organization;
      const ActionTargetArn = `arn:${partition}:securityhub:${region}:${accountId}:action/custom/${body.id}`;
      const known = await hub.findings.documents.list<ActionTarget>('action-target');
      if (known.some((each) => idOf(each) === body.id)) {
        const next = 'choose another id, or delete it first';
        throw new Refusal(409, 'action-exists', `there is an action \`${body.id}\` already`, {
          field: 'body.id',
          next,
        });
      }
      const made = { ActionTargetArn, Name: body.name, Description: body.description };
      await hub.findings.documents.put('action-target', ActionTargetArn, made);
      return { action: made };
    },
  }),
  route({
    method: 'DELETE',
    url: '/api/v1/actions/:id',
    permission: 'actions:define',
    wide: true,
    summary: 'Remove a custom action',
    tag,
    params,
    answer: Type.Object({ removed: Type.Boolean() }),
    handle: async ({ hub, params }) => {
      const known = await hub.findings.documents.list<ActionTarget>('action-target');
      const found = known.find((each) => idOf(each) === params.id);
      if (found === undefined) throw notFound('action', params.id);
      return { removed: await hub.findings.documents.remove('action-target', found.ActionTargetArn) };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/actions/:id/run',
    permission: 'actions:run',
    summary: 'Send a custom action about 1 to 20 findings',
    tag,
    params,
    body: closed({ identifiers: Type.Array(identifier, { minItems: 1, maxItems: FINDINGS_MAX }) }),
    answer: Type.Object({ eventId: Type.String() }),
    handle: async (call) => {
      const { hub, params, body, principal } = call;
      const known = await hub.findings.documents.list<ActionTarget>('action-target');
      const found = known.find((each) => idOf(each) === params.id);
      if (found === undefined) throw notFound('action', params.id);
      // All or nothing: an event about some of what was chosen would answer another question.
      const findings = await Promise.all(body.identifiers.map((each) => findingOf(call, each)));
      return hub.actions.run(found.ActionTargetArn, findings, principal.name);
    },
  }),
];
