import { exitCodes, type ExitName } from '../base/problem.js';

/** Sets how the process ends, once everything is written. */
export function exitWith(name: ExitName): void {
  process.exitCode = exitCodes[name];
}
