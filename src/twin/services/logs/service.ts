import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';

const groups = (context: Context) => context.table('AWS::Logs::LogGroup');
const groupArn = (context: Context, name: string) => context.arn(`log-group:${name}`);

/** Finds a log group by name, asks the authorizer, or throws ResourceNotFoundException. */
function group(context: Context, name: string | undefined) {
  const arn = groupArn(context, name ?? '');
  context.authorize(arn);
  const found = groups(context).get(arn);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return found;
}

const more = (next: string | undefined) => (next === undefined ? {} : { nextToken: next });

const logGroups = handlers('logs', {
  DescribeLogGroups(input, context) {
    context.authorize(groupArn(context, '*'));
    const wanted = groups(context)
      .all()
      .filter(
        ({ configuration: { logGroupName = '' } }) =>
          logGroupName.startsWith(input.logGroupNamePrefix ?? '') &&
          logGroupName.includes(input.logGroupNamePattern ?? ''),
      );
    const { items, next } = context.page(wanted, input.nextToken, input.limit, 50);
    return { logGroups: items.map(({ configuration: { Tags: _, ...own } }) => own), ...more(next) };
  },
  CreateLogGroup(input, context) {
    const arn = groupArn(context, input.logGroupName);
    context.authorize(arn);
    if (groups(context).get(arn) !== undefined) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    groups(context).put(arn, {
      logGroupName: input.logGroupName,
      creationTime: context.now.getTime(),
      metricFilterCount: 0,
      arn: `${arn}:*`,
      storedBytes: 0,
      logGroupClass: input.logGroupClass ?? 'STANDARD',
      logGroupArn: arn,
      ...(input.kmsKeyId === undefined ? {} : { kmsKeyId: input.kmsKeyId }),
      Tags: input.tags ?? {},
    });
  },
  DeleteLogGroup(input, context) {
    const found = group(context, input.logGroupName);
    const filters = context.table('AWS::Logs::MetricFilter');
    for (const each of filters.all())
      if (each.configuration.logGroupName === input.logGroupName) filters.remove(each.arn);
    groups(context).remove(found.arn);
  },
  PutRetentionPolicy(input, context) {
    groups(context).edit(group(context, input.logGroupName).arn, (edited) => {
      edited.retentionInDays = input.retentionInDays;
    });
  },
  DeleteRetentionPolicy(input, context) {
    groups(context).edit(group(context, input.logGroupName).arn, (edited) => {
      delete edited.retentionInDays;
    });
  },
  ListTagsForResource(input, context) {
    const name = input.resourceArn.replace(/:\*$/, '').split(':log-group:')[1];
    return { tags: group(context, name).configuration.Tags ?? {} };
  },
});

const metricFilters = handlers('logs', {
  DescribeMetricFilters(input, context) {
    context.authorize(groupArn(context, input.logGroupName ?? '*'));
    const wanted = context
      .table('AWS::Logs::MetricFilter')
      .all()
      .map(({ configuration }) => configuration)
      .filter(
        ({ logGroupName, filterName = '' }) =>
          (input.logGroupName === undefined || logGroupName === input.logGroupName) &&
          filterName.startsWith(input.filterNamePrefix ?? ''),
      );
    const { items, next } = context.page(wanted, input.nextToken, input.limit, 50);
    return { metricFilters: items, ...more(next) };
  },
  PutMetricFilter(input, context) {
    const found = group(context, input.logGroupName);
    const arn = `${found.arn}:metric-filter:${input.filterName}`;
    const table = context.table('AWS::Logs::MetricFilter');
    const isNew = table.get(arn) === undefined;
    table.put(arn, {
      filterName: input.filterName,
      filterPattern: input.filterPattern,
      metricTransformations: input.metricTransformations,
      creationTime: context.now.getTime(),
      logGroupName: input.logGroupName,
    });
    if (isNew) {
      groups(context).edit(found.arn, (edited) => {
        edited.metricFilterCount = (edited.metricFilterCount ?? 0) + 1;
      });
    }
  },
  DeleteMetricFilter(input, context) {
    const found = group(context, input.logGroupName);
    const arn = `${found.arn}:metric-filter:${input.filterName}`;
    const table = context.table('AWS::Logs::MetricFilter');
    if (table.get(arn) === undefined)
      throw new AwsError('ResourceNotFoundException', 'The specified metric filter does not exist.');
    table.remove(arn);
    groups(context).edit(found.arn, (edited) => {
      edited.metricFilterCount = Math.max(0, (edited.metricFilterCount ?? 1) - 1);
    });
  },
});

/** CloudWatch Logs on the twin. */
export const service = implement('logs', logGroups, metricFilters);
