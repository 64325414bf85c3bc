import { nearest } from '../../base/nearest.js';
import { Problem } from '../../base/problem.js';
import { isOpen, shortId, type Finding } from '../../findings/finding.js';

/** Which findings are meant: named ones, all open ones of some controls, or all open ones. */
export interface FindingChoice {
  readonly ids: readonly string[];
  readonly controls: readonly string[];
  readonly all: boolean;
}

/**
 * The findings a user names: by id, by its first characters as lists show them, or by control.
 *
 * @throws Problem `unknown-finding` with the nearest ids, `ambiguous-finding`, or `no-finding-named`.
 */
export function chooseFindings(findings: readonly Finding[], choice: FindingChoice): Finding[] {
  if (choice.ids.length === 0 && choice.controls.length === 0 && !choice.all) {
    throw new Problem('no-finding-named', 'name a finding, a control with --control, or --all', {
      next: '`hikeshi scan` lists findings with their ids',
      exit: 'badUsage',
    });
  }
  const named = choice.ids.map((id) => findOne(findings, id));
  const open = findings.filter(isOpen);
  const byControl = open.filter(({ controlId }) => choice.all || choice.controls.includes(controlId));
  return [...new Set([...named, ...byControl])];
}

export function findOne(findings: readonly Finding[], id: string): Finding {
  const wanted = id.toLowerCase();
  const hits = findings.filter(
    (finding) => finding.id === id || (wanted.length >= 4 && uuidOf(finding).startsWith(wanted)),
  );
  const [first, second] = hits;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const names = hits
      .slice(0, 5)
      .map((finding) => uuidOf(finding))
      .join(', ');
    throw new Problem('ambiguous-finding', `\`${id}\` names ${hits.length} findings`, {
      next: `write more of it: ${names}`,
      exit: 'badUsage',
    });
  }
  const like = nearest(id, findings.filter(isOpen).map(shortId));
  throw new Problem('unknown-finding', `there is no finding \`${id}\``, {
    next:
      like.length === 0 ? 'run `hikeshi scan` first' : `did you mean ${like.map((name) => `\`${name}\``).join(', ')}?`,
    exit: 'badUsage',
  });
}

function uuidOf({ id }: Finding): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
