import type { DecidedAccess, DecidedPolicy } from '../../estate/decided-access.js';
import { parsePolicy } from '../document/parse-policy.js';
import type { PolicyKind } from '../document/policy-kinds.js';
import type { Policy } from '../document/policy.js';
import { awsPrincipal, type PrincipalPattern } from '../document/principal-pattern.js';
import type { ResourceSide } from '../evaluate/access-path.js';
import type { AnalyzedResource, ExternalAccess } from './external-access.js';
import { namedStrangers, StrangerDifference, type SharedState } from './stranger-difference.js';
import type { ZoneOfTrust } from './zone-of-trust.js';

/** What is remembered of a finding when something is decided about it. */
export function decidedAccess(
  finding: ExternalAccess,
  { side }: AnalyzedResource,
  all: readonly ExternalAccess[],
): DecidedAccess {
  const { id: findingId, resourceArn, principal } = finding;
  const isOnly = !all.some((one) => one.id !== findingId && isAbout({ resourceArn, principal }, one));
  const { policies, controlLevels } = writtenSide(side);
  return { findingId, resourceArn, principal, isOnly, policies, controlLevels };
}

/**
 * Whether a finding is still what was decided about: its principal may do on the resource just what it might then. Proved
 * over all requests, so another writing of the same policy is the same, and what cannot be decided is not.
 *
 * Cost: nothing while the texts are the same; else two searches.
 */
export function isAsDecided(
  decided: DecidedAccess,
  finding: Pick<ExternalAccess, 'id' | 'resourceArn'> & { readonly principal?: ExternalAccess['principal'] },
  analyzed: AnalyzedResource,
  zone: ZoneOfTrust,
): boolean {
  if (!isAbout(decided, finding) || (finding.id !== decided.findingId && !decided.isOnly)) return false;
  const { policies, controlLevels } = writtenSide(analyzed.side);
  if (sameText(decided.policies, policies) && sameText(decided.controlLevels.flat(), controlLevels.flat())) return true;
  const side = readSide(decided, analyzed.side);
  const entry = entryOf(decided.principal);
  if (side === undefined || entry === undefined) return false;
  const before: SharedState = { side, scope: analyzed.scope };
  const named = namedStrangers([...side.policies, ...analyzed.side.policies], zone);
  return [[before, analyzed] as const, [analyzed, before] as const].every(([larger, smaller]) => {
    const difference = new StrangerDifference(larger, smaller, { zone, facts: analyzed.facts });
    return (entry.kind === 'everyone' ? difference.allBut(named) : difference.named(entry)).kind === 'no';
  });
}

function isAbout(
  { resourceArn, principal }: Pick<DecidedAccess, 'resourceArn' | 'principal'>,
  finding: { readonly resourceArn: string; readonly principal?: ExternalAccess['principal'] },
): boolean {
  return (
    finding.resourceArn === resourceArn &&
    finding.principal?.type === principal.type &&
    finding.principal.value === principal.value
  );
}

function entryOf({ type, value }: DecidedAccess['principal']): PrincipalPattern | undefined {
  if (type === 'AWS') return awsPrincipal(value);
  return type === 'Federated' ? { kind: 'federated', provider: value } : { kind: 'canonicalUser', id: value };
}

function writtenSide({ policies, controlLevels }: ResourceSide): Pick<DecidedAccess, 'policies' | 'controlLevels'> {
  const written = (all: readonly Policy[]) => all.map(({ kind, name, text }) => ({ kind, name, text }));
  return { policies: written(policies), controlLevels: controlLevels.map(written) };
}

function sameText(left: readonly DecidedPolicy[], right: readonly DecidedPolicy[]): boolean {
  return left.length === right.length && left.every(({ text }, place) => text === right[place]?.text);
}

/** The side as it was decided on; `undefined` when a policy cannot be read any more. */
function readSide(decided: DecidedAccess, now: ResourceSide): ResourceSide | undefined {
  const read = (all: readonly DecidedPolicy[]): Policy[] | undefined => {
    const parsed = all.map(({ kind, name, text }) => parsePolicy(text, kind as PolicyKind, name));
    return parsed.every((one) => one.ok) ? parsed.map(({ policy }) => policy) : undefined;
  };
  const policies = read(decided.policies);
  const levels = decided.controlLevels.map(read);
  if (policies === undefined || !levels.every((level) => level !== undefined)) return undefined;
  return { accountId: now.accountId, policyRequired: now.policyRequired, policies, controlLevels: levels };
}
