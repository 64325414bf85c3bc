import { defineCollector, resourceAt } from './collector.js';

/** It has no policy, or was deleted since it was listed. */
const NO_POLICY = ['PolicyNotFound', 'FileSystemNotFound'];

const fileSystems = defineCollector({
  service: 'efs',
  types: ['AWS::EFS::FileSystem'],
  reads: ['DescribeFileSystems', 'DescribeFileSystemPolicy'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('DescribeFileSystems', { MaxItems: 100 }, (page) => page.FileSystems);
    yield* await read.each(listed, async (item) => {
      const { FileSystemId, SizeInBytes: _, ...own } = item;
      const arn =
        own.FileSystemArn ??
        `arn:${target.partition}:elasticfilesystem:${target.region}:${target.accountId}:file-system/${FileSystemId}`;
      const policy = await read.detail('DescribeFileSystemPolicy', { FileSystemId }, arn, NO_POLICY);
      return resourceAt(target, 'AWS::EFS::FileSystem', arn, {
        ...own,
        FileSystemId,
        ...(policy === undefined ? {} : { FileSystemPolicy: policy?.Policy ?? null }),
      });
    });
  },
});

/** EFS's collector. */
export const efs = [fileSystems] as const;
