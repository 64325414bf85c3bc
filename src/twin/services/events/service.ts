import { compileRules, matchEvent } from '../../../events/machine.js';
import { readEvent } from '../../../events/match-text.js';
import { parsePattern, type EventPattern } from '../../../events/pattern.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';

const rules = (context: Context) => context.table('AWS::Events::Rule');

function ruleArn(context: Context, name: string, bus = 'default'): string {
  const busName = bus.split('/').at(-1) ?? 'default';
  return context.arn(busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`);
}

function rule(context: Context, name: string, bus?: string) {
  const arn = ruleArn(context, name, bus);
  context.authorize(arn);
  const found = rules(context).get(arn);
  if (found === undefined) {
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus ?? 'default'}.`);
  }
  return found;
}

const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });

const shown = ({ Targets: _, ...own }: ReturnType<typeof rule>['configuration']) => own;

/** Reads a pattern as AWS does when it is put or tested. */
function validPattern(text: string): EventPattern {
  const parsed = parsePattern(text);
  if ('pattern' in parsed) return parsed.pattern;
  throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${parsed.error.message}`);
}

function matches(pattern: EventPattern, text: string): boolean {
  const read = readEvent(text);
  if ('event' in read) return matchEvent(compileRules([{ name: 'tested', pattern }]), read.event).length > 0;
  const { line, column, message } = read.malformed;
  throw new AwsError(
    'ValidationException',
    `Parameter Event is not valid. Reason: line ${line}, column ${column}: ${message}.`,
  );
}

const scheduling = handlers('events', {
  ListEventBuses(input, context) {
    context.authorize();
    const all = context
      .table('AWS::Events::EventBus')
      .all()
      .map(({ configuration }) => configuration);
    const { items, next } = context.page(all, input.NextToken, input.Limit, 100);
    return { EventBuses: items, ...more(next) };
  },
  ListRules(input, context) {
    context.authorize();
    const bus = input.EventBusName?.split('/').at(-1) ?? 'default';
    const own = rules(context)
      .all()
      .filter(
        ({ configuration: { EventBusName = 'default', Name = '' } }) =>
          EventBusName === bus && Name.startsWith(input.NamePrefix ?? ''),
      );
    const { items, next } = context.page(own, input.NextToken, input.Limit, 100);
    return { Rules: items.map(({ configuration }) => shown(configuration)), ...more(next) };
  },
  DescribeRule: (input, context) => shown(rule(context, input.Name, input.EventBusName).configuration),
  ListTargetsByRule(input, context) {
    const { items, next } = context.page(
      rule(context, input.Rule, input.EventBusName).configuration.Targets,
      input.NextToken,
      input.Limit,
      100,
    );
    return { Targets: items as never, ...more(next) };
  },
  PutRule(input, context) {
    const arn = ruleArn(context, input.Name, input.EventBusName);
    context.authorize(arn);
    if (input.EventPattern === undefined && input.ScheduleExpression === undefined) {
      throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    if (input.EventPattern !== undefined) validPattern(input.EventPattern);
    const { Tags: _, ...given } = input;
    const EventBusName = input.EventBusName?.split('/').at(-1) ?? 'default';
    const Targets = rules(context).get(arn)?.configuration.Targets ?? [];
    rules(context).put(arn, { ...given, Arn: arn, EventBusName, State: input.State ?? 'ENABLED', Targets });
    return { RuleArn: arn };
  },
  TestEventPattern(input, context) {
    context.authorize();
    return { Result: matches(validPattern(input.EventPattern), input.Event) };
  },
  PutTargets(input, context) {
    const found = rule(context, input.Rule, input.EventBusName);
    rules(context).edit(found.arn, (edited) => {
      const kept = edited.Targets.filter(({ Id }) => !input.Targets.some((target) => target.Id === Id));
      edited.Targets = [...kept, ...(input.Targets as typeof kept)];
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
  RemoveTargets(input, context) {
    rules(context).edit(rule(context, input.Rule, input.EventBusName).arn, (edited) => {
      edited.Targets = edited.Targets.filter(({ Id }) => !input.Ids.includes(Id ?? ''));
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
  DeleteRule(input, context) {
    const found = rule(context, input.Name, input.EventBusName);
    if (found.configuration.Targets.length > 0) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    }
    rules(context).remove(found.arn);
  },
  EnableRule(input, context) {
    rules(context).edit(rule(context, input.Name, input.EventBusName).arn, (edited) => {
      edited.State = 'ENABLED';
    });
  },
  DisableRule(input, context) {
    rules(context).edit(rule(context, input.Name, input.EventBusName).arn, (edited) => {
      edited.State = 'DISABLED';
    });
  },
});

/** EventBridge on the twin. */
export const service = implement('events', scheduling);
