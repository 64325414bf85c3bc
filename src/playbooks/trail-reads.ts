import type { Estate, Resource } from '../estate/estate.js';
import { apiCall, type ApiCall, type Target } from '../reference/api-call.js';
import { notFound } from './plan.js';
import type { Refusal, Subject } from './playbook.js';

/** The trail a finding is about, and the read that its checks use. Calls go to its home region. */
export interface TrailSubject {
  readonly trail: Resource<'AWS::CloudTrail::Trail'>;
  readonly target: Target;
  readonly read: ApiCall;
}

export function trailOf(subject: Subject, estate: Estate): TrailSubject | Refusal {
  const trail = estate.get('AWS::CloudTrail::Trail', subject.resourceArn, subject.accountId);
  if (trail === undefined) return notFound(subject);
  const target = { accountId: subject.accountId, region: trail.configuration.HomeRegion ?? subject.region };
  return { trail, target, read: apiCall('cloudtrail', 'GetTrail', target, { Name: trail.arn }) };
}
