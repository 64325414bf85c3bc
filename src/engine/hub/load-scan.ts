import { controls } from '../../controls/catalogue.js';
import { toAsff } from '../../findings/asff.js';
import type { Finding } from '../../findings/finding.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';

const BATCH = 1000;
const byId = new Map(controls.map((control) => [control.id, control]));

/**
 * Brings the findings of a scan into a hub. Doing so again changes nothing that people changed since.
 *
 * @returns how many there are.
 */
export async function loadScan(
  hub: FindingHub,
  findings: readonly Finding[],
  context: { readonly partition: string; readonly now: Date; readonly nameOf: (accountId: string) => string },
): Promise<number> {
  const { partition, now, nameOf } = context;
  const documents = findings.flatMap((finding): AsffFinding[] => {
    const control = byId.get(finding.controlId);
    return control === undefined
      ? []
      : [toAsff(finding, control, { partition, accountName: nameOf(finding.accountId) })];
  });
  const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'hikeshi', reason: 'scan' } as const;
  for (let from = 0; from < documents.length; from += BATCH) {
    await hub.importFindings(documents.slice(from, from + BATCH), { actor, now });
  }
  return documents.length;
}
