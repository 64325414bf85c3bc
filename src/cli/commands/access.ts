import type { Command } from 'commander';
import { estateCommands } from './access/estate-commands.js';
import { analyzerCommands } from './access/analyzer-commands.js';
import { policyCommands } from './access/policy-commands.js';

export function accessCommand(program: Command): void {
  const access = program
    .command('access')
    .description('who can do what, proved: over an estate, or of policy documents alone');
  estateCommands(access);
  policyCommands(access);
  analyzerCommands(access);
}
