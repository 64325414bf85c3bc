import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../aws/send.js';
import type { ApiCall, Send } from '../../reference/api-call.js';
import { inProcessDoor } from '../../twin/in-process-door.js';
import { twinFor, type TestTwin } from '../../twin/testing.fixture.js';
import { SIGNATURE_HEADER, verifyWebhook } from '../webhook/webhook-signature.js';
import { deliver, type DeliverOptions, type DeliveryTarget } from './deliver.js';
import { queueOf, receiveEvents } from './queue-source.js';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
const SECRET = 'a-secret-of-this-test-alone';
const NOW = new Date('2026-03-01T00:00:00.000Z');
const place = { accountId: ACCOUNT, region: REGION };

let twin: TestTwin;
let send: Send;
let close: () => void;

beforeEach(async () => {
  twin = twinFor({ accountId: ACCOUNT, region: REGION });
  ({ send, close } = connect({
    credentialsFor: (accountId) => twin.twin.rootCredential(accountId),
    homeRegion: REGION,
    endpoint: 'https://twin.invalid',
    door: inProcessDoor(twin.twin),
    polite: false,
    pace: { nowMs: () => 0, sleep: () => Promise.resolve() },
  }));
  await send({ ...place, service: 'sqs', operation: 'CreateQueue', input: { QueueName: 'events' } });
});
afterEach(() => close());

const put = (MessageBody: string) =>
  send({ ...place, service: 'sqs', operation: 'SendMessage', input: { QueueUrl: queueOf(QUEUE).url, MessageBody } });

describe('events from a queue', () => {
  it('are deleted once they are taken; what is refused stays for the dead-letter queue', async () => {
    await put('good');
    await put('bad');
    const refused: string[] = [];
    const source = {
      queueArn: QUEUE,
      send,
      intake: async (body: string) =>
        body === 'bad' ? ({ kind: 'refused', why: 'it is no event' } as const) : ({ kind: 'taken' } as const),
      refused: (_id: string, why: string) => void refused.push(why),
    };
    expect(await receiveEvents(source)).toEqual({ taken: 1, refused: 1 });
    expect(refused).toEqual(['it is no event']);
    twin.advance(31_000);
    expect(await receiveEvents(source)).toEqual({ taken: 0, refused: 1 });
  });

  it('are not deleted when taking them fails', async () => {
    await put('good');
    const failing = { queueArn: QUEUE, send, intake: () => Promise.reject(new Error('the database is down')) };
    await expect(receiveEvents(failing)).rejects.toThrow('the database is down');
    twin.advance(31_000);
    const taking = { queueArn: QUEUE, send, intake: async () => ({ kind: 'taken' }) as const };
    expect(await receiveEvents(taking)).toEqual({ taken: 1, refused: 0 });
  });

  it.each(['arn:aws:sns:eu-west-1:111122223333:x', 'https://sqs.eu-west-1.amazonaws.com/1/x', 'events'])(
    'come from a queue that is named by its ARN, not %s',
    (arn) => {
      expect(() => queueOf(arn)).toThrow('is not the ARN of a queue');
    },
  );
});

describe('events that are sent on', () => {
  const event = { id: 'e-1', detail: { finding: 'é' } };
  const options = (more: Partial<DeliverOptions> = {}): DeliverOptions => ({
    send,
    now: () => NOW,
    secret: (name) => (name === 'SECRET' ? SECRET : undefined),
    ...more,
  });

  it('a FIFO queue takes it in order, and once', async () => {
    // The twin keeps no messages of FIFO queues: what is sent is looked at instead.
    const sent: ApiCall[] = [];
    const watched = (call: ApiCall) => {
      sent.push(call);
      return Promise.resolve({});
    };
    await deliver(
      'd-1',
      { kind: 'sqs', queueArn: `${QUEUE}.fifo` },
      { id: 'e' },
      { ...options(), send: watched as unknown as Send },
    );
    expect(sent[0]?.input).toMatchObject({ MessageGroupId: 'hikeshi', MessageDeduplicationId: 'd-1' });
  });

  it('reach a queue whole', async () => {
    await deliver('d-1', { kind: 'sqs', queueArn: QUEUE }, event, options());
    const bodies: string[] = [];
    const intake = async (body: string) => {
      bodies.push(body);
      return { kind: 'taken' } as const;
    };
    await receiveEvents({ queueArn: QUEUE, send, intake });
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([event]);
  });

  it('reach a function as EventBridge would give them, without waiting for it', async () => {
    const calls: ApiCall[] = [];
    const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:respond`;
    const record: Send = async (call) => {
      calls.push(call);
      return {};
    };
    await deliver('d-1', { kind: 'lambda', functionArn }, event, options({ send: record }));
    expect(calls).toMatchObject([
      { ...place, service: 'lambda', operation: 'Invoke', input: { InvocationType: 'Event' } },
    ]);
    expect(JSON.parse(String(calls[0]?.input['Payload']))).toEqual(event);
  });

  describe('to a webhook', () => {
    const webhook = async (status: number, headers: Record<string, string> = {}) => {
      const seen: { header: string | undefined; body: string }[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8');
        request.on('data', (part: string) => (body += part));
        request.on('end', () => {
          seen.push({ header: request.headers[SIGNATURE_HEADER] as string | undefined, body });
          response.writeHead(status, headers).end();
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      return { seen, target: { kind: 'webhook', url, secretVariable: 'SECRET' } satisfies DeliveryTarget, server };
    };

    it('are signed', async () => {
      const { seen, target, server } = await webhook(204);
      await deliver('delivery-1', target, event, options());
      server.close();
      expect(seen).toHaveLength(1);
      expect(verifyWebhook(SECRET, seen[0]!.body, seen[0]!.header, NOW)).toMatchObject({
        signed: true,
        nonce: 'delivery-1',
      });
    });

    it.each([
      ['refuses', 500, {}, 'the webhook answered 500'],
      ['redirects', 302, { location: 'http://127.0.0.1:1/' }, 'fetch failed'],
    ])('that %s are not delivered', async (_name, status, headers, why) => {
      const { target, server } = await webhook(status, headers as Record<string, string>);
      await expect(deliver('delivery-1', target, event, options())).rejects.toThrow(why);
      server.close();
    });

    it('without a secret are not sent at all', async () => {
      const { seen, target, server } = await webhook(204);
      await expect(deliver('delivery-1', { ...target, secretVariable: 'NONE' }, event, options())).rejects.toThrow(
        'the environment variable NONE holds no secret',
      );
      server.close();
      expect(seen).toEqual([]);
    });
  });
});
