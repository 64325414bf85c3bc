import type { Command } from 'commander';
import type { KeptSettings } from '../../../engine/respond/manage-responses.js';
import { jsonFile } from './rules.js';
import { clientOf, show, withHub, type HubOptions } from './with-hub.js';

const PATH = '/api/v1/settings/responses';

/** `settings show|set`: what decides whether and how responses may be applied. */
export function settingsCommand(program: Command): void {
  const settings = program
    .command('settings')
    .description('filters, approval policy, maintenance windows, call rates and schedules of responses');
  withHub(settings.command('show').description('the settings in force, as a file for `settings set`')).action(
    async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<KeptSettings>(PATH);
      show(options, answer, (terminal, { version, settings: now, by, at }) => {
        terminal.err(
          version === 0 ? 'version 0: nobody wrote any yet\n' : `version ${version}, by ${by ?? '?'} at ${at ?? '?'}\n`,
        );
        return `${JSON.stringify(now, undefined, 2)}\n`;
      });
    },
  );
  withHub(settings.command('set').argument('<file>', 'the whole settings, as JSON').description('replace the settings'))
    .option('--over <version>', 'refuse unless this version is still in force (default: whatever is)', Number)
    .action(async (file: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { over?: number }>();
      const wanted = await jsonFile(file);
      const client = await clientOf(options);
      const over = options.over ?? (await client.get<KeptSettings>(PATH)).version;
      const answer = await client.put<KeptSettings>(PATH, { over, settings: wanted });
      show(options, answer, (_terminal, { version }) => `the settings are version ${version} now\n`);
    });
}
