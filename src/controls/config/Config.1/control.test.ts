import { ACCOUNT, type Case, gapOf, type Loose, resource, type Scene, specify } from '../../testing.fixture.js';
import { globalTypes, regionalTypes } from '../recording.js';
import { control } from './control.js';

const account = resource('AWS::::Account', `AWS::::Account:${ACCOUNT}`, { AccountId: ACCOUNT }, { region: 'global' });
const role = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
const everything = { allSupported: true, includeGlobalResourceTypes: true };
const recorder = (changed: Loose = {}, region = 'eu-west-1', name = 'default') =>
  resource(
    'AWS::Config::ConfigurationRecorder',
    `arn:aws:config:${region}:${ACCOUNT}:config-recorder/${name}`,
    { name, roleARN: role, recordingGroup: everything, Status: { name, recording: true }, ...changed },
    { region },
  );
const scene = (...recorders: Scene['resources'][number][]): Scene => ({ resources: [account, ...recorders] });
const group = (recordingGroup: unknown) => scene(recorder({ recordingGroup }));
const excluding = (...resourceTypes: string[]) =>
  group({
    allSupported: false,
    recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
    exclusionByResourceTypes: { resourceTypes },
  });
const two = (given: Scene): Scene => ({ ...given, regions: ['eu-west-1', 'us-east-1'] });
const withoutGlobals = { recordingGroup: { allSupported: true, includeGlobalResourceTypes: false } };

const cases: readonly Case[] = [
  { name: 'everything recorded', given: scene(recorder()), expect: 'PASSED', says: 'eu-west-1' },
  { name: 'no recorder', given: scene(), expect: 'FAILED', says: 'eu-west-1: AWS Config has no recorder' },
  {
    name: 'a stopped recorder',
    given: scene(recorder({ Status: { recording: false } })),
    expect: 'FAILED',
    says: 'the recorder is stopped',
  },
  {
    name: 'another role',
    given: scene(recorder({ roleARN: `arn:aws:iam::${ACCOUNT}:role/config` })),
    expect: 'FAILED',
    says: 'AWSServiceRoleForConfig',
  },
  {
    name: 'a role of the right name elsewhere',
    given: scene(recorder({ roleARN: `arn:aws:iam::${ACCOUNT}:role/AWSServiceRoleForConfig` })),
    expect: 'FAILED',
    says: 'AWSServiceRoleForConfig',
  },
  { name: 'everything but IAM', given: scene(recorder(withoutGlobals)), expect: 'FAILED', says: 'none of the regions' },
  {
    name: 'a list of everything needed',
    given: group({ allSupported: false, resourceTypes: [...regionalTypes, ...globalTypes] }),
    expect: 'PASSED',
  },
  {
    name: 'a list without security groups',
    given: group({
      resourceTypes: [...regionalTypes, ...globalTypes].filter((type) => type !== 'AWS::EC2::SecurityGroup'),
    }),
    expect: 'FAILED',
    says: 'leaves out AWS::EC2::SecurityGroup',
  },
  { name: 'everything but a type nobody needs', given: excluding('AWS::EC2::EIP'), expect: 'PASSED' },
  {
    name: 'everything but keys',
    given: excluding('AWS::KMS::Key'),
    expect: 'FAILED',
    says: 'leaves out AWS::KMS::Key',
  },
  {
    name: 'everything but IAM users',
    given: excluding('AWS::IAM::User'),
    expect: 'FAILED',
    says: 'none of the regions',
  },
  {
    name: 'IAM recorded in one of two regions',
    given: two(scene(recorder(), recorder(withoutGlobals, 'us-east-1'))),
    expect: 'PASSED',
    says: 'us-east-1',
  },
  {
    name: 'one of two regions without a recorder',
    given: two(scene(recorder())),
    expect: 'FAILED',
    says: 'us-east-1: AWS Config has no recorder',
  },
  {
    name: 'two bad regions, both named',
    given: two(scene(recorder({ Status: { recording: false } }))),
    expect: 'FAILED',
    says: 'eu-west-1: the recorder is stopped; us-east-1: AWS Config has no recorder',
  },
  {
    name: 'a recorder that another service owns',
    given: scene(recorder({ servicePrincipal: 'ecs.amazonaws.com' }, 'eu-west-1', 'AWSConfigurationRecorderForEcs')),
    expect: 'FAILED',
    says: 'no recorder',
  },
  {
    name: 'the account’s recorder beside another service’s',
    given: scene(
      recorder({ servicePrincipal: 'ecs.amazonaws.com', Status: undefined }, 'eu-west-1', 'ecs'),
      recorder(),
    ),
    expect: 'PASSED',
  },
  {
    name: 'status not read',
    given: scene(recorder({ Status: undefined })),
    expect: 'NOT_AVAILABLE',
    says: 'its status was not read',
  },
  {
    name: 'group not read',
    given: group(undefined),
    expect: 'NOT_AVAILABLE',
    says: 'what the recorder records was not read',
  },
  { name: 'a group that is a text', given: group('all'), expect: 'NOT_AVAILABLE' },
  { name: 'a group whose flag is a text', given: group({ allSupported: 'true' }), expect: 'NOT_AVAILABLE' },
  {
    name: 'role not read',
    given: scene(recorder({ roleARN: undefined })),
    expect: 'NOT_AVAILABLE',
    says: 'role was not read',
  },
  {
    name: 'recorders not readable',
    given: { ...scene(), gaps: [gapOf(['AWS::Config::ConfigurationRecorder'])] },
    expect: 'NOT_AVAILABLE',
    says: 'AccessDenied',
  },
  {
    name: 'one region bad, another not readable',
    given: {
      ...two(scene(recorder({ Status: { recording: false } }))),
      gaps: [gapOf(['AWS::Config::ConfigurationRecorder'], 'us-east-1')],
    },
    expect: 'FAILED',
    says: 'eu-west-1: the recorder is stopped',
  },
  { name: 'no regions read', given: { ...scene(recorder()), regions: [] }, expect: 'NOT_AVAILABLE', says: 'no region' },
];

specify(control, cases);
