import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Json } from '../../base/json.js';
import { messageOf, Problem } from '../../base/problem.js';
import { explainMatch, type Explanation } from '../../events/explain.js';
import { parsePattern } from '../../events/pattern.js';
import { exitWith } from '../exit.js';
import { terminalOf, type GlobalOptions } from '../options.js';

interface TestOptions extends GlobalOptions {
  readonly pattern: string;
  readonly event: string;
  readonly json?: boolean;
}

export function eventsCommand(program: Command): void {
  program
    .command('events')
    .description('event patterns of EventBridge, tried without AWS')
    .command('test')
    .description('whether an event matches a pattern, and which part did or did not; ends with 1 when it does not')
    .requiredOption('--pattern <file>', 'the event pattern, as JSON')
    .requiredOption('--event <file>', 'one event, as JSON')
    .option('--json', 'as JSON')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<TestOptions>();
      const parsed = parsePattern(await textOf(options.pattern));
      if ('error' in parsed) {
        throw new Problem('bad-pattern', `the pattern in \`${options.pattern}\`: ${parsed.error.message}`, {
          next: 'correct it there; docs/events.md has every operator',
          exit: 'badUsage',
        });
      }
      const explanation = explainMatch(parsed.pattern, await eventOf(options.event));
      const text = options.json === true ? JSON.stringify(explanation, undefined, 2) : rendered(explanation);
      terminalOf(options).out(`${text}\n`);
      exitWith(explanation.matched ? 'ok' : 'findings');
    });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Problem('file', `the file \`${path}\` cannot be read (\`${code}\`)`, { exit: 'badUsage', cause });
  }
}

async function eventOf(path: string): Promise<Json> {
  const text = await textOf(path);
  const next = 'give one event: {"source": …, "detail-type": …, "detail": {…}}';
  let event: Json;
  try {
    event = JSON.parse(text) as Json;
  } catch (cause) {
    throw new Problem('bad-event', `the event in \`${path}\` is not JSON: ${messageOf(cause)}`, {
      next,
      exit: 'badUsage',
    });
  }
  if (event !== null && typeof event === 'object' && !Array.isArray(event)) return event;
  throw new Problem('bad-event', `the event in \`${path}\` is not a JSON object`, { next, exit: 'badUsage' });
}

function rendered({ matched, fields, alternatives, inDifferentElements }: Explanation): string {
  const lines = [matched ? 'the event matches' : 'the event does not match'];
  if (alternatives > 1) {
    lines.push(`of the ${alternatives} alternatives that $or makes, the ${matched ? 'one that matches' : 'closest'}:`);
  }
  for (const { path, matched: isMet, expected, seen } of fields) {
    lines.push(`  ${isMet ? 'yes' : 'no '}  ${path}: expected ${expected}; saw ${seen}`);
  }
  if (inDifferentElements) lines.push('  no   every field matches, but in different elements of one array');
  return lines.join('\n');
}
