import { parseArn } from '../../../base/arn.js';
import type { Resource } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import type { Context } from '../../context.js';

export type TrailResource = Resource<'AWS::CloudTrail::Trail'>;

/** The trails that DescribeTrails shows in this account and region: those of the region, and shadows of wider ones. */
export function visibleTrails(context: Context): TrailResource[] {
  return [...context.estate.list('AWS::CloudTrail::Trail', { accountId: context.accountId })].filter(
    ({ configuration }) => configuration.HomeRegion === context.region || configuration.IsMultiRegionTrail === true,
  );
}

/**
 * Finds a trail by name or ARN as the caller's account sees it, and asks the authorizer. An organization's trail that
 * the account sees is its own to look at.
 *
 * @throws AwsError TrailNotFoundException with CloudTrail's own text.
 */
export function trail(context: Context, nameOrArn: string | undefined): TrailResource {
  const wanted = nameOrArn ?? 'Default';
  const found = visibleTrails(context).find(
    ({ arn, configuration }) => arn === wanted || configuration.Name === wanted,
  );
  const arn = found?.arn ?? (wanted.startsWith('arn:') ? wanted : context.arn(`trail/${wanted}`));
  const ownerId = found?.accountId ?? parseArn(arn)?.accountId ?? context.accountId;
  context.authorize(arn, { resourceAccountId: ownerId });
  if (found !== undefined) return found;
  throw new AwsError('TrailNotFoundException', `Unknown trail: ${wanted} for the user: ${context.accountId}`);
}

/** As `trail`, for changes: only the owner, only in the home region. */
export function ownTrail(context: Context, nameOrArn: string | undefined): TrailResource {
  const found = trail(context, nameOrArn);
  if (parseArn(found.arn)?.accountId !== context.accountId) {
    throw new AwsError(
      'NotOrganizationMasterAccountException',
      'The trail belongs to the organization; only its owner may change it.',
    );
  }
  if (found.configuration.HomeRegion !== context.region) {
    throw new AwsError(
      'InvalidHomeRegionException',
      `Trail ${found.arn} can only be updated in its home region ${found.configuration.HomeRegion}.`,
    );
  }
  return found;
}

/** Changes a trail and, of an organization trail, the copy that every member sees. */
export function editTrail(
  context: Context,
  arn: string,
  change: (trail: TrailResource['configuration']) => void,
): TrailResource['configuration'] {
  let changed: TrailResource['configuration'] | undefined;
  for (const copy of [...context.estate.list('AWS::CloudTrail::Trail')]) {
    if (copy.arn !== arn) continue;
    const configuration = structuredClone(copy.configuration);
    change(configuration);
    context.estate.put({ ...copy, configuration });
    if (copy.accountId === context.accountId) changed = configuration;
  }
  if (changed === undefined) throw new Error(`there is no trail ${arn} to edit`);
  return changed;
}

/** A trail as DescribeTrails shows it: without what other calls answer. */
export function shown({
  Status: _s,
  EventSelectors: _e,
  AdvancedEventSelectors: _a,
  Tags: _t,
  ...own
}: TrailResource['configuration']) {
  return own;
}
