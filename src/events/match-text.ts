import { couldMatch } from './could-match.js';
import { parseJson, type Mistake } from './located-json.js';
import { matchEvent, type RuleMachine } from './machine.js';

export type TextMatch = { readonly matched: string[] } | { readonly malformed: Mistake };

/**
 * Matches an event given as JSON text: the same answer as `JSON.parse` and `matchEvent`, but only a text that could match is
 * parsed. Where few events match that is several times quicker than to parse them; where all do, it costs a little more.
 *
 * Nothing that is not JSON matches: what is told to match was parsed from end to end. A text that could match nothing is not
 * read any further, so what is wrong with it is only told when it does not begin and end with a brace, as one that was cut off.
 * Who has to know of every mistake reads the event with `readEvent`.
 */
export function matchText(machine: RuleMachine, text: string): TextMatch {
  const isWhole = text.startsWith('{') && text.endsWith('}');
  if (isWhole && !couldMatch(machine, text)) return { matched: [] };
  const read = readEvent(text);
  return 'event' in read ? { matched: matchEvent(machine, read.event) } : read;
}

/** An event from its JSON text, or what is wrong with the text and where. O(text). */
export function readEvent(text: string): { readonly event: unknown } | { readonly malformed: Mistake } {
  try {
    return { event: JSON.parse(text) as unknown };
  } catch (error) {
    // `JSON.parse` names no line; the reader of patterns does, and takes ten times as long, which matters only here.
    const read = parseJson(text);
    if ('mistake' in read) return { malformed: read.mistake };
    throw error;
  }
}
