import { sameJson, type Json } from '../../base/json.js';
import type { ResourceTypes } from '../../estate/resource-types.js';

type Trail = ResourceTypes['AWS::CloudTrail::Trail'];

/** The members of a trail that decide what it records, where to, and how safe that is. */
export const TRAIL_SETTINGS = [
  'S3BucketName',
  'S3KeyPrefix',
  'SnsTopicARN',
  'IncludeGlobalServiceEvents',
  'IsMultiRegionTrail',
  'LogFileValidationEnabled',
  'CloudWatchLogsLogGroupArn',
  'CloudWatchLogsRoleArn',
  'KmsKeyId',
] as const satisfies readonly (keyof Trail)[];

/** One thing about a trail that is not as it was. */
export interface Drift {
  /** The member, or `Status.IsLogging`. */
  readonly path: string;
  readonly was: Json;
  readonly is: Json;
}

/**
 * What has changed of a trail since its baseline. Only what both reads know is compared; a trail that was not logging may
 * be started without being called changed.
 */
export function trailDrift(baseline: Trail, now: Trail): Drift[] {
  const drifts: Drift[] = [];
  for (const name of TRAIL_SETTINGS) compare(name, baseline[name], now[name]);
  const selectors = (trail: Trail) => trail.AdvancedEventSelectors ?? trail.EventSelectors;
  const [before, after] = [selectors(baseline), selectors(now)];
  if (before !== undefined && after !== undefined) compare('EventSelectors', before, after);
  if (baseline.Status?.IsLogging === true && now.Status?.IsLogging === false) {
    drifts.push({ path: 'Status.IsLogging', was: true, is: false });
  }
  return drifts;

  function compare(path: string, was: unknown, is: unknown): void {
    if (!sameJson(was ?? null, is ?? null)) drifts.push({ path, was: (was ?? null) as Json, is: (is ?? null) as Json });
  }
}
