import type { Estate } from '../../estate/estate.js';
import { AccessGatherer } from '../../policy/gather/access-gatherer.js';
import { closeExternal, type CloseExternal } from '../../policy/questions/close-external.js';
import {
  confusedDeputies,
  type ConfusedDeputies,
  type ConfusedDeputy,
} from '../../policy/questions/confused-deputy.js';
import {
  analyzedResources,
  estateExternalAccess,
  memoryKey,
  type AnalysisMemory,
  type EstateExternalAccess,
} from '../../policy/questions/estate-access.js';
import { zoneOf, type ZoneOfTrust } from '../../policy/questions/zone-of-trust.js';

/** External access, and the services that could be used by outsiders. */
export interface ExternalReport extends EstateExternalAccess {
  readonly deputies: readonly ConfusedDeputy[];
  readonly zone: ZoneOfTrust;
}

/**
 * Every way into an estate from outside its zone of trust.
 *
 * @param memory what was proved closed before; what it still depends on is not analysed again.
 */
export function externalReport(
  estate: Estate,
  accountId: string | undefined,
  memory: AnalysisMemory = new Map(),
): ExternalReport {
  const scope = accountId === undefined ? { memory } : { accountId, memory };
  const gatherer = new AccessGatherer(estate);
  const zone = zoneOf(estate, gatherer.organization, accountId);
  const deputies: ConfusedDeputy[] = [];
  const open: ConfusedDeputies['undetermined'][number][] = [];
  for (const one of analyzedResources(estate, gatherer, accountId)) {
    const key = `services\n${memoryKey(one, zone)}`;
    const known = memory.get(key);
    if (known !== undefined) {
      memory.set(key, known);
      continue;
    }
    const found = confusedDeputies(one, zone);
    deputies.push(...found.deputies);
    open.push(...found.undetermined);
    const isClosed = found.deputies.length + found.undetermined.length === 0;
    if (isClosed) memory.set(key, { findings: [], undetermined: [] });
  }
  const report = estateExternalAccess(estate, scope);
  return { ...report, undetermined: [...report.undetermined, ...open], deputies, zone };
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
