import { createHash } from 'node:crypto';
import type { Resource } from '../../../estate/estate.js';
import type { Fork } from '../../../estate/fork.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { queue } from './queue.js';

type Queue = Resource<'AWS::SQS::Queue'>;
type Message = Resource<'Hikeshi::SQS::Message'>;

const BATCH_MAX = 10;
const RECEIVE_MAX = 10;
const INVISIBLE_SECONDS_MAX = 43_200;

/** Puts a message into a queue, wherever the queue is. What SNS and EventBridge do too. */
export function putMessage(
  estate: Fork,
  to: Queue,
  given: { id: string; body: string; senderId: string; now: Date; delaySeconds?: number },
): void {
  const { id, body, senderId, now, delaySeconds = seconds(to, 'DelaySeconds') } = given;
  const most = Number(to.configuration.Attributes['MaximumMessageSize'] ?? 262_144);
  if (Buffer.byteLength(body) > most) {
    const text = `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`;
    throw new AwsError('InvalidParameterValue', text, { status: 400 });
  }
  estate.put({
    type: 'Hikeshi::SQS::Message',
    arn: `${to.arn}/${id}`,
    accountId: to.accountId,
    region: to.region,
    configuration: {
      QueueArn: to.arn,
      MessageId: id,
      Body: body,
      SenderId: senderId,
      SentTimestamp: String(now.getTime()),
      VisibleAt: new Date(now.getTime() + delaySeconds * 1000).toISOString(),
      ReceiveCount: 0,
    },
  });
}

