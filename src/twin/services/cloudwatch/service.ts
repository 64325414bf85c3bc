import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { AwsError } from '../../aws-error.js';

const alarms = (context: Context) => context.table('AWS::CloudWatch::Alarm');
const alarmArn = (context: Context, name: string) => context.arn(`alarm:${name}`);

function switchActions(context: Context, names: readonly string[], on: boolean): void {
  for (const name of names) {
    const arn = alarmArn(context, name);
    context.authorize(arn);
    if (alarms(context).get(arn) === undefined) continue;
    alarms(context).edit(arn, (edited) => {
      edited.ActionsEnabled = on;
    });
  }
}

const metricAlarms = handlers('cloudwatch', {
  DescribeAlarms(input, context) {
    context.authorize(alarmArn(context, '*'));
    const names = input.AlarmNames ?? [];
    const wanted = alarms(context)
      .all()
      .map(({ configuration }) => configuration)
      .filter(
        ({ AlarmName = '', StateValue }) =>
          (names.length === 0 || names.includes(AlarmName)) &&
          AlarmName.startsWith(input.AlarmNamePrefix ?? '') &&
          (input.StateValue === undefined || StateValue === input.StateValue),
      );
    const { items, next } = context.page(wanted, input.NextToken, input.MaxRecords, 100);
    return { MetricAlarms: items, CompositeAlarms: [], ...(next === undefined ? {} : { NextToken: next }) };
  },
  PutMetricAlarm(input, context) {
    const AlarmArn = alarmArn(context, input.AlarmName);
    context.authorize(AlarmArn);
    const { Tags: _, ...given } = input;
    const at = context.now.toISOString();
    alarms(context).put(AlarmArn, {
      ...given,
      AlarmArn,
      ActionsEnabled: input.ActionsEnabled ?? true,
      OKActions: input.OKActions ?? [],
      AlarmActions: input.AlarmActions ?? [],
      InsufficientDataActions: input.InsufficientDataActions ?? [],
      Dimensions: input.Dimensions ?? [],
      AlarmConfigurationUpdatedTimestamp: at,
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: at,
    });
  },
  DeleteAlarms(input, context) {
    for (const name of input.AlarmNames) {
      const arn = alarmArn(context, name);
      context.authorize(arn);
      if (alarms(context).get(arn) === undefined)
        throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, { status: 404 });
      alarms(context).remove(arn);
    }
  },
  EnableAlarmActions: (input, context) => switchActions(context, input.AlarmNames, true),
  DisableAlarmActions: (input, context) => switchActions(context, input.AlarmNames, false),
});

/** CloudWatch on the twin. */
export const service = implement('cloudwatch', metricAlarms);
