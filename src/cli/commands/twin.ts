import type { Command } from 'commander';
import { Problem } from '../../base/problem.js';
import { recordCalls } from '../../engine/twin/record-calls.js';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type TwinSource } from '../../engine/twin/serve-twin.js';
import { terminalOf, type GlobalOptions } from '../options.js';
import type { Terminal } from '../terminal.js';

export const TWIN_PORT = 4800;

interface ServeOptions extends GlobalOptions {
  readonly demo?: boolean;
  readonly empty?: boolean;
  readonly estate?: string;
  readonly accounts: string;
  readonly seed: string;
  readonly port: string;
  readonly record?: string;
}

export function twinCommand(program: Command): void {
  program
    .command('twin')
    .description('a server on this machine that answers the AWS API from an estate')
    .command('serve')
    .description('serve a twin; the AWS CLI, boto3 and Terraform can talk to it')
    .option('--demo', 'of the demo organization (the default)')
    .option('--estate <file>', 'of a snapshot')
    .option('--empty', 'of one account with nothing in it')
    .option('--accounts <n>', 'accounts of the demo organization', '40')
    .option('--seed <n>', 'seed of the demo organization', '1')
    .option('--port <n>', 'port on 127.0.0.1', String(TWIN_PORT))
    .option('--record <file>', 'append what CloudTrail would record, as JSON lines')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<ServeOptions>();
      const terminal = terminalOf(options);
      const recorder = options.record === undefined ? undefined : recordCalls(options.record);
      const port = portNumber(options.port);
      const served = await serveTwin(sourceOf(options), port, new Date(), recorder);
      const { header } = served.estate;
      terminal.err(
        `a twin of ${header.accounts.length} account${header.accounts.length === 1 ? '' : 's'} answers the AWS API at ${served.door.url}\n`,
      );
      terminal.err('every call is decided by the policies of its estate\n\n');
      terminal.out(environmentText(served.door.url, header.accounts[0]?.regions[0] ?? 'us-east-1'));
      await untilStopped(terminal);
      await served.door.close();
      await recorder?.close();
    });
}

function sourceOf(options: ServeOptions): TwinSource {
  if ([options.demo, options.empty, options.estate].filter((given) => given !== undefined).length > 1) {
    throw new Problem('two-estates', 'a twin is made of one estate', {
      next: 'give one of --demo, --empty and --estate',
      exit: 'badUsage',
    });
  }
  if (options.estate !== undefined) return { kind: 'snapshot', path: options.estate };
  if (options.empty === true) return { kind: 'empty' };
  return { kind: 'demo', accounts: wholeNumber('accounts', options.accounts), seed: wholeNumber('seed', options.seed) };
}

export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem('bad-number', `--${name} \`${text}\` is not a whole number`, {
    next: `for example --${name} 1`,
    exit: 'badUsage',
  });
}

function portNumber(text: string): number {
  const port = wholeNumber('port', text);
  if (port <= 65_535) return port;
  throw new Problem('bad-port', `--port \`${text}\` is no port`, {
    next: 'give one from 0 to 65535',
    exit: 'badUsage',
  });
}

/** What to paste so that any AWS tool talks to the twin. */
export function environmentText(url: string, region: string): string {
  return [
    `export AWS_ENDPOINT_URL=${url}`,
    `export AWS_ACCESS_KEY_ID=${TWIN_ACCESS_KEY}`,
    `export AWS_SECRET_ACCESS_KEY=${TWIN_SECRET_KEY}`,
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '',
  ].join('\n');
}

/** Waits for Ctrl-C or a polite end. */
export function untilStopped(terminal: Terminal): Promise<void> {
  terminal.err('\nCtrl-C stops it\n');
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}
