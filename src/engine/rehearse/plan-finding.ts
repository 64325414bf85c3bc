import { Problem } from '../../base/problem.js';
import type { Estate } from '../../estate/estate.js';
import type { Finding } from '../../findings/finding.js';
import { playbooks } from '../../playbooks/catalogue.js';
import { type Plan, type Playbook, type Refusal } from '../../playbooks/playbook.js';

/** The playbook that answers a control's findings. */
export function playbookFor(controlId: string): Playbook | undefined {
  return playbooks.find(({ controls }) => controls.includes(controlId));
}

/**
 * The plan that closes a finding, or why there is none.
 *
 * @param parameters by name, for the playbook; unknown names are refused.
 * @throws Problem `unknown-parameter`.
 */
export function planFor(
  finding: Finding,
  estate: Estate,
  parameters: Readonly<Record<string, string>>,
): Plan | Refusal {
  const playbook = playbookFor(finding.controlId);
  if (playbook === undefined) {
    return {
      refused: `no playbook answers ${finding.controlId}`,
      next: `see \`hikeshi explain ${finding.controlId}\``,
    };
  }
  const given = withDefaults(playbook, parameters);
  const { controlId, accountId, region, resourceType, resourceArn } = finding;
  return playbook.plan({ controlId, accountId, region, resourceType, resourceArn }, estate, given);
}

function withDefaults(playbook: Playbook, given: Readonly<Record<string, string>>): Record<string, string> {
  const known = playbook.parameters ?? [];
  for (const name of Object.keys(given)) {
    if (known.some((parameter) => parameter.name === name)) continue;
    const names = known.map((parameter) => `\`${parameter.name}\``).join(', ');
    throw new Problem('unknown-parameter', `playbook ${playbook.id} has no parameter \`${name}\``, {
      next: names === '' ? 'it has none' : `it has ${names}`,
      exit: 'badUsage',
    });
  }
  const defaults = known.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}
