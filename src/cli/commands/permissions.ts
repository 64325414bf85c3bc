import { Option, type Command } from 'commander';
import { fixPolicy, roleTemplate, scanPolicy } from '../../engine/permissions/least-privilege.js';
import { collectName, controlsNamed, everyControl, terminalOf, type GlobalOptions } from '../options.js';

interface PermissionsOptions extends GlobalOptions {
  readonly for: 'scan' | 'fix';
  readonly control: readonly string[];
  readonly format: 'json' | 'cloudformation';
  readonly roleName: string;
}

export function permissionsCommand(program: Command): void {
  program
    .command('permissions')
    .description('the exact least-privilege IAM policy, from what collectors and playbooks call')
    .addOption(new Option('--for <verb>', 'what it is for').choices(['scan', 'fix']).makeOptionMandatory())
    .option('--control <id>', 'only for this control (any number of times)', collectName, [])
    .addOption(
      new Option('--format <format>', 'a policy, or a template with a role')
        .choices(['json', 'cloudformation'])
        .default('json'),
    )
    .option('--role-name <name>', 'the role in the template', 'HikeshiRole')
    .action((_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<PermissionsOptions>();
      const controls = controlsNamed(options.control, options.for === 'fix' ? everyControl : undefined);
      const policy = options.for === 'scan' ? scanPolicy(controls, options.control.length === 0) : fixPolicy(controls);
      const document = options.format === 'json' ? policy : roleTemplate(policy, options.roleName);
      terminalOf(options).out(`${JSON.stringify(document, undefined, 2)}\n`);
    });
}
