import { GLOBAL, type Resource } from '../../../estate/estate.js';
import type { Fork } from '../../../estate/fork.js';
import type { TypeName } from '../../../estate/resource-types.js';
import { AccessGatherer } from '../../../policy/gather/access-gatherer.js';
import { sharedTypes } from '../../../policy/gather/resource-policies.js';
import { zoneOf, type ZoneOfTrust } from '../../../policy/questions/zone-of-trust.js';
import {
  resourceAnalyses,
  type AnalysisMemory,
  type ResourceAnalysis,
} from '../../../policy/questions/estate-access.js';

/** The types that an analysis depends on, besides those it analyzes. */
const DEPENDS_ON: readonly TypeName[] = [
  ...sharedTypes,
  'AWS::EC2::VPC',
  'AWS::IAM::User',
  'AWS::Organizations::Account',
  'AWS::Organizations::OrganizationalUnit',
  'AWS::Organizations::Policy',
  'AWS::Organizations::Root',
  'Hikeshi::S3::AccountPublicAccessBlock',
];

/** Types that can be shared and that Access Analyzer does not look at. */
const NOT_ANALYZED: ReadonlySet<string> = new Set(['AWS::EC2::Image']);

/** Remembered analyses of one estate; past this many they are forgotten, all at once. */
const MEMORY_MAX = 100_000;

/** The resources of a zone in a region, analyzed, and what of their control policies counted. */
export interface ZoneAnalysis {
  readonly resources: readonly ResourceAnalysis[];
  readonly zone: ZoneOfTrust;
  /** How resource control policies bear on an account's resources. */
  readonly restriction: (accountId: string) => 'APPLIED' | 'FAILED_TO_EVALUATE_RCP' | 'NOT_APPLICABLE';
}

interface Kept {
  edits: number;
  readonly memory: AnalysisMemory;
  readonly zones: Map<string, ZoneAnalysis>;
}

const kept = new WeakMap<Fork, Kept>();

/**
 * The external access of a zone as it is now, in a region: the region's resources, and those of the account as a whole.
 *
 * Cost: the resources that changed since the last call; nothing when none did.
 *
 * @param accountId the account that is the zone of trust; the organization when not given.
 */
export function analysisOf(estate: Fork, region: string, accountId: string | undefined): ZoneAnalysis {
  const state = stateOf(estate);
  const place = `${accountId ?? 'organization'} ${region}`;
  const known = state.zones.get(place);
  if (known !== undefined) return known;
  const gatherer = new AccessGatherer(estate);
  const where = (resource: Resource): boolean =>
    (resource.region === region || resource.region === GLOBAL) && !NOT_ANALYZED.has(resource.type);
  const { memory } = state;
  const scope = accountId === undefined ? {} : { accountId };
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const resources = [...resourceAnalyses(estate, gatherer, { ...scope, memory, where })];
  const made = { resources, zone, ...rcps(gatherer) };
  state.zones.set(place, made);
  return made;
}

/** How the resource control policies of an estate count. */
export function rcps({ organization, library }: AccessGatherer): Pick<ZoneAnalysis, 'restriction'> {
  return {
    restriction: (accountId) => {
      const policies = organization.controlLevels('RESOURCE_CONTROL_POLICY', accountId).flat();
      if (library.unreadable.some(({ name }) => name.startsWith('rcp/'))) return 'FAILED_TO_EVALUATE_RCP';
      return policies.some(({ name }) => name !== 'rcp/RCPFullAWSAccess') ? 'APPLIED' : 'NOT_APPLICABLE';
    },
  };
}

function stateOf(estate: Fork): Kept {
  const edits = estate.editsOf(DEPENDS_ON);
  const state = kept.get(estate) ?? { edits, memory: new Map(), zones: new Map() };
  if (state.edits !== edits) state.zones.clear();
  if (state.memory.size > MEMORY_MAX) state.memory.clear();
  state.edits = edits;
  kept.set(estate, state);
  return state;
}
