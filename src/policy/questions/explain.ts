import { positionsOf } from '../document/json-position.js';
import { statementName, type Policy, type Statement } from '../document/policy.js';
import type { AccessPath } from '../evaluate/access-path.js';
import { keyValues, type AccessRequest } from '../evaluate/access-request.js';
import { decide, type Decision } from '../evaluate/decide.js';
import { matchStatement } from '../evaluate/match-statement.js';

/** One statement beside a request: whether it applies and, if not, the element that kept it away. */
export interface StatementTrace {
  readonly statement: string;
  readonly effect: 'Allow' | 'Deny';
  readonly applies: boolean;
  /** The first element that does not match. */
  readonly failedOn?: string;
  /** Where the statement stands in its document. */
  readonly line?: number;
}

/** A decision with everything that was looked at. */
export interface Explanation {
  readonly decision: Decision;
  readonly trace: readonly StatementTrace[];
}

/** Why a request is let through or not, statement by statement. */
export function explain(request: AccessRequest, path: AccessPath): Explanation {
  const { identity, resource } = path;
  const policies = [
    ...(identity?.controlLevels.flat() ?? []),
    ...resource.controlLevels.flat(),
    ...(identity?.policies ?? []),
    ...(identity?.boundary === undefined ? [] : [identity.boundary]),
    ...(identity?.session ?? []),
    ...resource.policies,
    ...endpointsOf(request, path),
  ];
  const hasBoundary = identity?.boundary !== undefined;
  const trace = [...new Set(policies)].flatMap((policy) =>
    policy.statements.map((statement) => traceOf(policy, statement, request, hasBoundary)),
  );
  return { decision: decide(request, path), trace };
}

/** The policy of the VPC endpoint that the request says it comes through. */
function endpointsOf(request: AccessRequest, { endpoints }: AccessPath): Policy[] {
  const policy = endpoints?.get(keyValues(request, 'aws:sourcevpce')[0] ?? '');
  return policy === undefined ? [] : [policy];
}

function traceOf(policy: Policy, statement: Statement, request: AccessRequest, hasBoundary: boolean): StatementTrace {
  const match = matchStatement(statement, request, hasBoundary);
  const line = lineOf(policy, statement);
  return {
    statement: statementName(statement),
    effect: statement.effect,
    applies: match.applies,
    ...(match.applies ? {} : { failedOn: match.element }),
    ...(line === undefined ? {} : { line }),
  };
}

/** The line a statement begins on, in its document as it is written. */
export function lineOf(policy: Policy, statement: Statement): number | undefined {
  const { at } = positionsOf(policy.text);
  return (at(`$.Statement[${statement.index}]`) ?? at('$.Statement'))?.line;
}
