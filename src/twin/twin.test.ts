import { expect, it } from 'vitest';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { twinFor } from './testing.fixture.js';

it('tells a caller who it is', async () => {
  const { client } = twinFor();
  const sts = await client('sts');
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:root',
  });
});
