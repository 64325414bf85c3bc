import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';

const recorders = (context: Context) => context.table('AWS::Config::ConfigurationRecorder');
const channels = (context: Context) => context.table('AWS::Config::DeliveryChannel');

function recorder(context: Context, name: string) {
  context.authorize();
  const found = recorders(context).find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new AwsError(
    'NoSuchConfigurationRecorderException',
    `Cannot find configuration recorder with the specified name '${name}'.`,
  );
}

const recording = handlers('config', {
  DescribeConfigurationRecorders(input, context) {
    context.authorize();
    const names = input.ConfigurationRecorderNames ?? [];
    for (const name of names) recorder(context, name);
    const all = recorders(context)
      .all()
      .map(({ configuration: { Status: _, ...own } }) => own);
    return { ConfigurationRecorders: all.filter(({ name }) => names.length === 0 || names.includes(name ?? '')) };
  },
  DescribeConfigurationRecorderStatus(input, context) {
    context.authorize();
    const names = input.ConfigurationRecorderNames ?? [];
    const all = recorders(context)
      .all()
      .filter(({ configuration }) => names.length === 0 || names.includes(configuration.name ?? ''));
    return {
      ConfigurationRecordersStatus: all.map(
        ({ configuration: { Status, name } }) => Status ?? { name, recording: false },
      ),
    };
  },
  PutConfigurationRecorder(input, context) {
    context.authorize();
    const { name = 'default', roleARN, recordingGroup } = input.ConfigurationRecorder;
    const other = recorders(context).find((each) => each.name !== name);
    if (other !== undefined) {
      throw new AwsError(
        'MaxNumberOfConfigurationRecordersExceededException',
        `Failed to put configuration recorder '${name}' because the maximum number of configuration recorders: 1 is reached.`,
      );
    }
    if (roleARN === undefined || roleARN === '')
      throw new AwsError('InvalidRoleException', 'The role ARN is null or empty.');
    const arn = context.arn(`config-recorder/${name}`);
    const had = recorders(context).get(arn)?.configuration;
    recorders(context).put(arn, {
      name,
      roleARN,
      recordingGroup: recordingGroup ?? { allSupported: true, includeGlobalResourceTypes: false, resourceTypes: [] },
      Status: had?.Status ?? { name, recording: false },
    });
  },
  DeleteConfigurationRecorder(input, context) {
    recorders(context).remove(recorder(context, input.ConfigurationRecorderName).arn);
  },
  StartConfigurationRecorder(input, context) {
    const { arn } = recorder(context, input.ConfigurationRecorderName);
    if (channels(context).all().length === 0) {
      throw new AwsError(
        'NoAvailableDeliveryChannelException',
        'Delivery channel is not available to start configuration recorder.',
      );
    }
    recorders(context).edit(arn, (edited) => {
      edited.Status = {
        ...edited.Status,
        name: input.ConfigurationRecorderName,
        recording: true,
      };
    });
  },
  StopConfigurationRecorder(input, context) {
    const { arn } = recorder(context, input.ConfigurationRecorderName);
    recorders(context).edit(arn, (edited) => {
      edited.Status = { ...edited.Status, name: input.ConfigurationRecorderName, recording: false };
    });
  },
});

const delivery = handlers('config', {
  DescribeDeliveryChannels(input, context) {
    context.authorize();
    const names = input.DeliveryChannelNames ?? [];
    const all = channels(context)
      .all()
      .map(({ configuration }) => configuration);
    for (const name of names) {
      if (all.some((each) => each.name === name)) continue;
      throw new AwsError(
        'NoSuchDeliveryChannelException',
        `Cannot find delivery channel with the specified name '${name}'.`,
      );
    }
    return { DeliveryChannels: all.filter(({ name }) => names.length === 0 || names.includes(name ?? '')) };
  },
  PutDeliveryChannel(input, context) {
    context.authorize();
    const { name = 'default', s3BucketName = '' } = input.DeliveryChannel;
    if (recorders(context).all().length === 0) {
      throw new AwsError(
        'NoAvailableConfigurationRecorderException',
        'Configuration recorder is not available to put delivery channel.',
      );
    }
    if (context.estate.get('AWS::S3::Bucket', `arn:${context.partition}:s3:::${s3BucketName}`) === undefined) {
      throw new AwsError('NoSuchBucketException', `Cannot find a S3 bucket with name '${s3BucketName}'.`);
    }
    channels(context).put(context.arn(`delivery-channel/${name}`), { ...input.DeliveryChannel, name });
  },
  DeleteDeliveryChannel(input, context) {
    context.authorize();
    const found = channels(context).find(({ name }) => name === input.DeliveryChannelName);
    if (found === undefined) {
      throw new AwsError(
        'NoSuchDeliveryChannelException',
        `Cannot find delivery channel with specified name '${input.DeliveryChannelName}'.`,
      );
    }
    if (recorders(context).find(({ Status }) => Status?.recording === true) !== undefined) {
      throw new AwsError(
        'LastDeliveryChannelDeleteFailedException',
        `Failed to delete last specified delivery channel with name '${input.DeliveryChannelName}', because there, because there is a running configuration recorder.`,
      );
    }
    channels(context).remove(found.arn);
  },
});

/** AWS Config on the twin. */
export const service = implement('config', recording, delivery);
