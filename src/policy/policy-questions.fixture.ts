import { parsePolicy } from './document/parse-policy.js';
import type { Policy } from './document/policy.js';
import type { AccessRequest } from './evaluate/access-request.js';
import { matchStatement } from './evaluate/match-statement.js';
import { literal, type TokenPattern } from './pattern/token-pattern.js';
import { and, not, type Formula } from './reason/formula.js';
import { PRINCIPAL, principalText } from './reason/principal-dimension.js';
import type { Question } from './reason/solve.js';
import { isOneOf, type Space } from './reason/space.js';
import { allowedFormula } from './reason/statement-formula.js';

/** A resource policy from its document. */
export function policyOf(document: object, name = 'policy'): Policy {
  const parsed = parsePolicy(JSON.stringify(document), 'resource', name);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Whether a policy, alone, lets one request through: by the evaluator of single requests. */
export function allows(policy: Policy, request: AccessRequest): boolean {
  const applied = policy.statements.filter((statement) => matchStatement(statement, request).applies);
  return applied.some(({ effect }) => effect === 'Allow') && !applied.some(({ effect }) => effect === 'Deny');
}

/** Does a policy allow anything? */
export function allowsSomething(policy: Policy): Question {
  return {
    formula: (space, bindings) => allowedFormula(space, [policy], { bindings }),
    confirm: (request) => allows(policy, request),
  };
}

/** Does a policy allow anything that another does not? "No": it is less or equally permissive. */
export function allowsBeyond(policy: Policy, other: Policy): Question {
  return {
    formula: (space, bindings) =>
      and([allowedFormula(space, [policy], { bindings }), not(allowedFormula(space, [other], { bindings }))]),
    confirm: (request) => allows(policy, request) && !allows(other, request),
  };
}

/** The question, asked of a few kinds of principal alone: without the axioms any text at all would be a principal. */
export function amongFewPrincipals(question: Question): Question {
  return {
    ...question,
    formula: (space, bindings) => {
      const formula = question.formula(space, bindings);
      return space.dimensions.has(PRINCIPAL) ? and([formula, isFewPrincipal(space)]) : formula;
    },
  };
}

const ACCOUNTS = ['111122223333', '444455556666', '999988887777'];

function isFewPrincipal(space: Space): Formula {
  const patterns = ACCOUNTS.flatMap((accountId): TokenPattern[] => {
    const arn = `arn:aws:iam::${accountId}`;
    const role = principalText({ kind: 'session', roleArn: `${arn}:role/app`, sessionName: '', accountId });
    return [
      literal(principalText({ kind: 'root', arn: `${arn}:root`, accountId })),
      literal(principalText({ kind: 'user', arn: `${arn}:user/bob`, accountId })),
      literal(principalText({ kind: 'user', arn: `${arn}:user/eve`, accountId })),
      literal(`${role}one`),
      literal(`${role}two`),
    ];
  });
  const others = [
    'Service:ec2.amazonaws.com',
    'Service:s3.amazonaws.com',
    'Federated:accounts.google.com',
    'Anonymous',
  ];
  return isOneOf(space, PRINCIPAL, [...patterns, ...others.map((text) => literal(text))], false);
}
