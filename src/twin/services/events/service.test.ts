import { PutRuleCommand, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const EventPattern = '{"source":["aws.cloudtrail"]}';

describe('event patterns on the twin', () => {
  it('says whether an event matches', async () => {
    const client = await twinFor().client('events');
    const ask = (Event: string) => client.send(new TestEventPatternCommand({ EventPattern, Event }));
    expect((await ask('{"source":"aws.cloudtrail"}')).Result).toBe(true);
    expect((await ask('{"source":"aws.s3"}')).Result).toBe(false);
  });

  it('refuses a rule whose pattern is none', async () => {
    const client = await twinFor().client('events');
    const put = client.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":"aws.s3"}' }));
    await expect(put).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });
});
