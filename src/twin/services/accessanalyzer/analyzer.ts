import type { Resource } from '../../../estate/estate.js';
import type { ResourceTypes } from '../../../estate/resource-types.js';
import type { Context, Table } from '../../context.js';
import { notFound, notSupported } from './errors.js';

export type Analyzer = ResourceTypes['AWS::AccessAnalyzer::Analyzer'];

/** The analyzers of the called account and region. */
export function analyzersOf(context: Context): Table<'AWS::AccessAnalyzer::Analyzer'> {
  return context.table('AWS::AccessAnalyzer::Analyzer');
}

/** The ARN of an analyzer of the called account and region. */
export function analyzerArn(context: Context, name: string): string {
  return context.arn(`analyzer/${name}`);
}

/** Finds an analyzer by name, asks the authorizer, or throws ResourceNotFoundException. */
export function analyzerNamed(context: Context, name: string): Resource<'AWS::AccessAnalyzer::Analyzer'> {
  return analyzerAt(context, analyzerArn(context, name));
}

/** Finds an analyzer by ARN, asks the authorizer, or throws ResourceNotFoundException. */
export function analyzerAt(context: Context, arn: string): Resource<'AWS::AccessAnalyzer::Analyzer'> {
  context.authorize(arn);
  const found = analyzersOf(context).get(arn);
  if (found === undefined) throw notFound('Analyzer', arn);
  return found;
}

/** As `analyzerAt`, for what only analyzers of external access can do. */
export function externalAnalyzerAt(context: Context, arn: string): Resource<'AWS::AccessAnalyzer::Analyzer'> {
  const found = analyzerAt(context, arn);
  const { type } = found.configuration;
  if (type === 'ACCOUNT' || type === 'ORGANIZATION') return found;
  throw notSupported(`analyzers of type ${type}: it computes findings of external access only`);
}

/** The zone of trust of an analyzer: its account, or the organization. */
export function zoneAccountId({ configuration, accountId }: Resource<'AWS::AccessAnalyzer::Analyzer'>) {
  return configuration.type === 'ORGANIZATION' ? undefined : accountId;
}

/** The token of the next page, where there is one. */
export function more(next: string | undefined): { nextToken?: string } {
  return next === undefined ? {} : { nextToken: next };
}
