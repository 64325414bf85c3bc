import { parseArn } from '../../base/arn.js';
import type { Resource } from '../../estate/estate.js';

/**
 * Whether a trail is to be judged here: in the account that owns it and in its home region. An organization trail shows
 * itself to every member account, and a multi-Region trail to every region, but only its owner can change it, at home.
 * A trail that does not say so is judged, so that it is reported.
 */
export function isOwnTrailAtHome({
  arn,
  accountId,
  region,
  configuration,
}: Resource<'AWS::CloudTrail::Trail'>): boolean {
  const owner = parseArn(arn)?.accountId;
  const home: unknown = configuration.HomeRegion;
  return (owner === undefined || owner === accountId) && (typeof home !== 'string' || home === region);
}
