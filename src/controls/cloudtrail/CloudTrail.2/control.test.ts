import { type Case, type Loose, specify } from '../../testing.fixture.js';
import { ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const given = (changed: Loose) => ({ resources: [trail(changed)] });

const cases: readonly Case[] = [
  { name: 'set', given: given({}), expect: 'PASSED', path: 'KmsKeyId' },
  { name: 'left out', given: given({ KmsKeyId: undefined }), expect: 'FAILED', path: 'KmsKeyId' },
  { name: 'empty', given: given({ KmsKeyId: '' }), expect: 'FAILED', path: 'KmsKeyId' },
  { name: 'a list', given: given({ KmsKeyId: ['alias/trail'] }), expect: 'NOT_AVAILABLE', path: 'KmsKeyId' },
  {
    name: 'nothing read of the trail',
    given: given({ KmsKeyId: undefined, S3BucketName: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'KmsKeyId',
  },
  {
    name: 'another account’s organization trail',
    given: { resources: [trail({ KmsKeyId: undefined }, {}, ORGANIZATION_TRAIL_ARN)] },
    expect: undefined,
  },
  {
    name: 'the trail as another region shows it',
    given: { resources: [trail({ KmsKeyId: undefined }, { region: 'us-east-1' })] },
    expect: undefined,
  },
  {
    name: 'a trail that does not name its home',
    given: given({ HomeRegion: undefined }),
    expect: 'PASSED',
    path: 'KmsKeyId',
  },
];

specify(control, cases);
