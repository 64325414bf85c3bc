import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import { openEstate, type EstateSource } from '../../../engine/access/open-estate.js';
import type { Estate } from '../../../estate/estate.js';
import { homeOf, type GlobalOptions } from '../../options.js';

/** Options of the questions over an estate. */
export interface EstateOptions extends GlobalOptions {
  readonly estate?: string;
  readonly demo?: boolean;
  readonly account?: string;
  readonly json?: boolean;
}

export function withEstate(command: Command): Command {
  return command
    .option('--estate <file>', 'an estate file written by `hikeshi snapshot` (default: what the last scan read)')
    .option('--demo', 'the demo organization')
    .option('--json', 'as JSON');
}

export function estateOf(options: EstateOptions): Promise<Estate> {
  if (options.estate !== undefined && options.demo === true) {
    throw new Problem('two-estates', 'a question is about one estate', {
      next: 'give --estate or --demo',
      exit: 'badUsage',
    });
  }
  const source: EstateSource =
    options.estate !== undefined
      ? { kind: 'snapshot', path: options.estate }
      : options.demo === true
        ? { kind: 'demo', accounts: 40, seed: 1 }
        : { kind: 'lastScan' };
  return openEstate(source, homeOf(options), new Date());
}
