import { createHash } from 'node:crypto';
import { parseArn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import { tables, type TableResource } from './table.js';

/** Where a resource's policy is kept: a stream's with its table. */
type Slot = 'ResourcePolicy' | 'StreamResourcePolicy';

interface Target {
  readonly found: TableResource;
  readonly slot: Slot;
  readonly policy: string | null | undefined;
}

/** Finds a table or the latest stream of one by ARN, and asks the authorizer. */
function target(context: Context, arn: string): Target {
  context.authorize(arn, { resourceAccountId: parseArn(arn)?.accountId ?? context.accountId });
  const [tableArn = '', stream] = arn.split('/stream/');
  const found = tables(context, arn).get(tableArn);
  const slot = stream === undefined ? 'ResourcePolicy' : 'StreamResourcePolicy';
  if (found === undefined || (stream !== undefined && found.configuration.LatestStreamArn !== arn)) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: ${arn}`);
  }
  return { found, slot, policy: found.configuration[slot] };
}

/** A revision is made of the policy alone, so that the same policy has the same. */
const revisionOf = (policy: string) =>
  BigInt(`0x${createHash('sha256').update(policy).digest('hex').slice(0, 15)}`).toString();

/** @throws AwsError PolicyNotFoundException unless the policy is at the revision that the caller expects. */
function requireRevision({ policy }: Target, expected: string | undefined): void {
  if (expected === undefined) return;
  const fits = expected === 'NO_POLICY' ? !policy : Boolean(policy) && revisionOf(policy ?? '') === expected;
  if (!fits) throw policyNotFound();
}

const policyNotFound = () =>
  new AwsError(
    'PolicyNotFoundException',
    'Resource-based policy not found for the provided ResourceArn, or its revision is another than expected.',
  );

/** Who may use a table or its stream. */
export const policies = handlers('dynamodb', {
  GetResourcePolicy(input, context) {
    const { policy } = target(context, input.ResourceArn);
    if (!policy) throw policyNotFound();
    return { Policy: policy, RevisionId: revisionOf(policy) };
  },
  PutResourcePolicy(input, context) {
    const asked = target(context, input.ResourceArn);
    requireRevision(asked, input.ExpectedRevisionId);
    if (!isJsonObject(input.Policy)) {
      throw new AwsError('ValidationException', 'Invalid policy document: The policy is not valid JSON.');
    }
    tables(context, asked.found.arn).edit(asked.found.arn, (edited) => {
      edited[asked.slot] = input.Policy;
    });
    return { RevisionId: revisionOf(input.Policy) };
  },
  DeleteResourcePolicy(input, context) {
    const asked = target(context, input.ResourceArn);
    requireRevision(asked, input.ExpectedRevisionId);
    tables(context, asked.found.arn).edit(asked.found.arn, (edited) => {
      edited[asked.slot] = null;
    });
    return asked.policy ? { RevisionId: revisionOf(asked.policy) } : {};
  },
});
