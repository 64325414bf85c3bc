import { policyText, serviceCases, type Truth } from './access-cases.js';
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

/** What AddPermission and AddLayerVersionPermission cannot say: a Deny, and a condition on an endpoint. */
const NOT_FOR_FUNCTIONS = new Set(['deny-guard', 'vpce-only']);

/** Functions that others may invoke. */
export function sharedFunctions(plot: Plot): void {
  const { site, region } = plot;
  const cases = [...plot.cases('lambda'), ...serviceCases('s3.amazonaws.com', site.accountId)];
  for (const { name, statements, ...truth } of cases.filter((each) => !NOT_FOR_FUNCTIONS.has(each.name))) {
    // AddPermission writes one action a statement, as a text.
    const Statement = statements(['lambda:InvokeFunction'], site.arn('lambda', region, `function:${name}`)).map(
      (statement) => ({ ...statement, Action: 'lambda:InvokeFunction' }),
    );
    const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
    plot.note('AWS::Lambda::Function', lambda(site, region, name, { Policy }), truth);
  }
}

/** Layers whose first version others may use, and whose second nobody may: every version has a policy of its own. */
export function sharedLayers(plot: Plot): void {
  const { site, region } = plot;
  for (const { name, statements, ...truth } of plot
    .cases('lambda')
    .filter((each) => !NOT_FOR_FUNCTIONS.has(each.name))) {
    const LayerArn = site.arn('lambda', region, `layer:${name}`);
    const put = (Version: number, Policy: string | null, planted: Truth) => {
      const LayerVersionArn = `${LayerArn}:${Version}`;
      const CreatedDate = site.daysAgo(100 - Version).replace('Z', '+0000');
      const CompatibleRuntimes = ['nodejs22.x' as const];
      const own = { LayerVersionArn, Version, CreatedDate, CompatibleRuntimes, LayerName: name, LayerArn, Policy };
      plot.plant('AWS::Lambda::LayerVersion', LayerVersionArn, own, planted);
    };
    const Statement = statements(['lambda:GetLayerVersion'], `${LayerArn}:1`);
    put(1, JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }), truth);
    put(2, null, { verdict: 'internal', reason: 'this version has no policy' });
  }
}
