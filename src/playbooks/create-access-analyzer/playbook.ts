import type { Resource } from '../../estate/estate.js';
import { apiCall } from '../../reference/api-call.js';
import { is, isMissing, notFound, notRead, planOf, refuse } from '../plan.js';
import type { Playbook, Step } from '../playbook.js';

const NAME = 'hikeshi-external-access';
const NO_ANALYZER = ['ResourceNotFoundException'];
/** Making one the first time in an account makes its service-linked role as well. */
const SETTLE_SECONDS = 120;

export const playbook: Playbook = {
  id: 'create-access-analyzer',
  title: 'Watch for access from outside',
  description:
    'Makes an external access analyzer of the account, with the account as its zone of trust, in every region that has none. It is free of charge and only reads. Never touches an analyzer that exists.',
  controls: ['IAM.28'],
  risk: 'S',
  calls: ['accessanalyzer:GetAnalyzer', 'accessanalyzer:CreateAnalyzer', 'accessanalyzer:DeleteAnalyzer'],
  extraActions: ['iam:CreateServiceLinkedRole'],
  plan(subject, estate) {
    const { accountId } = subject;
    const account = estate.header.accounts.find((each) => each.accountId === accountId);
    if (account === undefined) return notFound(subject);
    const steps: Step[] = [];
    for (const region of account.regions) {
      const here = [...estate.list('AWS::AccessAnalyzer::Analyzer', { accountId, region })];
      if (here.some(isActive)) continue;
      const unread = estate.gaps.some(
        (gap) => gap.accountId === accountId && [region, '*'].includes(gap.region) && concerns(gap.types),
      );
      if (unread) return notRead(`whether ${region} has an analyzer`);
      const inTheWay = here.find(({ configuration: { type, name } }) => type === 'ACCOUNT' || name === NAME);
      if (inTheWay !== undefined) {
        const { name, status } = inTheWay.configuration;
        return refuse(
          `analyzer ${name} in ${region} is ${status}, and there can be no second one`,
          'wait if it is being made; else delete it and scan again',
        );
      }
      steps.push(createStep(accountId, region));
    }
    if (steps.length === 0) return refuse('every region has an analyzer already', 'scan again');
    return planOf(playbook, subject, steps, {
      outsideModel: ['the service-linked role AWSServiceRoleForAccessAnalyzer, which AWS makes and an undo leaves'],
    });
  },
};

function isActive({ configuration: { type, status } }: Resource<'AWS::AccessAnalyzer::Analyzer'>): boolean {
  return (type === 'ACCOUNT' || type === 'ORGANIZATION') && status === 'ACTIVE';
}

const concerns = (types: readonly string[]): boolean =>
  types.length === 0 || types.includes('AWS::AccessAnalyzer::Analyzer');

function createStep(accountId: string, region: string): Step {
  const target = { accountId, region };
  const read = apiCall('accessanalyzer', 'GetAnalyzer', target, { analyzerName: NAME });
  return {
    id: `create-analyzer-${region}`,
    title: `create analyzer ${NAME} in ${region}`,
    call: apiCall('accessanalyzer', 'CreateAnalyzer', target, { analyzerName: NAME, type: 'ACCOUNT' }),
    before: [isMissing(read, 'analyzer', NO_ANALYZER)],
    after: [is(read, 'analyzer.status', 'ACTIVE', NO_ANALYZER)],
    settleSeconds: SETTLE_SECONDS,
    undo: [apiCall('accessanalyzer', 'DeleteAnalyzer', target, { analyzerName: NAME })],
  };
}
