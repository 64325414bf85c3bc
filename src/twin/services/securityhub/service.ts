import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';
import { handlers, implement } from '../../implement.js';
import { matchesFilters } from './filters.js';
import { importFinding, refusal } from './import-findings.js';

const hubArn = (context: Context) => context.arn('hub/default');

/** The hub of the account and region, or Security Hub's own refusal. */
function hub(context: Context) {
  context.authorize(hubArn(context));
  const found = context.table('AWS::SecurityHub::Hub').get(hubArn(context));
  if (found !== undefined) return found;
  throw new AwsError('InvalidAccessException', `Account ${context.accountId} is not subscribed to AWS Security Hub`, {
    status: 401,
  });
}

const findings = (context: Context) => context.table('Hikeshi::SecurityHub::Finding');
const more = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });
const BATCH_MAX = 100;

const hubs = handlers('securityhub', {
  DescribeHub: (_input, context) => hub(context).configuration,
  EnableSecurityHub(_input, context) {
    context.authorize(hubArn(context));
    if (context.table('AWS::SecurityHub::Hub').get(hubArn(context)) !== undefined) {
      throw new AwsError('ResourceConflictException', 'Account is already subscribed to Security Hub', { status: 409 });
    }
    context.table('AWS::SecurityHub::Hub').put(hubArn(context), {
      HubArn: hubArn(context),
      SubscribedAt: context.now.toISOString(),
      AutoEnableControls: true,
      ControlFindingGenerator: 'SECURITY_CONTROL',
    });
  },
  DisableSecurityHub(_input, context) {
    context.table('AWS::SecurityHub::Hub').remove(hub(context).arn);
  },
  DescribeActionTargets(input, context) {
    hub(context);
    const all = context
      .table('AWS::SecurityHub::ActionTarget')
      .all()
      .map(({ configuration }) => configuration);
    const wanted = all.filter(({ ActionTargetArn = '' }) => input.ActionTargetArns?.includes(ActionTargetArn) ?? true);
    const { items, next } = context.page(wanted, input.NextToken, input.MaxResults, 100);
    return { ActionTargets: items as never, ...more(next) };
  },
  CreateActionTarget(input, context) {
    hub(context);
    const ActionTargetArn = context.arn(`action/custom/${input.Id}`);
    if (!/^[A-Za-z0-9]{1,20}$/.test(input.Id))
      throw new AwsError('InvalidInputException', 'Invalid parameter Id: it must be 1 to 20 letters and digits.');
    const table = context.table('AWS::SecurityHub::ActionTarget');
    if (table.get(ActionTargetArn) !== undefined)
      throw new AwsError('ResourceConflictException', 'Action target already exists', { status: 409 });
    table.put(ActionTargetArn, { ActionTargetArn, Name: input.Name, Description: input.Description });
    return { ActionTargetArn };
  },
  DeleteActionTarget(input, context) {
    hub(context);
    const table = context.table('AWS::SecurityHub::ActionTarget');
    if (table.get(input.ActionTargetArn) === undefined)
      throw new AwsError('ResourceNotFoundException', `Resource ${input.ActionTargetArn} not found`, { status: 404 });
    table.remove(input.ActionTargetArn);
    return { ActionTargetArn: input.ActionTargetArn };
  },
});

const findingStore = handlers('securityhub', {
  BatchImportFindings(input, context) {
    hub(context);
    if (input.Findings.length > BATCH_MAX)
      throw new AwsError('InvalidInputException', `A batch may have at most ${BATCH_MAX} findings.`);
    const FailedFindings = [];
    for (const given of input.Findings) {
      const refused = refusal(given, context.accountId);
      if (refused !== undefined) {
        FailedFindings.push({ Id: given.Id ?? '', ErrorCode: refused.code, ErrorMessage: refused.message });
        continue;
      }
      const id = given.Id ?? '';
      findings(context).put(id, importFinding(findings(context).get(id)?.configuration, given));
    }
    return {
      FailedCount: FailedFindings.length,
      SuccessCount: input.Findings.length - FailedFindings.length,
      FailedFindings,
    };
  },
  BatchUpdateFindings(input, context) {
    hub(context);
    const {
      FindingIdentifiers,
      Note,
      Workflow,
      Severity,
      VerificationState,
      Confidence,
      Criticality,
      Types,
      UserDefinedFields,
    } = input;
    const ProcessedFindings = [];
    const UnprocessedFindings = [];
    for (const FindingIdentifier of FindingIdentifiers) {
      const found = findings(context).get(FindingIdentifier.Id ?? '');
      if (found === undefined || found.configuration.ProductArn !== FindingIdentifier.ProductArn) {
        UnprocessedFindings.push({
          FindingIdentifier,
          ErrorCode: 'FindingNotFound',
          ErrorMessage: 'Finding Not Found',
        });
        continue;
      }
      const noted = Note === undefined ? {} : { Note: { ...Note, UpdatedAt: context.now.toISOString() } };
      const given = { Workflow, Severity, VerificationState, Confidence, Criticality, Types, UserDefinedFields };
      findings(context).edit(found.arn, (edited) => {
        Object.assign(
          edited,
          noted,
          Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        );
      });
      ProcessedFindings.push(FindingIdentifier);
    }
    return { ProcessedFindings, UnprocessedFindings };
  },
  GetFindings(input, context) {
    hub(context);
    const all = findings(context)
      .all()
      .map(({ configuration }) => configuration);
    const wanted = all.filter((finding) => matchesFilters(finding, input.Filters));
    const { items, next } = context.page(wanted, input.NextToken, input.MaxResults, 100);
    return { Findings: items as never, ...more(next) };
  },
});

/** Security Hub on the twin. */
export const service = implement('securityhub', hubs, findingStore);
