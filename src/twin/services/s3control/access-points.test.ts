import { CreateBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DeleteAccessPointPolicyCommand,
  GetAccessPointCommand,
  GetAccessPointPolicyCommand,
  GetAccessPointPolicyStatusCommand,
  ListAccessPointsCommand,
  PutAccessPointPolicyCommand,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { beforeEach, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

const AccountId = '111122223333';
const Bucket = 'reports-bucket';
const one = { AccountId, Name: 'reports' };
const open = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
let s3control: S3ControlClient;

beforeEach(async () => {
  const test = twinFor();
  s3control = await test.client('s3control');
  await (await test.client('s3')).send(new CreateBucketCommand({ Bucket }));
});

const create = (more: object = {}) => s3control.send(new CreateAccessPointCommand({ ...one, Bucket, ...more }));
const everyone = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
});
const put = (Policy: string) => s3control.send(new PutAccessPointPolicyCommand({ ...one, Policy }));

it('a new access point blocks public access, so a policy for everyone is refused', async () => {
  await create();
  const { PublicAccessBlockConfiguration } = await s3control.send(new GetAccessPointCommand(one));
  expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
  await expect(put(everyone)).rejects.toMatchObject({ name: 'AccessDenied' });
});

it('a policy is put, got, called public, and deleted', async () => {
  await create({ PublicAccessBlockConfiguration: open });
  await put(everyone);
  expect((await s3control.send(new GetAccessPointPolicyCommand(one))).Policy).toBe(everyone);
  expect((await s3control.send(new GetAccessPointPolicyStatusCommand(one))).PolicyStatus).toEqual({ IsPublic: true });
  await s3control.send(new DeleteAccessPointPolicyCommand(one));
  await expect(s3control.send(new GetAccessPointPolicyCommand(one))).rejects.toMatchObject({
    name: 'NoSuchAccessPointPolicy',
  });
});

it('access points are listed by bucket, and a deleted one is not there', async () => {
  await create();
  const named = async (of: string) =>
    (await s3control.send(new ListAccessPointsCommand({ AccountId, Bucket: of }))).AccessPointList?.map(
      (each) => each.Name,
    );
  expect([await named(Bucket), await named('other')]).toEqual([['reports'], []]);
  await s3control.send(new DeleteAccessPointCommand(one));
  await expect(s3control.send(new GetAccessPointCommand(one))).rejects.toMatchObject({ name: 'NoSuchAccessPoint' });
});

it('an access point needs a bucket, and its name is taken once', async () => {
  await expect(create({ Bucket: 'nowhere' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await create();
  await expect(create()).rejects.toMatchObject({ name: 'AccessPointAlreadyOwnedByYou' });
});

it("another account's id is refused", async () => {
  await expect(s3control.send(new ListAccessPointsCommand({ AccountId: '999988887777' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
