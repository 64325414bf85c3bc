import { controls } from '../../controls/catalogue.js';
import { evaluateAccount } from '../../controls/evaluate.js';
import { demoOrganization } from '../../estate/demo/demo-organization.js';
import { toAsff } from '../../findings/asff.js';
import type { AsffFinding, FindingHub } from '../../findings/hub/finding-hub.js';
import { reconcile } from '../../findings/reconcile.js';

const BATCH = 100;
const ACCOUNTS = 7;
const byId = new Map(controls.map((control) => [control.id, control]));

/**
 * Brings the findings of the demo organization into a hub. Doing so again changes nothing that people changed since.
 *
 * @returns how many there are.
 */
export async function loadDemo(hub: FindingHub, now: Date): Promise<number> {
  const estate = demoOrganization({ accounts: ACCOUNTS, now });
  const { partition, accounts } = estate.header;
  const results = accounts.flatMap(({ accountId }) => [...evaluateAccount(estate, accountId, controls, now)]);
  const findings = reconcile([], { partition, now, controls, results, covers: () => false });
  const documents = findings.flatMap((finding): AsffFinding[] => {
    const control = byId.get(finding.controlId);
    return control === undefined ? [] : [toAsff(finding, control, { partition })];
  });
  for (let from = 0; from < documents.length; from += BATCH) {
    const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: 'demo' } as const;
    await hub.importFindings(documents.slice(from, from + BATCH), { actor, now });
  }
  return documents.length;
}
