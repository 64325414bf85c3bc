import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const state = (changed: Loose) => ({
  resources: [
    resource('AWS::SSM::PatchCompliance', 'arn:aws:ssm:eu-west-1:111122223333:patch-compliance/i-1', {
      InstanceId: 'i-1',
      Operation: 'Install',
      InstalledCount: 40,
      InstalledOtherCount: 7,
      NotApplicableCount: 300,
      MissingCount: 0,
      FailedCount: 0,
      ...changed,
    }),
  ],
});

const cases: readonly Case[] = [
  { name: 'everything installed', given: state({}), expect: 'PASSED', path: 'MissingCount' },
  { name: 'the same after a scan', given: state({ Operation: 'Scan' }), expect: 'PASSED' },
  {
    name: 'a patch missing',
    given: state({ MissingCount: 3 }),
    expect: 'FAILED',
    path: 'MissingCount',
    says: '3 patch(es) missing',
  },
  { name: 'a patch that failed', given: state({ FailedCount: 1 }), expect: 'FAILED', path: 'FailedCount' },
  {
    name: 'a patch waiting for a reboot',
    given: state({ InstalledPendingRebootCount: 1 }),
    expect: 'FAILED',
    path: 'InstalledPendingRebootCount',
  },
  {
    name: 'a patch that the baseline rejects',
    given: state({ InstalledRejectedCount: 1 }),
    expect: 'FAILED',
    path: 'InstalledRejectedCount',
  },
  {
    name: 'a critical patch not compliant',
    given: state({ CriticalNonCompliantCount: 1 }),
    expect: 'FAILED',
    path: 'CriticalNonCompliantCount',
  },
  {
    name: 'a security patch not compliant',
    given: state({ SecurityNonCompliantCount: 1 }),
    expect: 'FAILED',
    path: 'SecurityNonCompliantCount',
  },
  {
    name: 'another patch not compliant',
    given: state({ OtherNonCompliantCount: 1 }),
    expect: 'FAILED',
    path: 'OtherNonCompliantCount',
  },
  {
    name: 'missing patches not read',
    given: state({ MissingCount: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'MissingCount',
  },
  {
    name: 'failed patches not read, others missing',
    given: state({ FailedCount: undefined, MissingCount: 1 }),
    expect: 'FAILED',
    path: 'MissingCount',
  },
  {
    name: 'a count that is a text',
    given: state({ MissingCount: '0' }),
    expect: 'NOT_AVAILABLE',
    path: 'MissingCount',
  },
  { name: 'a count below nothing', given: state({ FailedCount: -1 }), expect: 'NOT_AVAILABLE', path: 'FailedCount' },
  {
    name: 'half a patch',
    given: state({ OtherNonCompliantCount: 0.5 }),
    expect: 'NOT_AVAILABLE',
    path: 'OtherNonCompliantCount',
  },
];

specify(control, cases);
