import type { Resource } from '../../estate/estate.js';
import { ACCOUNT, type Loose, OTHER_ACCOUNT, resource, type Where } from '../testing.fixture.js';

export const TRAIL_ARN = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/main`;
/** A trail of the organization's management account, which the test account is a member of. */
export const ORGANIZATION_TRAIL_ARN = `arn:aws:cloudtrail:eu-west-1:${OTHER_ACCOUNT}:trail/organization`;

/** A trail that every CloudTrail control is content with. */
const good = {
  Name: 'main',
  S3BucketName: 'trail-logs',
  HomeRegion: 'eu-west-1',
  IsMultiRegionTrail: true,
  IsOrganizationTrail: false,
  LogFileValidationEnabled: true,
  KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  CloudWatchLogsLogGroupArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:trail:*',
  Status: { IsLogging: true },
  EventSelectors: [
    { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
  ],
};

/** The good trail with some members changed; a member set to `undefined` was not read. */
export function trail(changed: Loose = {}, where: Where = {}, arn = TRAIL_ARN): Resource<'AWS::CloudTrail::Trail'> {
  return resource('AWS::CloudTrail::Trail', arn, { TrailARN: arn, ...good, ...changed }, where);
}

/** The bucket the trail delivers to. */
export function logBucket(configuration: Loose, where: Where = {}): Resource<'AWS::S3::Bucket'> {
  return resource('AWS::S3::Bucket', 'arn:aws:s3:::trail-logs', { Name: 'trail-logs', ...configuration }, where);
}
