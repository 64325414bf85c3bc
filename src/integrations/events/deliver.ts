import { parseArn } from '../../base/arn.js';
import type { Send } from '../../reference/api-call.js';
import { SECRET_LENGTH_MIN, SIGNATURE_HEADER, signWebhook } from '../webhook/webhook-signature.js';
import { queueOf } from './queue-source.js';

/** Where an event can be sent. */
export type DeliveryTarget =
  | { readonly kind: 'lambda'; readonly functionArn: string }
  | { readonly kind: 'sqs'; readonly queueArn: string }
  | { readonly kind: 'sns'; readonly topicArn: string }
  | { readonly kind: 'webhook'; readonly url: string; readonly secretVariable: string };

export interface DeliverOptions {
  readonly send: Send;
  readonly now: () => Date;
  /** The value of an environment variable: where webhooks' secrets are. */
  readonly secret: (variable: string) => string | undefined;
  readonly fetch?: typeof fetch;
}

const WEBHOOK_MS_MAX = 10_000;

/**
 * Sends an event, once more if need be: receivers may see one twice, and know it by its id. A Lambda function gets exactly
 * what EventBridge would give it, and is not waited for.
 *
 * @param id of the delivery; a webhook's nonce.
 * @throws Error or ApiError when it was not taken.
 */
export async function deliver(
  id: string,
  target: DeliveryTarget,
  event: unknown,
  options: DeliverOptions,
): Promise<void> {
  const body = JSON.stringify(event);
  switch (target.kind) {
    case 'lambda': {
      const { accountId, region } = placeOf(target.functionArn);
      const input = { FunctionName: target.functionArn, InvocationType: 'Event', Payload: Buffer.from(body) };
      await options.send({ service: 'lambda', operation: 'Invoke', accountId, region, input });
      return;
    }
    case 'sqs': {
      const { url, ...place } = queueOf(target.queueArn);
      await options.send({
        ...place,
        service: 'sqs',
        operation: 'SendMessage',
        input: { QueueUrl: url, MessageBody: body, ...inOrder(target.queueArn, id) },
      });
      return;
    }
    case 'sns': {
      const place = placeOf(target.topicArn);
      await options.send({
        ...place,
        service: 'sns',
        operation: 'Publish',
        input: { TopicArn: target.topicArn, Message: body, ...inOrder(target.topicArn, id) },
      });
      return;
    }
    case 'webhook':
      return post(id, target, body, options);
  }
}

/** A FIFO queue or topic wants a group, within which order counts, and takes what was sent twice once. */
function inOrder(arn: string, id: string): { MessageGroupId?: string; MessageDeduplicationId?: string } {
  return arn.endsWith('.fifo') ? { MessageGroupId: 'hikeshi', MessageDeduplicationId: id } : {};
}

function placeOf(arn: string): { readonly accountId: string; readonly region: string } {
  const parts = parseArn(arn);
  if (parts === undefined) throw new Error(`\`${arn}\` is not an ARN`);
  return { accountId: parts.accountId, region: parts.region };
}

async function post(
  id: string,
  { url, secretVariable }: Extract<DeliveryTarget, { kind: 'webhook' }>,
  body: string,
  options: DeliverOptions,
): Promise<void> {
  const secret = options.secret(secretVariable);
  if (secret === undefined || secret.length < SECRET_LENGTH_MIN) {
    throw new Error(
      `the environment variable ${secretVariable} holds no secret of at least ${SECRET_LENGTH_MIN} characters`,
    );
  }
  const response = await (options.fetch ?? fetch)(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signWebhook(secret, body, options.now(), id) },
    body,
    // A redirect would carry the signed body to somebody else.
    redirect: 'error',
    signal: AbortSignal.timeout(WEBHOOK_MS_MAX),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}
