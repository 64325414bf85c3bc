import { Problem } from '../../../base/problem.js';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import type { HubClient } from '../../hub-client.js';

interface Page {
  readonly findings: readonly AsffFinding[];
  readonly keys: readonly string[];
}

/** The finding of a whole id. @throws Problem `unknown-finding`, `several-findings`. */
export async function namedFinding(client: HubClient, id: string): Promise<{ finding: AsffFinding; key: string }> {
  const page = await client.get<Page>('/api/v1/findings', { id, limit: '2' });
  const [finding] = page.findings;
  const [key] = page.keys;
  if (finding === undefined || key === undefined) {
    const next = '`hikeshi findings list` shows those there are';
    throw new Problem('unknown-finding', `there is no finding \`${id}\``, { next, exit: 'badUsage' });
  }
  if (page.findings.length > 1) {
    const next = 'ask the API with the product’s ARN';
    throw new Problem('several-findings', `several products have a finding \`${id}\``, { next, exit: 'badUsage' });
  }
  return { finding, key };
}
