import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { messageOf, Problem } from '../../base/problem.js';
import type { UsedAction } from '../../policy/questions/unused-access.js';

/** What is read of a CloudTrail record; the IAM actions are in the twin's own records only. */
interface Entry {
  readonly eventSource?: string;
  readonly eventName?: string;
  readonly userIdentity?: {
    readonly arn?: string;
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
  readonly additionalEventData?: {
    readonly iamActions?: readonly { readonly action: string; readonly allowed: boolean }[];
  };
  /** A file as CloudTrail delivers it: one object with all its records. */
  readonly Records?: readonly Entry[];
}

/**
 * The actions that identities used, from a file of CloudTrail records as JSON lines, such as `hikeshi twin serve
 * --record` writes. In records of CloudTrail itself the event's name stands for the action: for a few operations AWS's
 * action has another name.
 *
 * @throws Problem `unreadable-file`, `bad-record` with the line.
 */
export async function readUsedActions(path: string): Promise<UsedAction[]> {
  const used: UsedAction[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      number++;
      if (line.trim() !== '') used.push(...entriesOf(JSON.parse(line) as Entry).flatMap(usedBy));
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw new Problem('unreadable-file', `\`${path}\` cannot be read: ${messageOf(error)}`, { exit: 'badUsage' });
    }
    throw new Problem('bad-record', `line ${number} of \`${path}\` is not JSON`, {
      next: 'give CloudTrail records, a JSON object a line',
      exit: 'badUsage',
    });
  }
  return used;
}

function entriesOf(entry: Entry): readonly Entry[] {
  return entry.Records ?? [entry];
}

function usedBy({ eventSource, eventName, userIdentity, additionalEventData }: Entry): UsedAction[] {
  const identityArn = userIdentity?.sessionContext?.sessionIssuer?.arn ?? userIdentity?.arn;
  if (identityArn === undefined) return [];
  const asked = additionalEventData?.iamActions?.filter(({ allowed }) => allowed).map(({ action }) => action);
  const named = `${eventSource?.split('.')[0] ?? ''}:${eventName ?? ''}`;
  return (asked ?? [named]).map((action) => ({ identityArn, action }));
}
