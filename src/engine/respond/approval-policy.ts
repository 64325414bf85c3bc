import type { RiskClass } from '../../playbooks/playbook.js';
import { matchScope, type ScopeFacts } from '../scope/scope.js';
import type { ApprovalRule, ResponseSettings } from './settings.js';
import type { ResponseMode } from './responses.js';

/** What a proposal needs before it is applied. */
export interface NeededApproval {
  /** 0: the policy itself approves it. */
  readonly persons: 0 | 1 | 2;
  readonly rule: string;
  readonly expiresAfterHours: number;
}

const EXPIRES_AFTER_HOURS = 14 * 24;

/** What holds when no rule of one's own does. */
const ALWAYS: readonly ApprovalRule[] = [
  { name: 'class S may be automatic', risks: ['S'], approval: 'automatic' },
  { name: 'class M needs one person', risks: ['M'], approval: 'one' },
  { name: 'class H needs two persons', risks: ['H'], approval: 'two' },
];

export interface ApprovalQuestion {
  readonly risk: RiskClass;
  readonly mode: ResponseMode;
  readonly requestedBy: string;
  /** How many persons the request itself wants at least. */
  readonly asked: number | undefined;
  readonly facts: ScopeFacts;
}

/**
 * How many persons must approve. The first rule that fits decides. A rule of which it cannot be seen whether it fits
 * never makes it easier: it counts when it asks for more than what the rules after it ask for.
 */
export function neededApproval(
  settings: Pick<ResponseSettings, 'approvals'>,
  question: ApprovalQuestion,
): NeededApproval {
  let least: 0 | 1 | 2 =
    question.asked === 2 ? 2 : question.mode === 'automatic' && question.asked === undefined ? 0 : 1;
  for (const rule of [...settings.approvals, ...ALWAYS]) {
    if (rule.risks?.includes(question.risk) === false || !isBy(rule, question.requestedBy)) continue;
    const match = matchScope(rule.scope, question.facts);
    if (match.is === 'out') continue;
    least = Math.max(least, PERSONS[rule.approval]) as 0 | 1 | 2;
    if (match.is !== 'in') continue;
    return { persons: least, rule: rule.name, expiresAfterHours: rule.expiresAfterHours ?? EXPIRES_AFTER_HOURS };
  }
  return { persons: 2, rule: 'no rule fits', expiresAfterHours: EXPIRES_AFTER_HOURS };
}

const PERSONS = { automatic: 0, one: 1, two: 2 } as const;

function isBy({ requestedBy }: ApprovalRule, name: string): boolean {
  if (requestedBy === undefined) return true;
  return requestedBy.endsWith('*') ? name.startsWith(requestedBy.slice(0, -1)) : name === requestedBy;
}
