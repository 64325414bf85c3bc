import type { Command } from 'commander';
import { table } from '../../table.js';
import { jsonFile } from './rules.js';
import { clientOf, show, withHub, type HubOptions } from './with-hub.js';

interface Insights {
  readonly insights: readonly { readonly Name: string; readonly GroupByAttribute: string }[];
  readonly ids: readonly string[];
}
interface Results {
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

/** `insights list|show|create|delete`. */
export function insightsCommand(program: Command): void {
  const insights = program.command('insights').description('saved filters, and what they count');
  withHub(insights.command('list').description('the insights')).action(async (_given: unknown, command: Command) => {
    const options = command.optsWithGlobals<HubOptions>();
    const answer = await (await clientOf(options)).get<Insights>('/api/v1/insights');
    show(options, answer, (_terminal, { insights: all, ids }) =>
      all.length === 0
        ? 'no insights\n'
        : table(
            [{ title: 'id' }, { title: 'name' }, { title: 'counts by' }],
            all.map(({ Name, GroupByAttribute }, index) => [ids[index] ?? '', Name, GroupByAttribute]),
          ),
    );
  });
  withHub(insights.command('show').argument('<id>', 'its id').description('what an insight counts now')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<Results>(`/api/v1/insights/${encodeURIComponent(id)}/results`);
      show(options, answer, (_terminal, { values }) =>
        table(
          [{ title: 'value' }, { title: 'findings', right: true }],
          values.map(({ value, count }) => [value, String(count)]),
        ),
      );
    },
  );
  withHub(insights.command('create').description('save an insight'))
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--group-by <attribute>', 'what to count by, for example ResourceType')
    .option('--filters <file>', "AWS's filters of GetFindings, as JSON")
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { name: string; groupBy: string; filters?: string }>();
      const { name, groupBy } = options;
      const filters = options.filters === undefined ? {} : await jsonFile(options.filters);
      const answer = await (
        await clientOf(options)
      ).post<{ id: string }>('/api/v1/insights', { name, filters, groupBy });
      show(options, answer, (_terminal, { id }) => `insight ${id}\n`);
    });
  withHub(insights.command('delete').argument('<id>', 'its id').description('remove an insight')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).delete<object>(`/api/v1/insights/${encodeURIComponent(id)}`);
      show(options, answer, () => `insight ${id} is removed\n`);
    },
  );
}
