import { ACCOUNT, type Case, gapOf, type Loose, OTHER_ACCOUNT, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, { region: 'global' });
const analyzer = (configuration: Loose, region = 'eu-west-1', accountId = ACCOUNT) =>
  resource(
    'AWS::AccessAnalyzer::Analyzer',
    `arn:aws:access-analyzer:${region}:${accountId}:analyzer/outside`,
    { name: 'outside', type: 'ACCOUNT', status: 'ACTIVE', ...configuration },
    { region, accountId },
  );
const given = (...analyzers: ReturnType<typeof analyzer>[]) => ({ resources: [account, ...analyzers] });
const regions = ['eu-west-1', 'us-east-1'];

const cases: readonly Case[] = [
  { name: 'one of the account', given: given(analyzer({})), expect: 'PASSED' },
  { name: 'one of the organization', given: given(analyzer({ type: 'ORGANIZATION' })), expect: 'PASSED' },
  { name: 'none', given: given(), expect: 'FAILED', says: 'eu-west-1' },
  {
    name: 'one of unused access',
    given: given(analyzer({ type: 'ORGANIZATION_UNUSED_ACCESS' })),
    expect: 'FAILED',
  },
  { name: 'one of internal access', given: given(analyzer({ type: 'ACCOUNT_INTERNAL_ACCESS' })), expect: 'FAILED' },
  {
    name: 'one that is disabled',
    given: given(analyzer({ status: 'DISABLED' })),
    expect: 'FAILED',
    says: 'analyzer/outside is DISABLED',
  },
  { name: 'one of another account', given: given(analyzer({}, 'eu-west-1', OTHER_ACCOUNT)), expect: 'FAILED' },
  {
    name: 'one in every region',
    given: { ...given(analyzer({}), analyzer({}, 'us-east-1')), regions },
    expect: 'PASSED',
  },
  {
    name: 'one in one of two regions',
    given: { ...given(analyzer({})), regions },
    expect: 'FAILED',
    says: 'no external access analyzer is active in us-east-1',
  },
  {
    name: 'a region not read',
    given: { ...given(analyzer({})), regions, gaps: [gapOf(['AWS::AccessAnalyzer::Analyzer'], 'us-east-1')] },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'a region not read, and one without',
    given: { ...given(), regions, gaps: [gapOf(['AWS::AccessAnalyzer::Analyzer'], 'us-east-1')] },
    expect: 'FAILED',
    says: 'eu-west-1',
  },
  { name: 'no region', given: { ...given(), regions: [] }, expect: 'NOT_AVAILABLE', says: 'no region' },
  { name: 'a status not read', given: given(analyzer({ status: undefined })), expect: 'NOT_AVAILABLE' },
  { name: 'a type not read', given: given(analyzer({ type: undefined })), expect: 'NOT_AVAILABLE' },
];

specify(control, cases);
