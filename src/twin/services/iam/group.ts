import type { Resource } from '../../../estate/estate.js';
import type { Context } from '../../context.js';
import { noSuchEntity } from './entity-errors.js';

export type GroupResource = Resource<'AWS::IAM::Group'>;

/** Finds a group by name and asks the authorizer. @throws AwsError NoSuchEntity. */
export function group(
  context: Context,
  name: string,
  facts: Readonly<Record<string, unknown>> = {},
): GroupResource {
  const found = context.table('AWS::IAM::Group').find(({ GroupName }) => GroupName === name);
  context.authorize(found?.arn ?? context.arn(`group/${name}`), { context: facts });
  if (found === undefined) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return found;
}

/** A group as GetGroup and ListGroups show it: without its policies. */
export function shownGroup({ configuration }: GroupResource) {
  const { Path = '/', GroupName = '', GroupId = '', Arn = '', CreateDate = '' } = configuration;
  return { Path, GroupName, GroupId, Arn, CreateDate };
}
