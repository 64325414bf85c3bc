import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

let twin: TestTwin;
let QueueUrl: string;

beforeEach(async () => {
  twin = twinFor();
  const sqs = await twin.client('sqs');
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'events' }))).QueueUrl ?? '';
});

describe('messages', () => {
  it('are received by one at a time, and again when they were not deleted', async () => {
    const sqs = await twin.client('sqs');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }));
    expect(first.Messages).toMatchObject([{ Body: 'one', Attributes: { ApproximateReceiveCount: '1' } }]);
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
    twin.advance(31_000);
    const [again] =
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }))).Messages ?? [];
    expect(again).toMatchObject({ Body: 'one', Attributes: { ApproximateReceiveCount: '2' } });
    // A receipt that is not the latest deletes nothing.
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.Messages![0]!.ReceiptHandle }));
    twin.advance(31_000);
    const [third] = (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: third!.ReceiptHandle }));
    twin.advance(31_000);
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
  });

  it('that are received too often go to the dead-letter queue', async () => {
    const sqs = await twin.client('sqs');
    const dead = (await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))).QueueUrl ?? '';
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:111122223333:dead',
      maxReceiveCount: 2,
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    for (const times of [1, 1, 0]) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      expect(Messages).toHaveLength(times);
      twin.advance(31_000);
    }
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead }))).Messages).toMatchObject([
      { Body: 'poison' },
    ]);
  });

  it('of a batch are answered one by one', async () => {
    const sqs = await twin.client('sqs');
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { MaximumMessageSize: '1024' } }));
    const Entries = [
      { Id: 'a', MessageBody: 'fine' },
      { Id: 'b', MessageBody: 'x'.repeat(2000) },
    ];
    expect(await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b', SenderFault: true }],
    });
    await expect(
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [Entries[0]!, Entries[0]!] })),
    ).rejects.toMatchObject({
      name: 'BatchEntryIdsNotDistinct',
    });
  });

  it('that are published to a topic reach its queues', async () => {
    const sns = await twin.client('sns');
    const sqs = await twin.client('sqs');
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alarms' }));
    const Endpoint = 'arn:aws:sqs:eu-west-1:111122223333:events';
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await sns.send(new PublishCommand({ TopicArn, Subject: 'fire', Message: 'in the attic' }));
    const [message] = (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      Subject: 'fire',
      Message: 'in the attic',
    });
  });

  it('of FIFO queues are refused, not pretended', async () => {
    const sqs = await twin.client('sqs');
    const fifo = (await sqs.send(new CreateQueueCommand({ QueueName: 'in-order.fifo' }))).QueueUrl ?? '';
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: fifo, MessageBody: 'x' }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
  });
});
