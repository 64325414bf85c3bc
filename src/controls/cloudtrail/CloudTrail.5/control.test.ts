import { type Case, type Loose, specify } from '../../testing.fixture.js';
import { ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const given = (changed: Loose) => ({ resources: [trail(changed)] });

const cases: readonly Case[] = [
  { name: 'set', given: given({}), expect: 'PASSED', path: 'CloudWatchLogsLogGroupArn' },
  {
    name: 'left out',
    given: given({ CloudWatchLogsLogGroupArn: undefined }),
    expect: 'FAILED',
    path: 'CloudWatchLogsLogGroupArn',
  },
  {
    name: 'empty',
    given: given({ CloudWatchLogsLogGroupArn: '' }),
    expect: 'FAILED',
    path: 'CloudWatchLogsLogGroupArn',
  },
  {
    name: 'a list',
    given: given({ CloudWatchLogsLogGroupArn: ['trail'] }),
    expect: 'NOT_AVAILABLE',
    path: 'CloudWatchLogsLogGroupArn',
  },
  {
    name: 'nothing read of the trail',
    given: given({ CloudWatchLogsLogGroupArn: undefined, S3BucketName: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'CloudWatchLogsLogGroupArn',
  },
  {
    name: 'another account’s organization trail',
    given: { resources: [trail({ CloudWatchLogsLogGroupArn: undefined }, {}, ORGANIZATION_TRAIL_ARN)] },
    expect: undefined,
  },
  {
    name: 'the trail as another region shows it',
    given: { resources: [trail({ CloudWatchLogsLogGroupArn: undefined }, { region: 'us-east-1' })] },
    expect: undefined,
  },
  {
    name: 'a trail that does not name its home',
    given: given({ HomeRegion: undefined }),
    expect: 'PASSED',
    path: 'CloudWatchLogsLogGroupArn',
  },
];

specify(control, cases);
