import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { readPolicy } from '../../../engine/access/read-policy.js';
import { ClosedMemory } from '../../../policy/questions/closed-memory.js';
import { actionDoubt } from '../../../engine/access/action-doubt.js';
import { archiveFindings } from '../../../engine/access/archive.js';
import { explainRequest } from '../../../engine/access/explain-request.js';
import { unusedIn, type UseSources } from '../../../engine/access/unused.js';
import { closeFinding, externalReport } from '../../../engine/access/external.js';
import { ORGANIZATION } from '../../../store/analyzers-file.js';
import { principalName, principalOf, type Principal } from '../../../policy/evaluate/principal.js';
import { whatCan } from '../../../policy/questions/what-can.js';
import { whoCan } from '../../../policy/questions/who-can.js';
import { exitWith } from '../../exit.js';
import { version } from '../../version.js';
import { collectName, collectParameter, homeOf, terminalOf } from '../../options.js';
import {
  canDoText,
  closingText,
  deputiesText,
  explanationText,
  externalJson,
  externalText,
  requestJson,
  whatCanJson,
  whatCanText,
} from '../../render/access.js';
import { estateOf, withEstate, type EstateOptions } from './options.js';

/** Questions over an estate. */
export function estateCommands(access: Command): void {
  external(access);
  closing(access);
  whoCanCommand(access);
  whatCanCommand(access);
  explainCommand(access);
  unused(access);
}

function external(access: Command): void {
  withEstate(access.command('external'))
    .description('every way into the organization from outside, each with a request that shows it')
    .option('--account <id>', 'the zone of trust is this account alone')
    .option('--analyzer <name>', 'the zone of trust and the archive rules of this analyzer', ORGANIZATION.name)
    .option('--archived', 'show what archive rules say is meant to be, too')
    .option('--anew', 'analyse everything, also what was proved closed before and did not change')
    .action(async (_given: unknown, command: Command) => showExternal(command.optsWithGlobals<ExternalOptions>()));
}

interface ExternalOptions extends EstateOptions {
  readonly analyzer: string;
  readonly archived?: boolean;
  readonly anew?: boolean;
}

async function showExternal(options: ExternalOptions): Promise<void> {
  const terminal = terminalOf(options);
  const analyzer = await homeOf(options).analyzers.find(options.analyzer);
  const accountId = options.account ?? analyzer.accountId;
  const closed = homeOf(options).closed(options.account ?? analyzer.name, version);
  const memory = new ClosedMemory(options.anew === true ? [] : await closed.read());
  const report = externalReport(await estateOf(options), accountId, memory);
  await closed.write(memory.closed());
  const { deputies, undetermined, unreadable, resources, analyzed } = report;
  const { active, archived, expired } = archiveFindings(report, analyzer, new Date());
  if (options.json === true) {
    const answer = {
      resources,
      analyzed,
      findings: active.map(externalJson),
      archived: archived.map(({ finding, rule }) => ({ ...externalJson(finding), rule })),
      expiredRules: expired,
      confusedDeputies: deputies.map(({ resourceArn, service, witness }) => ({
        resourceArn,
        service,
        witness: requestJson(witness),
      })),
      undetermined,
      unreadable,
    };
    terminal.out(`${JSON.stringify(answer, undefined, 1)}\n`);
  } else {
    for (const finding of [...active].sort((a, b) => Number(b.isPublic) - Number(a.isPublic))) {
      terminal.out(`${externalText(finding)}\n`);
    }
    for (const { finding, rule } of options.archived === true ? archived : []) {
      terminal.out(`ARCHIVED by ${rule.name}: ${rule.reason} (${rule.owner})\n${externalText(finding)}\n`);
    }
    terminal.out(deputiesText(deputies));
    for (const { statement, reason } of undetermined) terminal.out(`OPEN     ${statement}: ${reason}\n`);
    for (const name of unreadable) terminal.out(`UNREAD   ${name}: the document cannot be read\n`);
  }
  for (const { name, owner } of expired)
    terminal.err(`rule ${name} (${owner}) has expired; what it archived is open again\n`);
  const publics = active.filter(({ isPublic }) => isPublic).length;
  const meant = archived.length === 0 ? '' : ` (${archived.length} more are archived)`;
  terminal.err(
    `${resources} resources share something, ${analyzed} of them analysed anew: ${active.length} ways in from outside${meant}, ${publics} of them public; ${deputies.length} services could be used by outsiders; ${undetermined.length + unreadable.length} open questions\n`,
  );
  if (undetermined.length + unreadable.length > 0) exitWith('partial');
  else exitWith(active.length > 0 ? 'findings' : 'ok');
}

