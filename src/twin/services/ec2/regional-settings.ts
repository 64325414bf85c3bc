import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { handlers } from '../../implement.js';
import { AwsError } from '../../aws-error.js';
import { dryRun } from './dry-run.js';

type Type = 'Hikeshi::EC2::RegionalSettings';

/** EC2's settings of the account and region; a region nobody has touched has AWS's defaults. */
export function settingsOf(context: Context): Resource<Type> {
  const table = context.table('Hikeshi::EC2::RegionalSettings');
  const arn = context.arn('regional-settings');
  return table.get(arn) ?? table.put(arn, { EbsEncryptionByDefault: false, InstanceMetadataDefaults: {} });
}

function edit(
  context: Context,
  change: (settings: Resource<Type>['configuration']) => void,
): Resource<Type>['configuration'] {
  const { arn } = settingsOf(context);
  return context.table('Hikeshi::EC2::RegionalSettings').edit(arn, change).configuration;
}

const keyId = (context: Context): string =>
  settingsOf(context).configuration.EbsDefaultKmsKeyId ?? context.arn('alias/aws/ebs', { service: 'kms' });

export const regionalSettings = handlers('ec2', {
  GetEbsEncryptionByDefault(_input, context) {
    context.authorize();
    return {
      EbsEncryptionByDefault: settingsOf(context).configuration.EbsEncryptionByDefault ?? false,
      SseType: 'none' as const,
    };
  },
  EnableEbsEncryptionByDefault(input, context) {
    context.authorize();
    dryRun(input);
    return {
      EbsEncryptionByDefault: edit(context, (settings) => {
        settings.EbsEncryptionByDefault = true;
      }).EbsEncryptionByDefault,
    };
  },
  DisableEbsEncryptionByDefault(input, context) {
    context.authorize();
    dryRun(input);
    return {
      EbsEncryptionByDefault: edit(context, (settings) => {
        settings.EbsEncryptionByDefault = false;
      }).EbsEncryptionByDefault,
    };
  },
  GetEbsDefaultKmsKeyId(_input, context) {
    context.authorize();
    return { KmsKeyId: keyId(context) };
  },
  ModifyEbsDefaultKmsKeyId(input, context) {
    context.authorize();
    dryRun(input);
    edit(context, (settings) => {
      settings.EbsDefaultKmsKeyId = input.KmsKeyId;
    });
    return { KmsKeyId: keyId(context) };
  },
  ResetEbsDefaultKmsKeyId(input, context) {
    context.authorize();
    dryRun(input);
    edit(context, (settings) => {
      delete settings.EbsDefaultKmsKeyId;
    });
    return { KmsKeyId: keyId(context) };
  },
  GetInstanceMetadataDefaults(_input, context) {
    context.authorize();
    return { AccountLevel: settingsOf(context).configuration.InstanceMetadataDefaults ?? {} };
  },
  ModifyInstanceMetadataDefaults(input, context) {
    context.authorize();
    dryRun(input);
    const { DryRun: _, ...asked } = input;
    edit(context, (settings) => {
      const defaults: Record<string, unknown> = { ...settings.InstanceMetadataDefaults };
      for (const [name, value] of Object.entries(asked)) {
        if (value === 'no-preference' || value === -1) delete defaults[name];
        else if (value !== undefined) defaults[name] = value;
      }
      settings.InstanceMetadataDefaults = defaults;
    });
    return { Return: true };
  },
  DescribeRegions(input, context) {
    context.authorize();
    const account = context.estate.header.accounts.find(({ accountId }) => accountId === context.accountId);
    const names = new Set([...(account?.regions ?? []), ...(account === undefined ? [context.region] : [])]);
    for (const name of input.RegionNames ?? []) {
      if (!names.has(name)) throw new AwsError('InvalidParameterValue', `Invalid region name: ${name}`);
    }
    const chosen = [...names].filter((name) => (input.RegionNames ?? [name]).includes(name));
    return {
      Regions: chosen.map((name) => ({
        RegionName: name,
        Endpoint: `ec2.${name}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
    };
  },
  DescribeAvailabilityZones(_input, context) {
    context.authorize();
    return {
      AvailabilityZones: ['a', 'b', 'c'].map((letter) => ({
        ZoneName: `${context.region}${letter}`,
        RegionName: context.region,
        State: 'available' as const,
        ZoneType: 'availability-zone',
      })),
    };
  },
});
