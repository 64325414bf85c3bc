import type { Estate } from '../../estate/estate.js';
import { AccessGatherer } from '../../policy/gather/access-gatherer.js';
import { closeExternal, type CloseExternal } from '../../policy/questions/close-external.js';
import { confusedDeputies, type ConfusedDeputy } from '../../policy/questions/confused-deputy.js';
import {
  analyzedResources,
  estateExternalAccess,
  type EstateExternalAccess,
} from '../../policy/questions/estate-access.js';
import { zoneOf, type ZoneOfTrust } from '../../policy/questions/zone-of-trust.js';

/** External access, and the services that could be used by outsiders. */
export interface ExternalReport extends EstateExternalAccess {
  readonly deputies: readonly ConfusedDeputy[];
  readonly zone: ZoneOfTrust;
}

/** Every way into an estate from outside its zone of trust. */
export function externalReport(estate: Estate, accountId: string | undefined): ExternalReport {
  const scope = accountId === undefined ? {} : { accountId };
  const gatherer = new AccessGatherer(estate);
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const deputies = [...analyzedResources(estate, gatherer, accountId)].flatMap((one) => confusedDeputies(one, zone));
  return { ...estateExternalAccess(estate, scope), deputies, zone };
}

/** The smallest proven change for a finding, by its id or the beginning of it; `undefined` when there is no such finding. */
export function closeFinding(estate: Estate, id: string, accountId: string | undefined): CloseExternal | undefined {
  const gatherer = new AccessGatherer(estate);
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const found = estateExternalAccess(estate, accountId === undefined ? {} : { accountId }).findings.find((one) =>
    one.id.startsWith(id),
  );
  if (found === undefined) return undefined;
  for (const analyzed of analyzedResources(estate, gatherer, accountId)) {
    if (analyzed.resource.arn !== found.resourceArn) continue;
    const names = new Set(found.statements.map(({ policy, index }) => `${policy.name}#${index}`));
    const statements = analyzed.side.policies
      .flatMap((policy) => policy.statements)
      .filter(({ policy, index }) => names.has(`${policy.name}#${index}`));
    return closeExternal({ ...found, statements }, analyzed, zone);
  }
  return undefined;
}