function closing(access: Command): void {
  withEstate(access.command('fix'))
    .argument('<finding>', 'an external finding, by its id or the beginning of it')
    .description('the smallest change that closes a way in, proven to take nothing from anyone inside')
    .option('--account <id>', 'the zone of trust is this account alone')
    .action(async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<EstateOptions>();
      const terminal = terminalOf(options);
      const found = closeFinding(await estateOf(options), id, options.account);
      if (found === undefined) {
        throw new Problem('unknown-finding', `there is no external finding \`${id}\``, {
          next: '`hikeshi access external` lists them',
          exit: 'badUsage',
        });
      }
      if (options.json === true) terminal.out(`${JSON.stringify(found, undefined, 1)}\n`);
      else if ('none' in found) terminal.out(`no change: ${found.none}\n`);
      else {
        terminal.out(closingText(found.closing));
      }
      exitWith('none' in found ? 'partial' : 'ok');
    });
}

function whoCanCommand(access: Command): void {
  withEstate(access.command('who-can'))
    .argument('<action>', 'such as s3:GetObject')
    .argument('<resource>', 'an ARN, also with wildcards')
    .description('every user, role and outsider who can, directly or by taking on roles')
    .action(async (action: string, resource: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<EstateOptions>();
      const terminal = terminalOf(options);
      const doubt = await actionDoubt(action);
      const { principals, outsiders, outsidersThrough, undetermined } = whoCan(
        await estateOf(options),
        action,
        resource,
      );
      if (options.json === true) {
        const said = principals.map((one) => ({
          principal: principalName(one.principal),
          through: one.through,
          steps: one.steps.map(requestJson),
          witness: requestJson(one.witness),
        }));
        const indirect = outsidersThrough.map(({ through, entry }) => ({ through, entry: externalJson(entry) }));
        terminal.out(
          `${JSON.stringify({ principals: said, outsiders: outsiders.map(externalJson), outsidersThrough: indirect, undetermined, warnings: doubt === undefined ? [] : [doubt] }, undefined, 1)}\n`,
        );
      } else {
        for (const one of principals) terminal.out(canDoText(one));
        for (const one of outsiders) terminal.out(`${externalText(one)}\n`);
        for (const { through, entry } of outsidersThrough) {
          terminal.out(`${externalText(entry)}  and so on through ${through.join(', then ')}\n\n`);
        }
        for (const { principal, reason } of undetermined) terminal.out(`open: ${principal}: ${reason}\n`);
      }
      terminal.err(
        `${principals.length} principals and ${outsiders.length + outsidersThrough.length} outsiders can; ${undetermined.length} open\n`,
      );
      if (doubt !== undefined) terminal.err(`${terminal.paint.yellow('warning')}: ${doubt}\n`);
      exitWith(undetermined.length > 0 || doubt !== undefined ? 'partial' : 'ok');
    });
}

function whatCanCommand(access: Command): void {
  withEstate(access.command('what-can'))
    .argument('<principal>', 'the ARN of a user, role or session')
    .option('--session-policy <file>', 'a session policy that limits it (any number of times)', collectName, [])
    .description('what a principal can do, within every limit, itself and as every role it can become')
    .action(async (arn: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<EstateOptions & { sessionPolicy: string[] }>();
      const terminal = terminalOf(options);
      const session = await Promise.all(options.sessionPolicy.map((path) => readPolicy(path, 'session')));
      const found = whatCan(await estateOf(options), principalNamed(arn), session);
      if (found === undefined) {
        throw new Problem('unknown-principal', `the estate does not hold \`${arn}\``, {
          next: 'check the ARN, and that its account was scanned',
          exit: 'badUsage',
        });
      }
      terminal.out(
        options.json === true ? `${JSON.stringify(whatCanJson(found), undefined, 1)}\n` : whatCanText(found),
      );
      terminal.err(
        `${found.roles.length} roles it can become; ${found.unread.length + found.undetermined.length} open\n`,
      );
      exitWith(found.unread.length + found.undetermined.length > 0 ? 'partial' : 'ok');
    });
}

