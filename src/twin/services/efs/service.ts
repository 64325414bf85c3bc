import { parseArn } from '../../../base/arn.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { isJsonObject } from '../../policy-text.js';
import type { Resource } from '../../../estate/estate.js';

type FileSystemResource = Resource<'AWS::EFS::FileSystem'>;

const fileSystems = (context: Context) => context.table('AWS::EFS::FileSystem');

/** EFS says each code twice: as the error and as its `ErrorCode`. */
const refused = (code: string, message: string, status: number, members: Record<string, unknown> = {}) =>
  new AwsError(code, message, { status, members: { ErrorCode: code, ...members } });

/** What an empty file system measures; an estate does not keep sizes, which change by themselves. */
const SizeInBytes = { Value: 6144 };

/** A file system as DescribeFileSystems shows it: without what another call answers. */
const shown = ({ configuration: { FileSystemPolicy: _, ...own } }: FileSystemResource) => ({ ...own, SizeInBytes });

/** Finds a file system by id or ARN, asks the authorizer, or throws FileSystemNotFound. */
function fileSystem(context: Context, idOrArn: string): FileSystemResource {
  const named = parseArn(idOrArn);
  const arn = named === undefined ? context.arn(`file-system/${idOrArn}`) : idOrArn;
  context.authorize(arn, { resourceAccountId: named?.accountId ?? context.accountId });
  const found = fileSystems(context).get(arn);
  if (found === undefined) throw refused('FileSystemNotFound', `File system '${idOrArn}' does not exist.`, 404);
  return found;
}

const storage = handlers('efs', {
  DescribeFileSystems(input, context) {
    if (input.FileSystemId !== undefined) {
      return { FileSystems: [shown(fileSystem(context, input.FileSystemId))] };
    }
    context.authorize(context.arn('file-system/*'));
    const all = fileSystems(context)
      .all()
      .filter(
        ({ configuration }) => configuration.CreationToken === (input.CreationToken ?? configuration.CreationToken),
      );
    const { items, next } = context.page(all, input.Marker, input.MaxItems, 100);
    return {
      ...(input.Marker === undefined ? {} : { Marker: input.Marker }),
      FileSystems: items.map(shown),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
  CreateFileSystem(input, context) {
    context.authorize(context.arn('file-system/*'));
    const CreationToken = input.CreationToken ?? context.uuid();
    const had = fileSystems(context).find((each) => each.CreationToken === CreationToken);
    if (had !== undefined) {
      const { FileSystemId } = had.configuration;
      const message = `File system '${FileSystemId}' already exists with creation token '${CreationToken}'`;
      throw refused('FileSystemAlreadyExists', message, 409, { FileSystemId });
    }
    const FileSystemId = context.id('fs-');
    const FileSystemArn = context.arn(`file-system/${FileSystemId}`);
    const Tags = [...(input.Tags ?? [])];
    const Name = Tags.find(({ Key }) => Key === 'Name')?.Value;
    const made = fileSystems(context).put(FileSystemArn, {
      OwnerId: context.accountId,
      CreationToken,
      FileSystemId,
      FileSystemArn,
      CreationTime: context.now.toISOString(),
      LifeCycleState: 'available',
      ...(Name === undefined ? {} : { Name }),
      NumberOfMountTargets: 0,
      PerformanceMode: input.PerformanceMode ?? 'generalPurpose',
      Encrypted: input.Encrypted ?? false,
      ...(input.KmsKeyId === undefined ? {} : { KmsKeyId: input.KmsKeyId }),
      ThroughputMode: input.ThroughputMode ?? 'bursting',
      Tags,
      FileSystemPolicy: null,
    });
    return shown(made);
  },
  DeleteFileSystem(input, context) {
    const { arn, configuration } = fileSystem(context, input.FileSystemId);
    if ((configuration.NumberOfMountTargets ?? 0) > 0) {
      throw refused('FileSystemInUse', `File system '${configuration.FileSystemId}' has mount targets.`, 409);
    }
    fileSystems(context).remove(arn);
  },
  DescribeFileSystemPolicy(input, context) {
    const { FileSystemId, FileSystemPolicy } = fileSystem(context, input.FileSystemId).configuration;
    if (!FileSystemPolicy) {
      throw refused('PolicyNotFound', `File system '${FileSystemId}' does not have a policy.`, 404);
    }
    return { FileSystemId, Policy: FileSystemPolicy };
  },
  PutFileSystemPolicy(input, context) {
    const { arn, configuration } = fileSystem(context, input.FileSystemId);
    if (!isJsonObject(input.Policy)) {
      throw refused('InvalidPolicyException', 'The policy is not valid JSON.', 400);
    }
    fileSystems(context).edit(arn, (edited) => {
      edited.FileSystemPolicy = input.Policy;
    });
    return { FileSystemId: configuration.FileSystemId, Policy: input.Policy };
  },
  DeleteFileSystemPolicy(input, context) {
    fileSystems(context).edit(fileSystem(context, input.FileSystemId).arn, (edited) => {
      edited.FileSystemPolicy = null;
    });
  },
});

/** EFS on the twin: file systems and who may use them, not their files. */
export const service = implement('efs', storage);
