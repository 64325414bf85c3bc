import { Option, type Command } from 'commander';
import { HubClient, hubReach } from '../../hub-client.js';
import { homeOf, terminalOf, type GlobalOptions } from '../../options.js';
import type { Terminal } from '../../terminal.js';

/** Options of commands that ask a hub. */
export interface HubOptions extends GlobalOptions {
  readonly hub?: string;
  readonly json?: boolean;
}

export function withHub(command: Command): Command {
  return command
    .addOption(new Option('--hub <url>', 'the hub to ask (default: the one on this machine)').env('HIKESHI_HUB'))
    .option('--json', 'as JSON');
}

export async function clientOf(options: HubOptions): Promise<HubClient> {
  return new HubClient(await hubReach(homeOf(options), options.hub));
}

/** Prints an answer: as JSON when that is wanted, else as a person reads it. */
export function show<Answer>(
  options: HubOptions,
  answer: Answer,
  text: (terminal: Terminal, answer: Answer) => string,
): void {
  const terminal = terminalOf(options);
  terminal.out(options.json === true ? `${JSON.stringify(answer, undefined, 1)}\n` : text(terminal, answer));
}

export const list = (text: string | undefined): string[] | undefined => text?.split(',').map((each) => each.trim());

/** A message at the end of a listing that has more. */
export function moreText(next: string | undefined): string {
  return next === undefined ? '' : `\nthere are more: --after ${next}\n`;
}
