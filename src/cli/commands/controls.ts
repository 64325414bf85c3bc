import type { Command } from 'commander';
import { controls } from '../../controls/catalogue.js';
import type { AnyControl } from '../../controls/control.js';
import { playbookFor } from '../../engine/rehearse/plan-finding.js';
import { terminalOf, type GlobalOptions } from '../options.js';
import { paintSeverity } from '../render/findings.js';
import { table } from '../table.js';

/** The requirement numbers of a control in short: `CIS 5.0: 5.3`. */
export function cisNumbers(control: AnyControl): string {
  return Object.entries(control.standards.cis ?? {})
    .map(([version, ids]) => `${version}: ${(ids ?? []).join(' ')}`)
    .join(', ');
}

export function controlsCommand(program: Command): void {
  program
    .command('controls')
    .description('list the controls')
    .option('--json', 'as JSON')
    .action((_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json?: boolean }>();
      const terminal = terminalOf(options);
      const rows = controls.map((control) => ({
        id: control.id,
        severity: control.severity,
        title: control.title,
        resourceType: control.resourceType,
        standards: control.standards,
        playbook: playbookFor(control.id)?.id,
        risk: playbookFor(control.id)?.risk,
      }));
      if (options.json === true) {
        terminal.out(`${JSON.stringify({ version: 1, controls: rows }, undefined, 1)}\n`);
        return;
      }
      terminal.out(
        table(
          [
            { title: 'control' },
            { title: 'severity', paint: (cell) => paintSeverity(terminal, cell) },
            { title: 'CIS' },
            { title: 'playbook (risk)' },
            { title: 'title', widest: 80 },
          ],
          controls.map((control) => {
            const playbook = playbookFor(control.id);
            return [
              control.id,
              control.severity,
              cisNumbers(control),
              playbook === undefined ? '-' : `${playbook.id} (${playbook.risk})`,
              control.title,
            ];
          }),
        ),
      );
    });
}