function explainCommand(access: Command): void {
  withEstate(access.command('explain'))
    .argument('<principal>', 'an ARN, `anonymous`, or a service such as s3.amazonaws.com')
    .argument('<action>', 'such as s3:GetObject')
    .argument('<resource>', 'an ARN')
    .option('--context <key=value>', 'a condition key (any number of times)', collectParameter, {})
    .option('--session-policy <file>', 'a session policy that limits the caller (any number of times)', collectName, [])
    .description('which statements let a request through, or keep it out, and why the others do not apply')
    .action(async (who: string, action: string, resource: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<
        EstateOptions & { context: Record<string, string>; sessionPolicy: string[] }
      >();
      const terminal = terminalOf(options);
      const principal = principalNamed(who);
      const session = await Promise.all(options.sessionPolicy.map((path) => readPolicy(path, 'session')));
      const asked = { principal, action, resource, context: options.context, session };
      const explanation = explainRequest(await estateOf(options), asked);
      if (options.json === true) {
        const { outcome, missing } = explanation.decision;
        terminal.out(
          `${JSON.stringify({ outcome, missing, trace: explanation.trace, unread: explanation.unread }, undefined, 1)}\n`,
        );
      } else terminal.out(explanationText(explanation));
      for (const policy of explanation.unread) terminal.err(`open: not read, and may decide otherwise: ${policy}\n`);
      exitWith(explanation.unread.length > 0 ? 'partial' : 'ok');
    });
}

function unused(access: Command): void {
  withEstate(access.command('unused'))
    .option('--calls <file>', 'CloudTrail records as JSON lines, such as `hikeshi twin serve --record` writes')
    .option(
      '--last-accessed <file>',
      'ARN → what `aws iam get-service-last-accessed-details` (with --granularity ACTION_LEVEL jobs) answered, as JSON',
    )
    .option('--days <n>', 'last accessed so long ago is unused', '90')
    .description("what users and roles are granted and did not use, by a record of calls or IAM's last-accessed data")
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<EstateOptions & UnusedOptions>();
      const terminal = terminalOf(options);
      const sources = sourcesOf(options);
      const found = await unusedIn(await estateOf(options), sources);
      if (options.json === true) terminal.out(`${JSON.stringify(found, undefined, 1)}\n`);
      else {
        for (const { principal, statement, actions, whole } of found) {
          terminal.out(`${principal}  ${statement}${whole ? ' (nothing of it)' : ''}: ${actions.join(', ')}\n`);
        }
      }
      terminal.err(`${found.length} grants without a recorded use\n`);
      exitWith(found.length > 0 ? 'findings' : 'ok');
    });
}

interface UnusedOptions {
  readonly calls?: string;
  readonly lastAccessed?: string;
  readonly days: string;
}

/** The files named, and since when use counts. */
function sourcesOf({ calls, lastAccessed, days }: UnusedOptions): UseSources {
  if (calls === undefined && lastAccessed === undefined) {
    throw new Problem('no-record', 'there is no record of what was used', {
      next: 'give --calls FILE, --last-accessed FILE, or both',
      exit: 'badUsage',
    });
  }
  if (!/^[1-9]\d{0,4}$/.test(days)) {
    throw new Problem('bad-days', `--days \`${days}\` is no number of days`, {
      next: 'for example 90',
      exit: 'badUsage',
    });
  }
  const since = new Date(Date.now() - Number(days) * 24 * 3_600_000);
  return {
    since,
    ...(calls === undefined ? {} : { calls }),
    ...(lastAccessed === undefined ? {} : { lastAccessed }),
  };
}

function principalNamed(text: string): Principal {
  const found =
    text === 'anonymous'
      ? ({ kind: 'anonymous' } as const)
      : /^[a-z0-9.-]+\.amazonaws\.com$/.test(text)
        ? ({ kind: 'service', name: text } as const)
        : principalOf(text);
  if (found !== undefined) return found;
  throw new Problem('bad-principal', `\`${text}\` is no principal`, {
    next: 'write the ARN of a user, role, session or root, `anonymous`, or a service such as s3.amazonaws.com',
    exit: 'badUsage',
  });
}
