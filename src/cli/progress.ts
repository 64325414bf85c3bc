import type { EngineEvent, Report } from '../engine/event.js';
import { clean } from './table.js';
import type { Terminal } from './terminal.js';

/** At most this many redraws a second. */
const REDRAWS_PER_SECOND = 10;

/** Draws what the engine tells as one changing line while a person watches; otherwise tells only what lasts. */
export function progressOn(terminal: Terminal): { report: Report; end: () => void } {
  let drawnAt = 0;
  let drawn = false;
  const erase = () => {
    if (drawn) terminal.err('\r\u001b[K');
    drawn = false;
  };
  const report: Report = (event) => {
    if (event.kind === 'note') {
      erase();
      terminal.err(`${clean(event.text)}\n`);
      return;
    }
    if (event.kind === 'step' && event.state !== 'started') {
      erase();
      const mark = event.state === 'done' ? terminal.paint.green('✓') : terminal.paint.red('✗');
      terminal.err(`  ${mark} ${clean(event.title)}\n`);
      return;
    }
    if (!terminal.interactive) return;
    const now = performance.now();
    if (now - drawnAt < 1000 / REDRAWS_PER_SECOND) return;
    drawnAt = now;
    erase();
    terminal.err(terminal.paint.dim(clean(sentence(event)).slice(0, terminal.columns - 1)));
    drawn = true;
  };
  return { report, end: erase };
}

function sentence(event: EngineEvent): string {
  switch (event.kind) {
    case 'discovered':
      return `found ${event.accounts} accounts`;
    case 'collecting':
      return `reading ${event.accountId}: ${event.unitsDone}/${event.unitsAll} parts, ${event.resources} resources`;
    case 'account-collected':
      return `read ${event.accountId}: ${event.resources} resources, ${event.gaps} gaps`;
    case 'account-evaluated':
      return `evaluated ${event.done}/${event.all} accounts`;
    case 'rehearsing':
      return `rehearsing ${event.done + 1}/${event.all}: ${event.controlId} ${event.resourceArn}`;
    case 'step':
      return event.title;
    case 'verifying':
      return `verifying, attempt ${event.attempt}: ${event.status}`;
    case 'importing':
      return `importing: ${event.lines} lines, ${Math.round(event.bytes / 1e6)} MB${partOf(event.part)}`;
    case 'note':
      return event.text;
  }
}

function partOf(part: number | undefined): string {
  return part === undefined ? '' : `, ${Math.floor(part * 100)} %`;
}
