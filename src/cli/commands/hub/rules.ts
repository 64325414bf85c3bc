import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import type {
  Rule,
  RuleDocument,
  RuleExplanation,
  RuleFailure,
  RuleLogEntry,
  RulePreview,
} from '../../../engine/hub/rules.js';
import { table } from '../../table.js';
import { namedFinding } from './named-finding.js';
import { clientOf, show, withHub, type HubOptions } from './with-hub.js';

/** A JSON file. @throws Problem `bad-file`. */
export async function jsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    const next = 'give a file with JSON in UTF-8';
    throw new Problem('bad-file', `\`${path}\` cannot be read as JSON`, { next, exit: 'badUsage', cause });
  }
}

/** What a file has, as a rule. @throws Problem `bad-rule`. */
function asRule(rule: unknown, path: string): RuleDocument {
  if (typeof (rule as { name?: unknown } | null)?.name === 'string') return rule as RuleDocument;
  throw new Problem('bad-rule', `the rule in \`${path}\` has no \`name\``, { exit: 'badUsage', next: 'give it one' });
}

/** `rules list|put|delete|preview|log`. */
export function rulesCommand(program: Command): void {
  const rules = program.command('rules').description('what is done about which findings and events');
  withHub(rules.command('list').description('the rules')).action(async (_given: unknown, command: Command) => {
    const options = command.optsWithGlobals<HubOptions>();
    const answer = await (await clientOf(options)).get<{ rules: Rule[] }>('/api/v1/rules');
    show(options, answer, (_terminal, { rules: all }) =>
      all.length === 0
        ? 'no rules\n'
        : table(
            [{ title: 'rule' }, { title: 'enabled' }, { title: 'changed' }, { title: 'by' }],
            all.map(({ document, updatedAt, updatedBy }) => [
              document.name,
              document['enabled'] === false ? 'no' : 'yes',
              updatedAt.slice(0, 16),
              updatedBy,
            ]),
          ),
    );
  });
  withHub(rules.command('put').argument('<file>', 'the rule, as JSON').description('add or replace a rule')).action(
    async (file: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const rule = asRule(await jsonFile(file), file);
      const client = await clientOf(options);
      const answer = await client.put<object>(`/api/v1/rules/${encodeURIComponent(rule.name)}`, { rule });
      show(options, answer, () => `rule ${rule.name} is kept\n`);
    },
  );
  withHub(rules.command('delete').argument('<name>', 'its name').description('remove a rule')).action(
    async (name: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).delete<object>(`/api/v1/rules/${encodeURIComponent(name)}`);
      show(options, answer, () => `rule ${name} is removed\n`);
    },
  );
  withHub(
    rules
      .command('preview')
      .argument('<file>', "the rule, as JSON; or an automation rule as AWS's CreateAutomationRule takes it")
      .description('what a rule would match now'),
  ).action(async (file: string, _given: unknown, command: Command) => {
    const options = command.optsWithGlobals<HubOptions>();
    const rule = await jsonFile(file);
    const isAutomation = typeof rule === 'object' && rule !== null && 'Criteria' in rule;
    const path = isAutomation ? '/api/v1/automation-rules/preview' : '/api/v1/rules/preview';
    const client = await clientOf(options);
    const answer = await client.post<RulePreview>(path, { rule: isAutomation ? rule : asRule(rule, file) });
    show(options, answer, (_terminal, made) => previewText(made));
  });
  whyCommand(rules);
  failedCommand(rules);
  logCommand(rules);
}

function previewText({ matched, examined, complete, findings = [] }: RulePreview): string {
  const of = complete ? `${examined}` : `the newest ${examined}`;
  const more = matched > findings.length ? `… and ${matched - findings.length} more\n` : '';
  return `it would match ${matched} of ${of} findings\n${findings.map(({ Id, Title }) => `  ${Title ?? ''}  ${Id ?? ''}\n`).join('')}${more}`;
}

function whyCommand(rules: Command): void {
  withHub(
    rules
      .command('why')
      .argument('<finding>', 'its whole id')
      .description('what automation rules said of a finding when it came in, what event rules say of it now, and why'),
  ).action(async (finding: string, _given: unknown, command: Command) => {
    const options = command.optsWithGlobals<HubOptions>();
    const client = await clientOf(options);
    const { key } = await namedFinding(client, finding);
    const answer = await client.get<RuleExplanation>(`/api/v1/findings/${key}/rules`);
    show(options, answer, (_terminal, explanation) => whyText(explanation));
  });
}

function whyText({ came, verdicts }: RuleExplanation): string {
  const head =
    came === undefined ? 'when it came in is not known any more\n' : `it last came in at ${came.at}, by ${came.by}\n`;
  if (verdicts.length === 0) return `${head}no rules\n`;
  const rows = verdicts.map(({ rule, kind, version = '', matched, judged, why }) => [
    ...[rule, kind, version.slice(0, 19), matched ? 'yes' : 'no', judged, why],
  ]);
  return (
    head +
    table(
      [
        ...[{ title: 'rule' }, { title: 'kind' }, { title: 'version' }, { title: 'matches' }, { title: 'judged' }],
        { title: 'why', widest: 100 },
      ],
      rows,
    )
  );
}

function failedCommand(rules: Command): void {
  withHub(rules.command('failed').description('what could not be decided or delivered and was given up, and why'))
    .option('--limit <n>', 'how many', '50')
    .option('--retry', 'let all of it be tried again')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { limit: string; retry?: boolean }>();
      const client = await clientOf(options);
      if (options.retry === true) {
        const answer = await client.post<{ retried: number }>('/api/v1/rules/failed/retry');
        show(options, answer, (_terminal, { retried }) => `${retried} tried again\n`);
        return;
      }
      const query = { limit: options.limit };
      const answer = await client.get<{ failures: RuleFailure[] }>('/api/v1/rules/failed', query);
      show(options, answer, (_terminal, { failures }) =>
        failures.length === 0
          ? 'nothing was given up\n'
          : table(
              [
                { title: 'at' },
                { title: 'what' },
                { title: 'rule' },
                { title: 'event' },
                { title: 'error', widest: 80 },
              ],
              failures.map(({ at, kind, target, rule, eventId, error }) => [
                at.slice(0, 19),
                target === undefined ? kind : `${kind} to ${target}`,
                rule ?? '',
                eventId,
                error,
              ]),
            ),
      );
    });
}

function logCommand(rules: Command): void {
  withHub(rules.command('log').argument('[name]', 'of one rule').description('why rules fired or did not'))
    .option('--limit <n>', 'how many', '50')
    .option('--fired', 'only when they fired')
    .action(async (name: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & { limit: string; fired?: boolean }>();
      const query = { rule: name, limit: options.limit, fired: options.fired === true ? 'true' : undefined };
      const answer = await (await clientOf(options)).get<{ entries: RuleLogEntry[] }>('/api/v1/rules/log', query);
      show(options, answer, (_terminal, { entries }) =>
        entries.length === 0
          ? 'nothing yet\n'
          : table(
              [
                { title: 'at' },
                { title: 'rule' },
                { title: 'fired' },
                { title: 'event or finding' },
                { title: 'why', widest: 80 },
              ],
              entries.map(({ at, rule, fired, eventId, finding, why }) => [
                at.slice(0, 19),
                rule,
                fired ? 'yes' : 'no',
                eventId ?? finding ?? '',
                why,
              ]),
            ),
      );
    });
}
