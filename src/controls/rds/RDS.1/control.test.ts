import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const path = 'DBSnapshotAttributes';
const arn = 'arn:aws:rds:eu-west-1:111122223333:snapshot:orders';
const snapshot = (configuration: Loose) => ({ resources: [resource('AWS::RDS::DBSnapshot', arn, configuration)] });
const shared = (...AttributeValues: readonly unknown[]) =>
  snapshot({ SnapshotType: 'manual', DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues }] });
const values = `${path}[0].AttributeValues`;

const cases: readonly Case[] = [
  { name: 'shared with nobody', given: shared(), expect: 'PASSED', path, says: 'not everyone' },
  { name: 'shared with an account', given: shared('444455556666'), expect: 'PASSED' },
  { name: 'shared with everyone', given: shared('all'), expect: 'FAILED', path: values, says: 'everyone' },
  { name: 'shared with an account and everyone', given: shared('444455556666', 'all'), expect: 'FAILED', path: values },
  { name: 'no attributes', given: snapshot({ SnapshotType: 'manual', DBSnapshotAttributes: [] }), expect: 'PASSED' },
  {
    name: 'no values',
    given: snapshot({ DBSnapshotAttributes: [{ AttributeName: 'restore' }] }),
    expect: 'PASSED',
  },
  {
    name: 'everyone in an attribute that restores nothing',
    given: snapshot({ DBSnapshotAttributes: [{ AttributeName: 'other', AttributeValues: ['all'] }] }),
    expect: 'PASSED',
  },
  {
    name: 'what RDS makes by itself',
    given: snapshot({ SnapshotType: 'automated' }),
    expect: 'PASSED',
    path: 'SnapshotType',
    says: 'cannot be shared',
  },
  { name: 'what AWS Backup makes', given: snapshot({ SnapshotType: 'awsbackup' }), expect: 'PASSED' },
  {
    name: 'sharing that was not read',
    given: snapshot({ SnapshotType: 'manual' }),
    expect: 'NOT_AVAILABLE',
    path,
    says: 'was not read',
  },
  { name: 'sharing and the type not read', given: snapshot({}), expect: 'NOT_AVAILABLE', path },
  {
    name: 'sharing that is a text',
    given: snapshot({ SnapshotType: 'automated', DBSnapshotAttributes: 'all' }),
    expect: 'NOT_AVAILABLE',
    path,
  },
  {
    name: 'values that are a text',
    given: snapshot({ DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: 'all' }] }),
    expect: 'NOT_AVAILABLE',
    path: values,
  },
  {
    name: 'an attribute that is null',
    given: snapshot({ DBSnapshotAttributes: [null] }),
    expect: 'NOT_AVAILABLE',
    path: `${path}[0].AttributeName`,
  },
];

specify(control, cases);
