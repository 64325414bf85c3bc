import { ACCOUNT, type Case, gapOf, type Loose, OTHER_ACCOUNT, resource, specify } from '../../testing.fixture.js';
import { ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, { region: 'global' });
const trails = (...changes: Loose[]) => ({
  resources: [
    account,
    ...changes.map((change, index) => trail(change, {}, `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/t${index}`)),
  ],
});
const basic = (...EventSelectors: unknown[]) => trails({ EventSelectors });
const advanced = (...fields: unknown[][]) =>
  trails({ EventSelectors: undefined, AdvancedEventSelectors: fields.map((FieldSelectors) => ({ FieldSelectors })) });
const management = { Field: 'eventCategory', Equals: ['Management'] };
const data = { Field: 'eventCategory', Equals: ['Data'] };
const readOnly = (value: string) => ({ Field: 'readOnly', Equals: [value] });
const organization = (changed: Loose = {}) =>
  trail({ IsOrganizationTrail: true, ...changed }, {}, ORGANIZATION_TRAIL_ARN);
const owners = (changed: Loose = {}) =>
  trail({ IsOrganizationTrail: true, ...changed }, { accountId: OTHER_ACCOUNT }, ORGANIZATION_TRAIL_ARN);
const unseen = { Status: undefined, EventSelectors: undefined };

const cases: readonly Case[] = [
  { name: 'a good trail', given: trails({}), expect: 'PASSED', says: 'trail/t0 records all management events' },
  { name: 'no trail', given: trails(), expect: 'FAILED', says: 'no trail records' },
  {
    name: 'a trail of one region',
    given: trails({ IsMultiRegionTrail: false }),
    expect: 'FAILED',
    says: 'records one region only',
  },
  {
    name: 'a trail that is switched off',
    given: trails({ Status: { IsLogging: false } }),
    expect: 'FAILED',
    says: 'switched off',
  },
  {
    name: 'one bad and one good trail',
    given: trails({ IsMultiRegionTrail: false }, {}),
    expect: 'PASSED',
    says: 'trail/t1',
  },
  {
    name: 'read events only',
    given: basic({ ReadWriteType: 'ReadOnly' }),
    expect: 'FAILED',
    says: 'does not record write',
  },
  {
    name: 'write events only',
    given: basic({ ReadWriteType: 'WriteOnly' }),
    expect: 'FAILED',
    says: 'does not record read',
  },
  {
    name: 'both in two selectors',
    given: basic({ ReadWriteType: 'ReadOnly' }, { ReadWriteType: 'WriteOnly' }),
    expect: 'PASSED',
  },
  { name: 'a selector of defaults', given: basic({}), expect: 'PASSED' },
  {
    name: 'data events only',
    given: basic({ ReadWriteType: 'All', IncludeManagementEvents: false }),
    expect: 'FAILED',
    says: 'any management events',
  },
  { name: 'no selectors at all', given: basic(), expect: 'FAILED', says: 'any management events' },
  {
    name: 'all but KMS events',
    given: basic({ ReadWriteType: 'All', ExcludeManagementEventSources: ['kms.amazonaws.com'] }),
    expect: 'FAILED',
    says: 'leaves out the management events of some services',
  },
  { name: 'advanced selectors of all management events', given: advanced([management], [data]), expect: 'PASSED' },
  {
    name: 'advanced selectors of data events',
    given: advanced([data]),
    expect: 'FAILED',
    says: 'any management events',
  },
  {
    name: 'advanced, read only',
    given: advanced([management, readOnly('true')]),
    expect: 'FAILED',
    says: 'does not record write',
  },
  {
    name: 'advanced, read and write apart',
    given: advanced([management, readOnly('true')], [management, readOnly('false')]),
    expect: 'PASSED',
  },
  {
    name: 'advanced, without KMS events',
    given: advanced([management, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }]),
    expect: 'FAILED',
    says: 'leaves out',
  },
  {
    name: 'advanced, no category',
    given: advanced([readOnly('true')]),
    expect: 'NOT_AVAILABLE',
    says: 'selectors were not read',
  },
  {
    name: 'an organization trail that a member sees',
    given: { resources: [account, organization()] },
    expect: 'PASSED',
  },
  {
    name: 'an organization trail whose details only the owner could read',
    given: { resources: [account, organization(unseen), owners()] },
    expect: 'PASSED',
  },
  {
    name: 'an organization trail that the owner’s copy shows to be off',
    given: { resources: [account, organization(unseen), owners({ Status: { IsLogging: false } })] },
    expect: 'FAILED',
    says: 'switched off',
  },
  {
    name: 'an organization trail whose details nobody could read',
    given: { resources: [account, organization(unseen)] },
    expect: 'NOT_AVAILABLE',
    says: 'its status was not read',
  },
  {
    name: 'a trail of another account that is not seen here',
    given: { resources: [account, owners()] },
    expect: 'FAILED',
  },
  {
    name: 'status not read',
    given: trails({ Status: undefined }),
    expect: 'NOT_AVAILABLE',
    says: 'status was not read',
  },
  {
    name: 'selectors not read',
    given: trails({ EventSelectors: undefined }),
    expect: 'NOT_AVAILABLE',
    says: 'selectors were not read',
  },
  {
    name: 'selectors not read, but AWS says they are the default',
    given: trails({ EventSelectors: undefined, HasCustomEventSelectors: false }),
    expect: 'PASSED',
  },
  {
    name: 'no selectors of its own, told as empty lists: AWS’s default',
    given: trails({ EventSelectors: [], AdvancedEventSelectors: [], HasCustomEventSelectors: false }),
    expect: 'PASSED',
  },
  {
    name: 'selectors of its own that take in nothing',
    given: trails({ EventSelectors: [], HasCustomEventSelectors: true }),
    expect: 'FAILED',
  },
  { name: 'selectors that are a text', given: trails({ EventSelectors: 'All' }), expect: 'NOT_AVAILABLE' },
  { name: 'a selector that is null', given: basic(null), expect: 'NOT_AVAILABLE' },
  { name: 'a word that AWS does not know', given: basic({ ReadWriteType: 'Everything' }), expect: 'NOT_AVAILABLE' },
  {
    name: 'multi-Region as a text',
    given: trails({ IsMultiRegionTrail: 'false' }),
    expect: 'NOT_AVAILABLE',
    says: 'IsMultiRegionTrail is the text',
  },
  {
    name: 'no trail seen, trails not readable in a region',
    given: { resources: [account], gaps: [gapOf(['AWS::CloudTrail::Trail'], 'us-east-1')] },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'a good trail, trails not readable in a region',
    given: { ...trails({}), gaps: [gapOf(['AWS::CloudTrail::Trail'], 'us-east-1')] },
    expect: 'PASSED',
  },
];

specify(control, cases);
