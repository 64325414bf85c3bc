import {
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  ResetImageAttributeCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, it } from 'vitest';
import { twinFor, type TestTwin } from '../../testing.fixture.js';

const ORGANIZATION = 'arn:aws:organizations::111122223333:organization/o-exampleorg1';
let test: TestTwin;
let ec2: EC2Client;
let ImageId: string;

beforeEach(async () => {
  test = twinFor();
  ec2 = await test.client('ec2');
  ImageId = (await ec2.send(new RegisterImageCommand({ Name: 'base' }))).ImageId ?? '';
});

const permissions = async () =>
  (await ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }))).LaunchPermissions;
const isPublic = async () =>
  (await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.map((each) => each.Public);

it('an image is shared with everyone, accounts and organizations, and taken back', async () => {
  const Add = [{ Group: 'all' as const }, { UserId: '999988887777' }, { OrganizationArn: ORGANIZATION }];
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
  expect(await permissions()).toEqual(Add);
  expect(await isPublic()).toEqual([true]);
  const old = { Attribute: 'launchPermission', OperationType: 'remove' as const };
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, ...old, UserGroups: ['all'], UserIds: ['999988887777'] }));
  expect(await permissions()).toEqual([{ OrganizationArn: ORGANIZATION }]);
  expect(await isPublic()).toEqual([false]);
  await ec2.send(new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }));
  expect(await permissions()).toEqual([]);
});

it('a description is changed without touching who may launch it', async () => {
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }));
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, Description: { Value: 'golden' } }));
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  expect(Images).toMatchObject([{ Description: 'golden', Public: true }]);
});

it('images are found by who may launch them', async () => {
  await ec2.send(new RegisterImageCommand({ Name: 'other' }));
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }));
  const { Images } = await ec2.send(new DescribeImagesCommand({ ExecutableUsers: ['all'] }));
  expect(Images?.map(({ Name }) => Name)).toEqual(['base']);
});

it('a deregistered image is not there; policies name images without their account', async () => {
  await ec2.send(new DeregisterImageCommand({ ImageId }));
  await expect(permissions()).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  expect(test.calls.at(-1)?.asked).toMatchObject([{ resource: `arn:aws:ec2:eu-west-1::image/${ImageId}` }]);
});

it.each([
  ['a name that is taken', new RegisterImageCommand({ Name: 'base' }), 'InvalidAMIName.Duplicate'],
  [
    'an instance that is not there',
    new CreateImageCommand({ InstanceId: 'i-1', Name: 'n' }),
    'InvalidInstanceID.NotFound',
  ],
])('no image is made of %s', async (_, command, name) => {
  await expect(ec2.send(command as RegisterImageCommand)).rejects.toMatchObject({ name });
});

it('an attribute that the twin does not have is refused', async () => {
  await expect(ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'kernel' }))).rejects.toMatchObject({
    name: 'UnsupportedOperation',
  });
});
