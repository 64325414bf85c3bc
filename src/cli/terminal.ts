import { createInterface } from 'node:readline/promises';
import picocolors from 'picocolors';

/** Where the command line writes and reads: data to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches: progress is drawn and questions may be asked. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly paint: ReturnType<typeof picocolors.createColors>;
  /** Asks a yes-or-no question; `false` when nobody can answer. */
  confirm(question: string): Promise<boolean>;
}

export interface TerminalOptions {
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly noInput?: boolean;
}

/** Programs that run other programs: nobody watches an animation there. */
const AUTOMATION = ['CI', 'GITHUB_ACTIONS', 'BUILD_ID', 'CLAUDECODE', 'AI_AGENT'];

/** The real terminal of this process. `NO_COLOR`, `--no-color`, `--quiet` and automation are honoured. */
export function processTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const watched = stderr.isTTY && !AUTOMATION.some((name) => (env[name] ?? '') !== '');
  const color = options.color !== false && env['NO_COLOR'] === undefined && stdout.isTTY && env['TERM'] !== 'dumb';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => {
      if (options.quiet !== true) stderr.write(text);
    },
    interactive: watched && options.quiet !== true,
    columns: stdout.columns ?? 200,
    paint: picocolors.createColors(color || env['FORCE_COLOR'] !== undefined),
    confirm: async (question) => {
      if (options.noInput === true || !stdin.isTTY) return false;
      const prompt = createInterface({ input: stdin, output: stderr });
      const answer = await prompt.question(`${question} [y/N] `).finally(() => prompt.close());
      return /^y(es)?$/i.test(answer.trim());
    },
  };
}
