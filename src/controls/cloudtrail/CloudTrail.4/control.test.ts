import { type Case, type Loose, specify } from '../../testing.fixture.js';
import { ORGANIZATION_TRAIL_ARN, trail } from '../trail.fixture.js';
import { control } from './control.js';

const given = (changed: Loose) => ({ resources: [trail(changed)] });

const cases: readonly Case[] = [
  { name: 'on', given: given({}), expect: 'PASSED', path: 'LogFileValidationEnabled' },
  {
    name: 'off',
    given: given({ LogFileValidationEnabled: false }),
    expect: 'FAILED',
    path: 'LogFileValidationEnabled',
  },
  {
    name: 'not read',
    given: given({ LogFileValidationEnabled: undefined }),
    expect: 'NOT_AVAILABLE',
    path: 'LogFileValidationEnabled',
  },
  {
    name: 'a text',
    given: given({ LogFileValidationEnabled: 'true' }),
    expect: 'NOT_AVAILABLE',
    path: 'LogFileValidationEnabled',
  },
  {
    name: 'another account’s organization trail',
    given: { resources: [trail({ LogFileValidationEnabled: undefined }, {}, ORGANIZATION_TRAIL_ARN)] },
    expect: undefined,
  },
  {
    name: 'the trail as another region shows it',
    given: { resources: [trail({ LogFileValidationEnabled: undefined }, { region: 'us-east-1' })] },
    expect: undefined,
  },
  {
    name: 'a trail that does not name its home',
    given: given({ HomeRegion: undefined }),
    expect: 'PASSED',
    path: 'LogFileValidationEnabled',
  },
];

specify(control, cases);
