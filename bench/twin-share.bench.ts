import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { demoOrganization } from '../src/estate/demo/demo-organization.js';
import { Fork } from '../src/estate/fork.js';
import { inProcessDoor } from '../src/twin/in-process-door.js';
import type { WireRequest } from '../src/twin/protocols/wire.js';
import { Twin } from '../src/twin/twin.js';
import { median } from './measure.js';

/** Calls of one round, and rounds: both sides take turns, so that what else the machine does meets both. */
const CALLS = 300;
const ROUNDS = 15;
const WARM_UP = 500;
const SHARE_WANTED = 0.1;

/**
 * The twin's own share of an in-process SDK call: the same requests, captured from the SDK, given to the twin alone,
 * against whole SDK calls, in one run.
 *
 * @throws Error when the share of a small call is more than 10 %.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const estate = demoOrganization({ accounts: 2, seed: 1, now: new Date('2026-03-01T00:00:00.000Z') });
  const accountId = estate.header.accounts[0]?.accountId ?? '';
  const region = 'us-east-1';
  const twin = new Twin({ estate: new Fork(estate), clock: () => new Date() });
  const captured: WireRequest[] = [];
  const handle = twin.handle.bind(twin);
  const spied = Object.create(twin) as Twin;
  spied.handle = (request, signature) => {
    captured.push(request);
    return handle(request, signature);
  };
  const settings = { region, credentials: twin.rootCredential(accountId), ...inProcessDoor(spied) };
  const [key] = estate.list('AWS::KMS::Key', { accountId, region });
  const [instance] = estate.list('AWS::EC2::Instance', { accountId, region });
  const [user] = estate.list('AWS::IAM::User', { accountId });
  const [bucket] = estate.list('AWS::S3::Bucket', { accountId, region });
  const kms = new KMSClient(settings);
  const ec2 = new EC2Client(settings);
  const iam = new IAMClient(settings);
  const s3 = new S3Client(settings);
  const calls: readonly { readonly name: string; readonly send: () => Promise<unknown> }[] = [
    { name: 'json kms:DescribeKey', send: () => kms.send(new DescribeKeyCommand({ KeyId: key?.arn ?? '' })) },
    { name: 'query iam:GetUser', send: () => iam.send(new GetUserCommand({ UserName: user?.configuration.UserName })) },
    {
      name: 'ec2 DescribeInstances x1',
      send: () => ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance?.configuration.InstanceId ?? ''] })),
    },
    {
      name: 'restXml s3:GetPublicAccessBlock',
      send: () => s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket?.configuration.Name })),
    },
  ];
  for (const { name, send } of calls) {
    for (let index = 0; index < WARM_UP; index++) await send();
    const request = captured.at(-1) as WireRequest;
    const wholes: number[] = [];
    const owns: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      wholes.push(await microseconds(send));
      owns.push(await microseconds(() => handle(request, 'claimed')));
      captured.length = 0;
    }
    const [whole, own] = [median(wholes), median(owns)];
    const share = own / whole;
    report(
      `  ${name.padEnd(34)} SDK call ${whole.toFixed(0).padStart(5)} µs, twin alone ${own.toFixed(1).padStart(6)} µs: ${(share * 100).toFixed(1)} %`,
    );
    if (share > SHARE_WANTED)
      throw new Error(`the twin takes ${(share * 100).toFixed(1)} % of ${name}; 10 % is wanted`);
  }
}

async function microseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < CALLS; index++) await work();
  return ((performance.now() - start) / CALLS) * 1000;
}
