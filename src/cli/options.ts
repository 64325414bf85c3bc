import { Option, type Command } from 'commander';
import { Problem } from '../base/problem.js';
import { didYouMean } from '../base/nearest.js';
import { controls } from '../controls/catalogue.js';
import { tamperControls } from '../controls/tamper/catalogue.js';
import type { AnyControl } from '../controls/control.js';
import type { ConnectionOptions } from '../engine/connect/open.js';
import type { Selection } from '../engine/discover/selection.js';
import { Home } from '../store/home.js';
import { processTerminal, type Terminal } from './terminal.js';

/** Options that every command has. */
export interface GlobalOptions {
  readonly home?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly input?: boolean;
}

/** Which accounts and regions are meant. */
export interface SelectionOptions extends GlobalOptions {
  readonly region?: string;
  readonly accounts?: string;
  readonly ou?: string;
}

/** Options of commands that reach AWS. */
export interface ReachOptions extends SelectionOptions {
  readonly profile?: string;
  readonly orgRole?: string;
  readonly externalId?: string;
  readonly endpointUrl?: string;
}

/** How to reach AWS. */
export function withConnection(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile, as for the AWS CLI')
    .option('--org-role <name>', 'role to enter the accounts of the organization with')
    .option('--external-id <id>', 'external id that role asks for')
    .addOption(new Option('--endpoint-url <url>', 'another server than AWS').env('AWS_ENDPOINT_URL'));
}

/** Which accounts and regions are meant. */
export function withSelection(command: Command): Command {
  return command
    .option('--region <regions>', 'only these regions, separated by commas (default: all that are enabled)')
    .option('--accounts <ids>', 'only these accounts, separated by commas')
    .option('--ou <units>', 'only accounts under these organizational units: names, ids, or paths such as Prod/Web');
}

export function withReach(command: Command): Command {
  return withSelection(withConnection(command));
}

const list = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function connectionOptions(options: ReachOptions): ConnectionOptions {
  const regions = list(options.region);
  return {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(regions === undefined ? {} : { regions }),
    ...(options.orgRole === undefined ? {} : { orgRole: options.orgRole }),
    ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: checkUrl(options.endpointUrl) }),
  };
}

function checkUrl(url: string): string {
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new Problem('bad-endpoint', `\`${url}\` is not an http or https URL`, {
    next: 'for example http://127.0.0.1:4800',
    exit: 'badUsage',
  });
}

export function selectionOf(options: SelectionOptions): Selection {
  const accounts = list(options.accounts);
  const units = list(options.ou);
  const regions = list(options.region);
  return {
    ...(accounts === undefined ? {} : { accounts }),
    ...(units === undefined ? {} : { organizationalUnits: units }),
    ...(regions === undefined ? {} : { regions }),
  };
}

/** The controls of scans, and those that events call for. */
export const everyControl: readonly AnyControl[] = [...controls, ...tamperControls];

/** The controls a user names, all when none is named. @throws Problem `unknown-control` with the nearest ids. */
export function controlsNamed(
  names: readonly string[],
  among: readonly AnyControl[] = controls,
): readonly AnyControl[] {
  if (names.length === 0) return among;
  return names.map((name) => {
    const found = among.find(({ id }) => id.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    const ids = among.map(({ id }) => id);
    throw new Problem('unknown-control', `there is no control \`${name}\``, {
      next: didYouMean(name, ids) ?? '`hikeshi controls` lists them',
      exit: 'badUsage',
    });
  });
}

export function terminalOf(options: GlobalOptions): Terminal {
  return processTerminal({
    ...(options.color === undefined ? {} : { color: options.color }),
    ...(options.quiet === undefined ? {} : { quiet: options.quiet }),
    noInput: options.input === false,
  });
}

export function homeOf(options: GlobalOptions): Home {
  return options.home === undefined ? new Home() : new Home(options.home);
}

/** `--set name=value`, given any number of times. */
export function collectParameter(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw new Problem('bad-parameter', `\`${text}\` is not NAME=VALUE`, {
      next: 'for example --set reboot=NoReboot',
      exit: 'badUsage',
    });
  }
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

export const collectName = (text: string, before: readonly string[]): string[] => [...before, text];
