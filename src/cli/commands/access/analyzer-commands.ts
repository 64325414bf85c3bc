import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { aboutFinding } from '../../../engine/access/archive.js';
import { externalReport } from '../../../engine/access/external.js';
import type { ArchiveRule, Criterion, Filter } from '../../../policy/questions/archive-rules.js';
import { ORGANIZATION, type Analyzer } from '../../../store/analyzers-file.js';
import { attestChange } from '../../ledger.js';
import { collectName, homeOf, terminalOf, type GlobalOptions } from '../../options.js';
import { estateOf, withEstate, type EstateOptions } from './options.js';

interface RuleOptions extends GlobalOptions {
  readonly analyzer: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires?: string;
}

/** Analyzers, and the rules that say which findings are meant to be. */
export function analyzerCommands(access: Command): void {
  const analyzers = access.command('analyzers').description('zones of trust, each with its archive rules');
  analyzers
    .command('list')
    .description('the analyzers and their rules')
    .option('--json', 'as JSON')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json?: boolean }>();
      const all = await homeOf(options).analyzers.read();
      terminalOf(options).out(
        options.json === true ? `${JSON.stringify(all, undefined, 1)}\n` : all.map(analyzerText).join(''),
      );
    });
  analyzers
    .command('create')
    .argument('<name>', 'its name')
    .description('an analyzer whose zone of trust is one account')
    .requiredOption('--account <id>', 'the account')
    .action(async (name: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { account: string }>();
      await homeOf(options).analyzers.change((all) => [...all, { name, accountId: options.account, rules: [] }]);
      terminalOf(options).out(`✓ analyzer ${name}: everything outside account ${options.account}\n`);
    });
  analyzers
    .command('delete')
    .argument('<name>', 'its name')
    .description('remove an analyzer and its rules')
    .action(async (name: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const file = homeOf(options).analyzers;
      await file.find(name);
      await file.change((all) => all.filter((each) => each.name !== name));
      terminalOf(options).out(`✓ analyzer ${name} deleted\n`);
    });
  archive(access);
  rules(access);
}

/** What a rule needs besides its filter: nothing is hidden without a reason and somebody who answers for it. */
function withRule(command: Command): Command {
  return command
    .option('--analyzer <name>', 'the analyzer it belongs to', ORGANIZATION.name)
    .requiredOption('--reason <text>', 'why this access is meant to be')
    .requiredOption('--owner <name>', 'who answers for it')
    .option('--expires <date>', 'until when, for example 2027-03-31: then it is a finding again');
}

function archive(access: Command): void {
  withRule(withEstate(access.command('archive')))
    .argument('<finding>', 'an external finding, by its id or the beginning of it')
    .description('say that one finding is meant to be; it comes back when the meaning of the policy changes')
    .action(async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<EstateOptions & RuleOptions>();
      const file = homeOf(options).analyzers;
      const analyzer = await file.find(options.analyzer);
      const report = externalReport(await estateOf(options), analyzer.accountId);
      const found = report.findings.filter((one) => one.id.startsWith(id));
      const [finding] = found;
      if (finding === undefined || found.length > 1) {
        throw new Problem(
          'unknown-finding',
          `${found.length === 0 ? 'no' : found.length} external findings begin with \`${id}\``,
          {
            next: '`hikeshi access external` lists them',
            exit: 'badUsage',
          },
        );
      }
      const about = aboutFinding(finding, report);
      const rule = ruleOf(`finding-${finding.id.slice(0, 12)}`, { id: { eq: [finding.id] } }, options);
      await addRule(options, about === undefined ? rule : { ...rule, about });
    });
}

