import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const path = 'CreateVolumePermissions';
const arn = 'arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1';
const snapshot = (configuration: Loose) => ({ resources: [resource('AWS::EC2::Snapshot', arn, configuration)] });
const shared = (...CreateVolumePermissions: readonly unknown[]) => snapshot({ CreateVolumePermissions });

const cases: readonly Case[] = [
  { name: 'shared with nobody', given: shared(), expect: 'PASSED', path, says: 'not everyone' },
  { name: 'shared with an account', given: shared({ UserId: '444455556666' }), expect: 'PASSED' },
  {
    name: 'shared with everyone',
    given: shared({ Group: 'all' }),
    expect: 'FAILED',
    path: `${path}[0].Group`,
    says: 'everyone',
  },
  {
    name: 'shared with an account and everyone',
    given: shared({ UserId: '444455556666' }, { Group: 'all' }),
    expect: 'FAILED',
    path: `${path}[1].Group`,
  },
  { name: 'sharing that was not read', given: snapshot({}), expect: 'NOT_AVAILABLE', path, says: 'was not read' },
  {
    name: 'sharing that is a text',
    given: snapshot({ CreateVolumePermissions: 'all' }),
    expect: 'NOT_AVAILABLE',
    path,
  },
  { name: 'an unknown group', given: shared({ Group: 'some' }), expect: 'NOT_AVAILABLE', path: `${path}[0].Group` },
  { name: 'a permission that is null', given: shared(null), expect: 'NOT_AVAILABLE', path: `${path}[0]` },
  { name: 'a permission that is null, and everyone', given: shared(null, { Group: 'all' }), expect: 'FAILED' },
];

specify(control, cases);
