import { parseArn } from '../../base/arn.js';
import { Problem } from '../../base/problem.js';
import type { Send } from '../../reference/api-call.js';

/** What is done with a message: `taken` once it is safe, `refused` when it can never be taken. */
export type Intake = (
  body: string,
) => Promise<{ readonly kind: 'taken' } | { readonly kind: 'refused'; readonly why: string }>;

export interface QueueSourceOptions {
  readonly queueArn: string;
  readonly send: Send;
  readonly intake: Intake;
  /** Told of messages that were refused: they stay in the queue, for its dead-letter queue. */
  readonly refused?: (messageId: string, why: string) => void;
}

const BATCH = 10;
/** Long polling: the longest SQS waits. */
const WAIT_SECONDS = 20;

/**
 * Takes one batch of messages from a queue: each is deleted only after `intake` has it safe. One that is refused is left
 * where it is, so that the queue's redrive policy moves it to the dead-letter queue and nothing is lost.
 *
 * @returns how many messages there were.
 */
export async function receiveEvents(options: QueueSourceOptions): Promise<{ taken: number; refused: number }> {
  const { send, intake } = options;
  const queue = queueOf(options.queueArn);
  const answer = await send({
    ...queue,
    service: 'sqs',
    operation: 'ReceiveMessage',
    input: { QueueUrl: queue.url, MaxNumberOfMessages: BATCH, WaitTimeSeconds: WAIT_SECONDS },
  });
  const messages = (answer['Messages'] ?? []) as readonly {
    MessageId?: string;
    ReceiptHandle?: string;
    Body?: string;
  }[];
  const done: { Id: string; ReceiptHandle: string }[] = [];
  let refused = 0;
  for (const { MessageId = '', ReceiptHandle = '', Body = '' } of messages) {
    const result = await intake(Body);
    if (result.kind === 'taken') done.push({ Id: String(done.length), ReceiptHandle });
    else {
      refused += 1;
      options.refused?.(MessageId, result.why);
    }
  }
  if (done.length > 0) {
    await send({
      ...queue,
      service: 'sqs',
      operation: 'DeleteMessageBatch',
      input: { QueueUrl: queue.url, Entries: done },
    });
  }
  return { taken: done.length, refused };
}

/** Where a queue is. @throws Problem `queue-arn`. */
export function queueOf(arn: string): { readonly accountId: string; readonly region: string; readonly url: string } {
  const parts = parseArn(arn);
  if (parts?.service !== 'sqs' || parts.region === '' || !/^[0-9]{12}$/.test(parts.accountId)) {
    throw new Problem('queue-arn', `\`${arn}\` is not the ARN of a queue`, {
      next: 'write it as arn:aws:sqs:REGION:ACCOUNT:NAME',
      exit: 'badUsage',
    });
  }
  const { accountId, region, resource } = parts;
  const suffix = parts.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { accountId, region, url: `https://sqs.${region}.${suffix}/${accountId}/${resource}` };
}