function seconds({ configuration }: Queue, name: string): number {
  return Number(configuration.Attributes[name] ?? 0);
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function standardQueue(context: Context, url: string | undefined): Queue {
  const found = queue(context, url);
  if (!found.configuration.QueueName.endsWith('.fifo')) return found;
  throw new AwsError('UnsupportedOperation', 'The twin keeps no messages of FIFO queues.', { status: 400 });
}

/** The messages of a queue, oldest first, without those whose retention is over. */
function messagesOf(context: Context, { arn, configuration, accountId, region }: Queue): Message[] {
  const keptMs = Number(configuration.Attributes['MessageRetentionPeriod'] ?? 345_600) * 1000;
  const since = context.now.getTime() - keptMs;
  const kept: Message[] = [];
  for (const message of [...context.estate.list('Hikeshi::SQS::Message', { accountId, region })]) {
    if (message.configuration.QueueArn !== arn) continue;
    if (Number(message.configuration.SentTimestamp) < since) context.estate.remove(message);
    else kept.push(message);
  }
  return kept;
}

/** A message that was received too often goes to the dead-letter queue. Source: SQS developer guide, "dead-letter queues". */
function isDead(context: Context, from: Queue, message: Message): boolean {
  const { deadLetterTargetArn, maxReceiveCount } = redriveOf(from);
  if (deadLetterTargetArn === undefined || message.configuration.ReceiveCount < maxReceiveCount) return false;
  const target = context.estate.get('AWS::SQS::Queue', deadLetterTargetArn);
  if (target === undefined) return false;
  context.estate.remove(message);
  const { MessageId: id, Body: body, SenderId: senderId } = message.configuration;
  putMessage(context.estate, target, { id, body, senderId, now: context.now });
  return true;
}

function redriveOf({ configuration }: Queue): { deadLetterTargetArn?: string; maxReceiveCount: number } {
  try {
    const policy = JSON.parse(configuration.Attributes['RedrivePolicy'] ?? '{}') as Record<string, unknown>;
    const { deadLetterTargetArn, maxReceiveCount } = policy;
    return {
      ...(typeof deadLetterTargetArn === 'string' ? { deadLetterTargetArn } : {}),
      maxReceiveCount: Number(maxReceiveCount ?? Infinity),
    };
  } catch {
    return { maxReceiveCount: Infinity };
  }
}

function send(
  context: Context,
  to: Queue,
  given: { MessageBody: string; DelaySeconds?: number | undefined; MessageAttributes?: unknown },
) {
  if (given.MessageAttributes !== undefined && Object.keys(given.MessageAttributes as object).length > 0) {
    throw new AwsError('UnsupportedOperation', 'The twin keeps no message attributes.', { status: 400 });
  }
  const MessageId = context.uuid();
  putMessage(context.estate, to, {
    id: MessageId,
    body: given.MessageBody,
    senderId: context.caller.userId,
    now: context.now,
    ...(given.DelaySeconds === undefined ? {} : { delaySeconds: given.DelaySeconds }),
  });
  return { MessageId, MD5OfMessageBody: md5(given.MessageBody) };
}

/** The message of a receipt handle, while that is its latest. */
function received(context: Context, of: Queue, handle: string): Message | undefined {
  if (!handle.startsWith('twin-')) {
    throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', { status: 400 });
  }
  return messagesOf(context, of).find(({ configuration }) => configuration.ReceiptHandle === handle);
}

/** The entries of a batch, each answered on its own. @throws AwsError as SQS does for the batch as a whole. */
function eachOf<Entry extends { readonly Id?: string | undefined }, Made>(
  entries: readonly Entry[],
  work: (entry: Entry) => Made,
): {
  Successful: (Made & { Id: string })[];
  Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[];
} {
  if (entries.length === 0) throw batchError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > BATCH_MAX) {
    throw batchError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${BATCH_MAX}. You have sent ${entries.length}.`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw batchError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const Successful: (Made & { Id: string })[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ ...work(entry), Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

const batchError = (code: string, message: string) => new AwsError(code, message, { status: 400 });

/** Messages of standard queues: sent, received once at a time, hidden for a while, deleted by their last receipt. */
export const messages = handlers('sqs', {
  SendMessage: (input, context) => send(context, standardQueue(context, input.QueueUrl), input),
  SendMessageBatch(input, context) {
    const to = standardQueue(context, input.QueueUrl);
    return eachOf(input.Entries, (entry) => send(context, to, { ...entry, MessageBody: entry.MessageBody ?? '' }));
  },
  ReceiveMessage(input, context) {
    const from = standardQueue(context, input.QueueUrl);
    const hiddenMs =
      (input.VisibilityTimeout ?? Number(from.configuration.Attributes['VisibilityTimeout'] ?? 30)) * 1000;
    const most = Math.min(input.MaxNumberOfMessages ?? 1, RECEIVE_MAX);
    const taken: Message['configuration'][] = [];
    for (const message of messagesOf(context, from)) {
      if (taken.length >= most) break;
      if (Date.parse(message.configuration.VisibleAt) > context.now.getTime() || isDead(context, from, message))
        continue;
      const configuration = {
        ...message.configuration,
        ReceiptHandle: `twin-${context.uuid()}`,
        ReceiveCount: message.configuration.ReceiveCount + 1,
        FirstReceivedAt: message.configuration.FirstReceivedAt ?? context.now.toISOString(),
        VisibleAt: new Date(context.now.getTime() + hiddenMs).toISOString(),
      };
      context.estate.put({ ...message, configuration });
      taken.push(configuration);
    }
    if (taken.length === 0) return {};
    const wanted = new Set<string>([...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]);
    return { Messages: taken.map((message) => shown(message, wanted)) };
  },
  DeleteMessage(input, context) {
    const found = received(context, standardQueue(context, input.QueueUrl), input.ReceiptHandle);
    if (found !== undefined) context.estate.remove(found);
  },
  DeleteMessageBatch(input, context) {
    const of = standardQueue(context, input.QueueUrl);
    return eachOf(input.Entries, ({ ReceiptHandle = '' }) => {
      const found = received(context, of, ReceiptHandle);
      if (found !== undefined) context.estate.remove(found);
      return {};
    });
  },
  ChangeMessageVisibility(input, context) {
    const found = received(context, standardQueue(context, input.QueueUrl), input.ReceiptHandle);
    if (input.VisibilityTimeout < 0 || input.VisibilityTimeout > INVISIBLE_SECONDS_MAX) {
      throw new AwsError('InvalidParameterValue', `VisibilityTimeout must be 0 to ${INVISIBLE_SECONDS_MAX}.`, {
        status: 400,
      });
    }
    if (found === undefined || Date.parse(found.configuration.VisibleAt) <= context.now.getTime()) {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.', { status: 400 });
    }
    const VisibleAt = new Date(context.now.getTime() + input.VisibilityTimeout * 1000).toISOString();
    context.estate.put({ ...found, configuration: { ...found.configuration, VisibleAt } });
  },
  PurgeQueue(input, context) {
    for (const message of messagesOf(context, queue(context, input.QueueUrl))) context.estate.remove(message);
  },
});

function shown(message: Message['configuration'], wanted: ReadonlySet<string>) {
  const all: Record<string, string> = {
    SenderId: message.SenderId,
    SentTimestamp: message.SentTimestamp,
    ApproximateReceiveCount: String(message.ReceiveCount),
    ApproximateFirstReceiveTimestamp: String(Date.parse(message.FirstReceivedAt ?? '')),
  };
  const Attributes = Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name)));
  return {
    MessageId: message.MessageId,
    ReceiptHandle: message.ReceiptHandle,
    Body: message.Body,
    MD5OfBody: md5(message.Body),
    ...(Object.keys(Attributes).length === 0 ? {} : { Attributes }),
  };
}
