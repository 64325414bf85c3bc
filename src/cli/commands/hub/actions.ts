import type { Command } from 'commander';
import { table } from '../../table.js';
import { namedFinding } from './named-finding.js';
import { clientOf, show, withHub, type HubOptions } from './with-hub.js';

interface Actions {
  readonly actions: readonly {
    readonly ActionTargetArn: string;
    readonly Name: string;
    readonly Description: string;
  }[];
}

/** `actions list|create|run|delete`, and the kill switch: `actions stop|go|status`. */
export function actionsCommand(program: Command): void {
  const actions = program.command('actions').description('custom actions, and the stop of all automatic action');
  withHub(actions.command('list').description('the custom actions')).action(
    async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<Actions>('/api/v1/actions');
      show(options, answer, (_terminal, { actions: all }) =>
        all.length === 0
          ? 'no custom actions\n'
          : table(
              [{ title: 'id' }, { title: 'name' }, { title: 'description' }],
              all.map(({ ActionTargetArn, Name, Description }) => [
                ActionTargetArn.split('/').at(-1) ?? '',
                Name,
                Description,
              ]),
            ),
      );
    },
  );
  withHub(actions.command('create').argument('<id>', 'up to 20 letters and digits').description('make a custom action'))
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--description <text>', 'what it is for')
    .action(async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { name: string; description: string }>();
      const { name, description } = options;
      const answer = await (await clientOf(options)).post<object>('/api/v1/actions', { id, name, description });
      show(options, answer, () => `action ${id} is made\n`);
    });
  withHub(actions.command('run').argument('<id>', 'of the action').argument('<findings...>', 'whole ids, up to 20'))
    .description('send a custom action about findings')
    .action(async (id: string, ids: string[], _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const client = await clientOf(options);
      const identifiers = [];
      for (const finding of ids) {
        const { finding: found } = await namedFinding(client, finding);
        identifiers.push({ Id: found.Id, ProductArn: found.ProductArn });
      }
      const path = `/api/v1/actions/${encodeURIComponent(id)}/run`;
      const answer = await client.post<{ eventId: string }>(path, { identifiers });
      show(options, answer, (_terminal, { eventId }) => `sent as event ${eventId}\n`);
    });
  withHub(actions.command('delete').argument('<id>', 'of the action').description('remove a custom action')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).delete<object>(`/api/v1/actions/${encodeURIComponent(id)}`);
      show(options, answer, () => `action ${id} is removed\n`);
    },
  );
  killSwitch(actions);
}

interface Switch {
  readonly engaged: boolean;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
}

const switchText = ({ engaged, by, at, reason }: Switch) =>
  `automatic action ${engaged ? 'is stopped' : 'goes on'}${by === undefined ? '' : `, by ${by} at ${at}: ${reason}`}\n`;

function killSwitch(actions: Command): void {
  withHub(actions.command('status').description('whether automatic action is stopped')).action(
    async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      show(options, await (await clientOf(options)).get<Switch>('/api/v1/kill-switch'), (_terminal, now) =>
        switchText(now),
      );
    },
  );
  for (const [name, verb, description] of [
    ['stop', 'engage', 'stop all automatic action at once'],
    ['go', 'release', 'let automatic action go on'],
  ] as const) {
    withHub(actions.command(name).description(description))
      .requiredOption('--reason <text>', 'why')
      .action(async (_given: unknown, command: Command) => {
        const options = command.optsWithGlobals<HubOptions & { reason: string }>();
        const client = await clientOf(options);
        const answer = await client.post<Switch>(`/api/v1/kill-switch/${verb}`, { reason: options.reason });
        show(options, answer, (_terminal, now) => switchText(now));
      });
  }
}
