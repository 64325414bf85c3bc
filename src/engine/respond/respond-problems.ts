import { Problem } from '../../base/problem.js';

export function unknownRun(id: string): Problem {
  return new Problem('unknown-run', `there is no run \`${id}\``, {
    next: '`hikeshi runs list` shows them',
    exit: 'badUsage',
  });
}

export function notAwaiting(id: string, state: string): Problem {
  return new Problem('not-awaiting-approval', `run \`${id}\` is ${state}: there is nothing to approve or decline`, {
    next: 'look at it with `hikeshi runs show`',
    exit: 'badUsage',
  });
}

export function proposalChanged(id: string): Problem {
  return new Problem('proposal-changed', `the proposal of run \`${id}\` is not the one that was looked at`, {
    next: 'look at it again, and approve what it shows now',
    exit: 'badUsage',
  });
}

export function ownRequest(id: string, name: string): Problem {
  return new Problem('own-request', `\`${name}\` asked for run \`${id}\`, which needs two others`, {
    next: 'let two other persons approve it',
    exit: 'badUsage',
  });
}

export function alreadyApproved(id: string, name: string): Problem {
  return new Problem('already-approved', `\`${name}\` has answered run \`${id}\` already`, {
    next: 'another person must approve it too',
    exit: 'badUsage',
  });
}

export function notYours(id: string, accountId: string): Problem {
  return new Problem('not-yours', `run \`${id}\` is in account \`${accountId}\`, which is not yours to act on`, {
    next: 'ask somebody whose role covers the account',
    exit: 'badUsage',
  });
}

export function wrongState(id: string, state: string, wish: string): Problem {
  return new Problem('not-possible-now', `run \`${id}\` is ${state} and cannot be ${wish}`, {
    next: 'look at it with `hikeshi runs show`',
    exit: 'badUsage',
  });
}

export function killed(by: string, reason: string): Problem {
  return new Problem('kill-switch-engaged', `the kill switch was engaged by \`${by}\`: ${reason}`, {
    next: 'release it first; what was approved then is applied then',
    exit: 'badUsage',
  });
}
