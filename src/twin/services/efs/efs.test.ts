import {
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DeleteFileSystemPolicyCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  PutFileSystemPolicyCommand,
  type EFSClient,
} from '@aws-sdk/client-efs';
import { beforeEach, expect, it } from 'vitest';
import { twinFor } from '../../testing.fixture.js';

let efs: EFSClient;
let FileSystemId: string;

beforeEach(async () => {
  efs = await twinFor().client('efs');
  const made = await efs.send(
    new CreateFileSystemCommand({ CreationToken: 'one', Tags: [{ Key: 'Name', Value: 'n' }] }),
  );
  FileSystemId = made.FileSystemId ?? '';
});

it('a policy is put, described and deleted', async () => {
  const Policy = '{"Version":"2012-10-17","Statement":[]}';
  await efs.send(new PutFileSystemPolicyCommand({ FileSystemId, Policy }));
  expect(await efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }))).toMatchObject({ FileSystemId, Policy });
  await efs.send(new DeleteFileSystemPolicyCommand({ FileSystemId }));
  await expect(efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }))).rejects.toMatchObject({
    name: 'PolicyNotFound',
    ErrorCode: 'PolicyNotFound',
  });
});

it('a token makes one file system, which is found by it and by its id', async () => {
  await expect(efs.send(new CreateFileSystemCommand({ CreationToken: 'one' }))).rejects.toMatchObject({
    name: 'FileSystemAlreadyExists',
    FileSystemId,
  });
  const found = await efs.send(new DescribeFileSystemsCommand({ CreationToken: 'one' }));
  expect(found.FileSystems).toMatchObject([{ FileSystemId, Name: 'n' }]);
  await efs.send(new DeleteFileSystemCommand({ FileSystemId }));
  await expect(efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).rejects.toMatchObject({
    name: 'FileSystemNotFound',
  });
});

it('a policy that is not JSON is refused', async () => {
  await expect(efs.send(new PutFileSystemPolicyCommand({ FileSystemId, Policy: '{' }))).rejects.toMatchObject({
    name: 'InvalidPolicyException',
  });
});