function rules(access: Command): void {
  const command = access.command('rules').description('rules that say which findings are meant to be');
  withRule(command.command('add'))
    .argument('<name>', 'its name')
    .description('archive every finding that meets all of the filter')
    .option(
      '--where <key=value>',
      'a filter key of Access Analyzer, such as principal.AWS=111122223333; `~=` for contains, `!=` for not (any number of times)',
      collectName,
      [],
    )
    .action(async (name: string, _given: unknown, run: Command) => {
      const options = run.optsWithGlobals<RuleOptions & { where: string[] }>();
      const rule = ruleOf(name, filterOf(options.where), options);
      if (rule.filter['id'] !== undefined) {
        throw new Problem('rule-by-id', 'a rule by `id` would outlive what it was made for', {
          next: 'give the finding to `hikeshi access archive`: it comes back when the meaning of the policy changes',
          exit: 'badUsage',
        });
      }
      await addRule(options, rule);
    });
  command
    .command('remove')
    .argument('<name>', 'its name')
    .description('what it archived is a finding again')
    .option('--analyzer <name>', 'the analyzer it belongs to', ORGANIZATION.name)
    .action(async (name: string, _given: unknown, run: Command) => {
      const options = run.optsWithGlobals<GlobalOptions & { analyzer: string }>();
      const file = homeOf(options).analyzers;
      const { rules: present } = await file.find(options.analyzer);
      if (!present.some((rule) => rule.name === name)) {
        throw new Problem('unknown-rule', `the analyzer \`${options.analyzer}\` has no rule \`${name}\``, {
          next: '`hikeshi access analyzers list` shows them',
          exit: 'badUsage',
        });
      }
      const title = `archive rule ${name} of ${options.analyzer} removed`;
      const entry = await changeRules(options, title, name, (all) => all.filter((rule) => rule.name !== name));
      terminalOf(options).out(`✓ rule ${name} removed (ledger entry ${entry})\n`);
    });
}

function ruleOf(name: string, filter: Filter, { reason, owner, expires }: RuleOptions): ArchiveRule {
  if (expires !== undefined && Number.isNaN(Date.parse(expires))) {
    throw new Problem('bad-date', `--expires \`${expires}\` is no date`, {
      next: 'for example 2027-03-31',
      exit: 'badUsage',
    });
  }
  const expiresAt = expires === undefined ? {} : { expiresAt: new Date(expires).toISOString() };
  return { name, filter, reason, owner, ...expiresAt };
}

/** `key=value`, `key!=value`, `key~=value`; several of one key and operator mean one of them. */
function filterOf(given: readonly string[]): Filter {
  const filter: Record<string, Record<string, string[]>> = {};
  for (const text of given) {
    const {
      key = '',
      operator = '',
      value = '',
    } = /^(?<key>[^=!~]+)(?<operator>!=|~=|=)(?<value>.+)$/.exec(text)?.groups ?? {};
    const name = { '=': 'eq', '!=': 'neq', '~=': 'contains' }[operator];
    if (name === undefined) {
      throw new Problem('bad-filter', `--where \`${text}\` is not KEY=VALUE`, {
        next: 'for example principal.AWS=111122223333, resourceType!=AWS::S3::Bucket or resource~=backup',
        exit: 'badUsage',
      });
    }
    const criterion = (filter[key] ??= {});
    (criterion[name] ??= []).push(value);
  }
  return filter as Readonly<Record<string, Criterion>>;
}

async function addRule(options: RuleOptions, rule: ArchiveRule): Promise<void> {
  await homeOf(options).analyzers.find(options.analyzer);
  const title = `archive rule ${rule.name} of ${options.analyzer}: ${rule.reason}`;
  const entry = await changeRules(options, title, rule.name, (all) => [...all, rule], rule);
  const until = rule.expiresAt === undefined ? '' : ` until ${rule.expiresAt.slice(0, 10)}`;
  terminalOf(options).out(`✓ rule ${rule.name}${until}, answered for by ${rule.owner} (ledger entry ${entry})\n`);
}

/** Nothing is hidden, and nothing comes back, without an entry in the ledger. @returns its number. */
async function changeRules(
  options: GlobalOptions & { readonly analyzer: string },
  title: string,
  name: string,
  change: (rules: readonly ArchiveRule[]) => readonly ArchiveRule[],
  rule?: ArchiveRule,
): Promise<number> {
  const { analyzer } = options;
  let entry = 0;
  await homeOf(options).analyzers.change(
    (all) => all.map((each) => (each.name === analyzer ? { ...each, rules: change(each.rules) } : each)),
    async () => {
      const detail = { analyzer, name, ...(rule === undefined ? {} : { rule }) };
      entry = await attestChange(homeOf(options), 'suppression', title, [name], detail);
    },
  );
  return entry;
}

function analyzerText({ name, accountId, rules: all }: Analyzer): string {
  const zone = accountId === undefined ? 'the organization' : `account ${accountId}`;
  const lines = all.map((rule) => {
    const until = rule.expiresAt === undefined ? '' : `, until ${rule.expiresAt.slice(0, 10)}`;
    return `  ${rule.name}: ${rule.reason} (${rule.owner}${until})\n    ${JSON.stringify(rule.filter)}\n`;
  });
  return `${name}: trusts ${zone}\n${lines.length === 0 ? '  no rules\n' : lines.join('')}`;
}
