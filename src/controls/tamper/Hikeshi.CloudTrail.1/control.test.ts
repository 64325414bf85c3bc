import type { Resource } from '../../../estate/estate.js';
import { trail } from '../../cloudtrail/trail.fixture.js';
import { gapOf, specify, type Case, type Loose } from '../../testing.fixture.js';
import { control } from './control.js';

const baseline = (changed: Loose = {}): Resource => ({
  ...trail(changed),
  type: 'Hikeshi::CloudTrail::TrailBaseline',
});

const cases: readonly Case[] = [
  { name: 'as it was', given: { resources: [baseline(), trail()] }, expect: 'PASSED' },
  {
    name: 'stopped',
    given: { resources: [baseline(), trail({ Status: { IsLogging: false } })] },
    expect: 'FAILED',
    path: 'Status.IsLogging',
  },
  { name: 'deleted', given: { resources: [baseline()] }, expect: 'FAILED', says: 'main was deleted' },
  {
    name: 'gone, or not read',
    given: { resources: [baseline()], gaps: [gapOf(['AWS::CloudTrail::Trail'])] },
    expect: 'NOT_AVAILABLE',
  },
  {
    name: 'records less',
    given: { resources: [baseline(), trail({ EventSelectors: [{ ReadWriteType: 'ReadOnly' }] })] },
    expect: 'FAILED',
    path: 'EventSelectors',
  },
  {
    name: 'delivers elsewhere',
    given: { resources: [baseline(), trail({ S3BucketName: 'not-ours' })] },
    expect: 'FAILED',
    path: 'S3BucketName',
    says: 'was "trail-logs" and is "not-ours"',
  },
  {
    name: 'no longer encrypted',
    given: { resources: [baseline(), trail({ KmsKeyId: undefined })] },
    expect: 'FAILED',
    path: 'KmsKeyId',
  },
  {
    name: 'its status was not read',
    given: { resources: [baseline(), trail({ Status: undefined })] },
    expect: 'NOT_AVAILABLE',
  },
  {
    name: 'was stopped when it was last scanned',
    given: {
      resources: [baseline({ Status: { IsLogging: false } }), trail({ Status: { IsLogging: false } })],
    },
    expect: 'PASSED',
  },
  {
    name: 'started since',
    given: { resources: [baseline({ Status: { IsLogging: false } }), trail()] },
    expect: 'PASSED',
  },
];

specify(control, cases);
