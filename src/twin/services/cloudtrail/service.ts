import { AwsError } from '../../aws-error.js';
import { handlers, implement } from '../../implement.js';
import { checkDestinations } from './destinations.js';
import { editTrail, ownTrail, shown, trail, visibleTrails } from './trail.js';

/** What a new trail records. Source: CloudTrail API reference, CreateTrail. */
const DEFAULT_SELECTORS = [
  {
    ReadWriteType: 'All' as const,
    IncludeManagementEvents: true,
    DataResources: [],
    ExcludeManagementEventSources: [],
  },
];

const reads = handlers('cloudtrail', {
  DescribeTrails(input, context) {
    context.authorize();
    const names = input.trailNameList ?? [];
    const wanted = (each: ReturnType<typeof visibleTrails>[number]) =>
      names.length === 0 || names.includes(each.arn) || names.includes(each.configuration.Name ?? '');
    const home = (each: ReturnType<typeof visibleTrails>[number]) => each.configuration.HomeRegion === context.region;
    const trails = visibleTrails(context).filter(
      (each) => wanted(each) && ((input.includeShadowTrails ?? true) || home(each)),
    );
    return { trailList: trails.map(({ configuration }) => shown(configuration)) };
  },
  GetTrail: (input, context) => ({ Trail: shown(trail(context, input.Name).configuration) }),
  ListTrails(input, context) {
    context.authorize();
    const { items, next } = context.page(
      [...context.estate.list('AWS::CloudTrail::Trail', { accountId: context.accountId })],
      input.NextToken,
      undefined,
      1000,
    );
    const Trails = items.map(({ arn, configuration: { Name, HomeRegion } }) => ({ TrailARN: arn, Name, HomeRegion }));
    return { Trails, ...(next === undefined ? {} : { NextToken: next }) };
  },
  GetTrailStatus: (input, context) => trail(context, input.Name).configuration.Status ?? { IsLogging: false },
  GetEventSelectors(input, context) {
    const { arn, configuration } = trail(context, input.TrailName);
    const { EventSelectors, AdvancedEventSelectors } = configuration;
    return {
      TrailARN: arn,
      ...(EventSelectors === undefined ? {} : { EventSelectors }),
      ...(AdvancedEventSelectors === undefined ? {} : { AdvancedEventSelectors }),
    };
  },
  ListTags(input, context) {
    const ResourceTagList = input.ResourceIdList.map((ResourceId) => ({
      ResourceId,
      TagsList: trail(context, ResourceId).configuration.Tags ?? [],
    }));
    return { ResourceTagList };
  },
});

const writes = handlers('cloudtrail', {
  CreateTrail(input, context) {
    const TrailARN = context.arn(`trail/${input.Name}`);
    context.authorize(TrailARN);
    if (visibleTrails(context).some(({ arn }) => arn === TrailARN)) {
      throw new AwsError(
        'TrailAlreadyExistsException',
        `Trail ${input.Name} already exists for customer: ${context.accountId}`,
      );
    }
    if (input.IsOrganizationTrail === true) {
      throw new AwsError(
        'UnsupportedOperationException',
        'The twin does not create organization trails; it models changes to existing ones.',
      );
    }
    checkDestinations(context, input);
    const made = {
      Name: input.Name,
      S3BucketName: input.S3BucketName,
      ...(input.S3KeyPrefix === undefined ? {} : { S3KeyPrefix: input.S3KeyPrefix }),
      IncludeGlobalServiceEvents: input.IncludeGlobalServiceEvents ?? true,
      IsMultiRegionTrail: input.IsMultiRegionTrail ?? false,
      HomeRegion: context.region,
      TrailARN,
      LogFileValidationEnabled: input.EnableLogFileValidation ?? false,
      ...(input.CloudWatchLogsLogGroupArn === undefined
        ? {}
        : { CloudWatchLogsLogGroupArn: input.CloudWatchLogsLogGroupArn }),
      ...(input.CloudWatchLogsRoleArn === undefined ? {} : { CloudWatchLogsRoleArn: input.CloudWatchLogsRoleArn }),
      ...(input.KmsKeyId === undefined ? {} : { KmsKeyId: input.KmsKeyId }),
      HasCustomEventSelectors: false,
      HasInsightSelectors: false,
      IsOrganizationTrail: false,
    };
    const Tags = (input.TagsList ?? []).map(({ Key, Value }) => ({
      Key: Key ?? '',
      ...(Value === undefined ? {} : { Value }),
    }));
    context
      .table('AWS::CloudTrail::Trail')
      .put(TrailARN, { ...made, Status: { IsLogging: false }, EventSelectors: DEFAULT_SELECTORS, Tags });
    return made;
  },
  UpdateTrail(input, context) {
    const { arn } = ownTrail(context, input.Name);
    checkDestinations(context, input);
    const { Name: _, EnableLogFileValidation, ...given } = input;
    const changed = editTrail(context, arn, (edited) => {
      for (const [name, value] of Object.entries(given)) {
        if (value === undefined) continue;
        if (value === '') delete edited[name as 'KmsKeyId'];
        else Object.assign(edited, { [name]: value });
      }
      if (EnableLogFileValidation !== undefined) edited.LogFileValidationEnabled = EnableLogFileValidation;
    });
    return shown(changed);
  },
  DeleteTrail(input, context) {
    const { arn } = ownTrail(context, input.Name);
    for (const copy of [...context.estate.list('AWS::CloudTrail::Trail')])
      if (copy.arn === arn) context.estate.remove(copy);
  },
  StartLogging(input, context) {
    const { arn } = ownTrail(context, input.Name);
    editTrail(context, arn, (edited) => {
      edited.Status = { ...edited.Status, IsLogging: true };
    });
  },
  StopLogging(input, context) {
    const { arn } = ownTrail(context, input.Name);
    editTrail(context, arn, (edited) => {
      edited.Status = { ...edited.Status, IsLogging: false };
    });
  },
  PutEventSelectors(input, context) {
    const { arn } = ownTrail(context, input.TrailName);
    const { EventSelectors, AdvancedEventSelectors } = input;
    editTrail(context, arn, (edited) => {
      delete edited.EventSelectors;
      delete edited.AdvancedEventSelectors;
      if (AdvancedEventSelectors !== undefined) edited.AdvancedEventSelectors = AdvancedEventSelectors;
      else edited.EventSelectors = EventSelectors ?? [];
      edited.HasCustomEventSelectors = true;
    });
    return {
      TrailARN: arn,
      ...(EventSelectors === undefined ? {} : { EventSelectors }),
      ...(AdvancedEventSelectors === undefined ? {} : { AdvancedEventSelectors }),
    };
  },
});

/** CloudTrail on the twin. */
export const service = implement('cloudtrail', reads, writes);
