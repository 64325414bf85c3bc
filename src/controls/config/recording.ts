import type { ResourceTypes } from '../../estate/resource-types.js';
import { asList, asObject } from '../shape.js';

type Recorder = ResourceTypes['AWS::Config::ConfigurationRecorder'];

/** The types that AWS asks to be recorded for the controls of this catalogue, in every region. */
export const regionalTypes = [
  'AWS::CloudTrail::Trail',
  'AWS::EC2::Instance',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::VPC',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SSM::PatchCompliance',
] as const;

/** IAM's global types: recorded in one region at most, or they are recorded many times over. */
export const globalTypes = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'] as const;

/** What a recorder leaves out. */
export interface Recording {
  readonly missing: readonly string[];
  readonly globals: boolean;
}

/**
 * What a recorder's group takes in: everything (with or without IAM's global types), everything but a list, or a list.
 *
 * Source: Config API Reference, "RecordingGroup".
 *
 * @returns `undefined` when the group was not read or is not what AWS documents.
 */
export function recordingOf(recorder: Recorder): Recording | undefined {
  const group = asObject(recorder.recordingGroup);
  if (group === undefined) return undefined;
  const strategy = asObject(group['recordingStrategy'])?.['useOnly'];
  if (strategy === 'EXCLUSION_BY_RESOURCE_TYPES') {
    const excluded = asList(asObject(group['exclusionByResourceTypes'])?.['resourceTypes'] ?? []);
    return excluded === undefined ? undefined : recording((type) => !excluded.includes(type));
  }
  if (group['allSupported'] === true) return { missing: [], globals: group['includeGlobalResourceTypes'] === true };
  const listed = asList(group['resourceTypes'] ?? []);
  if (listed === undefined || (group['allSupported'] !== false && group['allSupported'] !== undefined))
    return undefined;
  return recording((type) => listed.includes(type));
}

function recording(records: (type: string) => boolean): Recording {
  return { missing: regionalTypes.filter((type) => !records(type)), globals: globalTypes.every(records) };
}

/** Whether a recorder assumes AWS Config's service-linked role. */
export function usesServiceLinkedRole(recorder: Recorder): boolean | undefined {
  const role: unknown = recorder.roleARN;
  if (typeof role !== 'string') return undefined;
  return role.endsWith(':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig');
}
