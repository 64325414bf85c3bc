import type { CommandInvocation } from '@aws-sdk/client-ssm';
import type { Stored } from '../../../base/json.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { patch, patchRequest } from './patching.js';

const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });
const commands = (context: Context) => context.table('Hikeshi::SSM::Command');
const managed = (context: Context, id: string) =>
  context.table('AWS::SSM::ManagedInstanceInventory').get(context.arn(`managed-instance-inventory/${id}`));

const inventory = handlers('ssm', {
  DescribeInstanceInformation(input, context) {
    context.authorize();
    const wanted = (input.Filters ?? []).find(({ Key }) => Key === 'InstanceIds')?.Values;
    const all = context
      .table('AWS::SSM::ManagedInstanceInventory')
      .all()
      .map(({ configuration }) => configuration);
    const own = all.filter(({ InstanceId = '' }) => wanted?.includes(InstanceId) ?? true);
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 50);
    return { InstanceInformationList: items, ...more(next) };
  },
  DescribeInstancePatchStates(input, context) {
    context.authorize();
    const all = context
      .table('AWS::SSM::PatchCompliance')
      .all()
      .map(({ configuration }) => configuration);
    const own = all.filter(({ InstanceId = '' }) => input.InstanceIds.includes(InstanceId));
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 100);
    return { InstancePatchStates: items as never, ...more(next) };
  },
});

/** Documents AWS owns whose effect on the estate the twin models. */
const MODELLED = new Set(['AWS-RunPatchBaseline', 'AWS-UpdateSSMAgent']);

const runCommand = handlers('ssm', {
  SendCommand(input, context) {
    context.authorize(context.arn(`document/${input.DocumentName}`, { accountId: '' }));
    if (!MODELLED.has(input.DocumentName)) {
      throw new AwsError(
        'InvalidDocument',
        `The twin does not model the effect of document ${input.DocumentName}; it models ${[...MODELLED].join(', ')}.`,
      );
    }
    const ids = [
      ...(input.InstanceIds ?? []),
      ...(input.Targets ?? []).flatMap(({ Key, Values }) => (Key === 'InstanceIds' ? (Values ?? []) : [])),
    ];
    if (ids.length === 0 || ids.some((id) => managed(context, id) === undefined)) {
      throw new AwsError(
        'InvalidInstanceId',
        `Instances ${JSON.stringify(ids)} not in a valid state for account ${context.accountId}`,
      );
    }
    for (const id of ids)
      if (input.DocumentName === 'AWS-RunPatchBaseline') patch(context, id, patchRequest(input.Parameters));
    const CommandId = context.uuid();
    const RequestedDateTime = context.now.toISOString();
    const shared = { CommandId, Comment: input.Comment ?? '', DocumentName: input.DocumentName, RequestedDateTime };
    const Invocations: Stored<CommandInvocation>[] = ids.map((InstanceId) => ({
      ...shared,
      InstanceId,
      Status: 'Success',
      StatusDetails: 'Success',
      CommandPlugins: [],
    }));
    const command = {
      ...shared,
      InstanceIds: ids,
      Parameters: input.Parameters ?? {},
      Status: 'Success' as const,
      StatusDetails: 'Success',
      TargetCount: ids.length,
      CompletedCount: ids.length,
      ErrorCount: 0,
      DeliveryTimedOutCount: 0,
    };
    commands(context).put(context.arn(`command/${CommandId}`), { ...command, Invocations });
    return { Command: { ...command, Status: 'Pending' as const, StatusDetails: 'Pending', CompletedCount: 0 } };
  },
  ListCommands(input, context) {
    context.authorize();
    const own = commands(context)
      .all()
      .filter(({ configuration }) => input.CommandId === undefined || configuration.CommandId === input.CommandId);
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 50);
    return { Commands: items.map(({ configuration: { Invocations: _, ...command } }) => command), ...more(next) };
  },
  ListCommandInvocations(input, context) {
    context.authorize();
    const all = commands(context)
      .all()
      .filter(({ configuration }) => input.CommandId === undefined || configuration.CommandId === input.CommandId);
    const own = all
      .flatMap(({ configuration }) => configuration.Invocations)
      .filter(({ InstanceId }) => input.InstanceId === undefined || InstanceId === input.InstanceId);
    const { items, next } = context.page(own, input.NextToken, input.MaxResults, 50);
    return { CommandInvocations: items, ...more(next) };
  },
  GetCommandInvocation(input, context) {
    context.authorize();
    const command = commands(context).get(context.arn(`command/${input.CommandId}`))?.configuration;
    const invocation = command?.Invocations.find(({ InstanceId }) => InstanceId === input.InstanceId);
    if (invocation === undefined)
      throw new AwsError(
        'InvocationDoesNotExist',
        'The command ID and managed node ID you specified did not match any invocations.',
      );
    const { CommandId, InstanceId, DocumentName, Status, StatusDetails } = invocation;
    return { CommandId, InstanceId, DocumentName, Status, StatusDetails, ResponseCode: 0 };
  },
});

const documents = handlers('ssm', {
  ListDocuments(input, context) {
    context.authorize();
    const { items, next } = context.page(
      context.table('AWS::SSM::Document').all(),
      input.NextToken,
      input.MaxResults,
      50,
    );
    const DocumentIdentifiers = items.map(({ configuration }) => {
      const { Name, Owner, DocumentVersion, DocumentType, DocumentFormat, SchemaVersion, PlatformTypes } =
        configuration;
      return { Name, Owner, DocumentVersion, DocumentType, DocumentFormat, SchemaVersion, PlatformTypes };
    });
    return { DocumentIdentifiers, ...more(next) };
  },
  DescribeDocument(input, context) {
    const arn = context.arn(`document/${input.Name}`);
    context.authorize(arn);
    const found = context.table('AWS::SSM::Document').get(arn);
    if (found === undefined) throw new AwsError('InvalidDocument', `Document with name ${input.Name} does not exist.`);
    const { Content: _, ...Document } = found.configuration;
    return { Document };
  },
  GetDocument(input, context) {
    const arn = context.arn(`document/${input.Name}`);
    context.authorize(arn);
    const found = context.table('AWS::SSM::Document').get(arn);
    if (found === undefined) throw new AwsError('InvalidDocument', `Document with name ${input.Name} does not exist.`);
    const { Name, Content, DocumentVersion, DocumentType, DocumentFormat } = found.configuration;
    return { Name, Content, DocumentVersion, DocumentType, DocumentFormat };
  },
  StartAutomationExecution(input, context) {
    context.authorize(context.arn(`automation-definition/${input.DocumentName}`));
    throw new AwsError(
      'AutomationDefinitionNotFoundException',
      `The twin does not model the effect of automation ${input.DocumentName}; call the APIs it would call instead.`,
    );
  },
  DescribeAutomationExecutions(input, context) {
    context.authorize();
    const { items, next } = context.page(
      context.table('Hikeshi::SSM::AutomationExecution').all(),
      input.NextToken,
      input.MaxResults,
      50,
    );
    return { AutomationExecutionMetadataList: items.map(({ configuration }) => configuration as never), ...more(next) };
  },
});

/** Systems Manager on the twin. */
export const service = implement('ssm', documents, inventory, runCommand);
