import { policyText, serviceCases } from './access-cases.js';
import { lambda, queue, topic } from './messaging.js';
import type { Plot } from './plot.js';

/** Queues that others may send to. */
export function sharedQueues(plot: Plot): void {
  const { site, region } = plot;
  for (const { name, statements, ...truth } of [
    ...plot.cases('sqs'),
    ...serviceCases('sns.amazonaws.com', site.accountId),
  ]) {
    const Policy = policyText(statements(['sqs:SendMessage'], site.arn('sqs', region, name)));
    plot.note('AWS::SQS::Queue', queue(site, region, name, { Policy }), truth);
  }
}

/** Topics that others may publish to; and the policy AWS gives every topic, which looks public and is not. */
export function sharedTopics(plot: Plot): void {
  const { site, region } = plot;
  const cases = [...plot.cases('sns'), ...serviceCases('cloudwatch.amazonaws.com', site.accountId)];
  for (const { name, statements, ...truth } of cases) {
    const Policy = policyText(statements(['sns:Publish'], site.arn('sns', region, name)));
    plot.note('AWS::SNS::Topic', topic(site, region, name, { Policy }), truth);
  }
  const Policy = policyText([
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes'],
      Resource: site.arn('sns', region, 'default-policy'),
      Condition: { StringEquals: { 'AWS:SourceOwner': site.accountId } },
    },
  ]);
  plot.note('AWS::SNS::Topic', topic(site, region, 'default-policy', { Policy }), {
    verdict: 'internal',
    reason: 'the policy every new topic has allows everyone on condition of aws:SourceOwner, the account itself',
  });
}

/** What AddPermission cannot say: a Deny, and a condition on an endpoint. */
const NOT_FOR_FUNCTIONS = new Set(['deny-guard', 'vpce-only']);

/** Functions that others may invoke. */
export function sharedFunctions(plot: Plot): void {
  const { site, region } = plot;
  const cases = [...plot.cases('lambda'), ...serviceCases('s3.amazonaws.com', site.accountId)];
  for (const { name, statements, ...truth } of cases.filter((each) => !NOT_FOR_FUNCTIONS.has(each.name))) {
    const Statement = statements(['lambda:InvokeFunction'], site.arn('lambda', region, `function:${name}`));
    const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
    plot.note('AWS::Lambda::Function', lambda(site, region, name, { Policy }), truth);
  }
}
