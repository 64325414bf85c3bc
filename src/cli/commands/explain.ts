import type { Command } from 'commander';
import type { AnyControl } from '../../controls/control.js';
import { findOne } from '../../engine/rehearse/choose-findings.js';
import { playbookFor } from '../../engine/rehearse/plan-finding.js';
import type { Finding } from '../../findings/finding.js';
import { withDatabase, withHome, type DatabaseOptions } from '../database.js';
import { controlsNamed, everyControl, homeOf, terminalOf } from '../options.js';
import { controlOf } from '../render/findings.js';
import { runText } from '../render/run.js';
import { clean } from '../table.js';
import { cisNumbers } from './controls.js';

export function explainCommand(program: Command): void {
  withDatabase(program.command('explain'))
    .argument('<what>', 'a control, a finding or a run')
    .description('what a control checks, why a finding is open, what a run did')
    .option('--json', 'as JSON')
    .action(async (what: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<DatabaseOptions & { json?: boolean }>();
      const terminal = terminalOf(options);
      const home = homeOf(options);
      if (what.startsWith('run-')) {
        const record = await home.runs(() => new Date()).read(what);
        terminal.out(options.json === true ? `${JSON.stringify(record, undefined, 1)}\n` : runText(terminal, record));
        return;
      }
      const control = everyControl.find(({ id }) => id.toLowerCase() === what.toLowerCase());
      if (control !== undefined || /^[A-Za-z0-9]+\.\d+$/.test(what)) {
        const [named] = controlsNamed([what], everyControl);
        if (named !== undefined)
          terminal.out(options.json === true ? `${JSON.stringify(named, undefined, 1)}\n` : controlText(named));
        return;
      }
      const kept = await withHome(options, 'explain', ({ findings }) => findings.read());
      const ids = everyControl.map(({ id }) => id);
      const finding = findOne(kept, what, ids);
      terminal.out(options.json === true ? `${JSON.stringify(finding, undefined, 1)}\n` : findingText(finding));
    });
}

function controlText(control: AnyControl): string {
  const playbook = playbookFor(control.id);
  const { standards } = control;
  const lines = [
    `${control.id}: ${control.title}`,
    `severity ${control.severity}, about ${control.resourceType}`,
    '',
    control.description,
    '',
    `CIS AWS Foundations ${cisNumbers(control) || '-'}`,
    `AWS Foundational Security Best Practices ${standards.fsbp === true ? 'yes' : '-'}`,
    `AWS's page ${control.url}`,
  ];
  if (playbook !== undefined) {
    lines.push('', `fixed by playbook ${playbook.id} (risk ${playbook.risk}): ${playbook.title}`, playbook.description);
    for (const { name, description, default: value } of playbook.parameters ?? []) {
      lines.push(`  --set ${name}=…  ${description}${value === undefined ? '' : ` (default ${value})`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function findingText(finding: Finding): string {
  const control = controlOf(finding.controlId);
  const id = finding.id.slice(finding.id.lastIndexOf('/') + 1, finding.id.lastIndexOf('/') + 9);
  return `${[
    `${finding.controlId} ${finding.status} (${finding.severity}, ${finding.workflow}, ${finding.recordState})`,
    control.title,
    '',
    `resource ${clean(finding.resourceArn)}`,
    `account  ${finding.accountId}, region ${finding.region}`,
    `first seen ${finding.firstObservedAt}, last ${finding.lastObservedAt}`,
    '',
    'why',
    ...finding.reasons.map(({ text, path }) => `  ${clean(text)}${path === undefined ? '' : `  [${path}]`}`),
    '',
    control.description,
    '',
    `next: hikeshi rehearse ${id} · hikeshi fix ${id}`,
  ].join('\n')}\n`;
}
