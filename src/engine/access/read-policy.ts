import { readFile } from 'node:fs/promises';
import { messageOf, Problem } from '../../base/problem.js';
import { parsePolicy } from '../../policy/document/parse-policy.js';
import type { PolicyKind } from '../../policy/document/policy-kinds.js';
import type { Policy } from '../../policy/document/policy.js';

/**
 * Reads a policy from a file. A document with principals is read as a resource policy unless told otherwise.
 *
 * @throws Problem `unreadable-file`, or `bad-policy` with every problem's path, line and column.
 */
export async function readPolicy(path: string, kind?: PolicyKind): Promise<Policy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Problem('unreadable-file', `\`${path}\` cannot be read: ${messageOf(error)}`, { exit: 'badUsage' });
  }
  const assumed = kind ?? (/"(?:Not)?Principal"\s*:/.test(text) ? 'resource' : 'identity');
  const parsed = parsePolicy(text, assumed, path);
  if (parsed.ok) return parsed.policy;
  const lines = parsed.problems.map(({ path: place, message, position }) => {
    const at = position === undefined ? '' : `${position.line}:${position.column} `;
    return `  ${at}${place}: ${message}`;
  });
  throw new Problem('bad-policy', `\`${path}\` is no policy that can be read:\n${lines.join('\n')}`, {
    next: 'mend it and run again',
    exit: 'badUsage',
  });
}
