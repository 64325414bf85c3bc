import { statementName } from '../../policy/document/policy.js';
import { decisionText } from '../../policy/evaluate/decide.js';
import type { AccessRequest } from '../../policy/evaluate/access-request.js';
import { principalName } from '../../policy/evaluate/principal.js';
import type { Closing } from '../../policy/questions/close-external.js';
import type { ConfusedDeputy } from '../../policy/questions/confused-deputy.js';
import type { Explanation } from '../../policy/questions/explain.js';
import type { ExternalAccess } from '../../policy/questions/external-access.js';
import type { Reach, WhatCan } from '../../policy/questions/what-can.js';
import type { CanDo } from '../../policy/questions/who-can.js';

/** A request in a line: who, what, where, under which context. */
export function requestText({ principal, action, resource, context }: AccessRequest): string {
  const keys = [...context].map(([key, values]) => `${key}=${values.join('+')}`);
  return [principalName(principal), action, resource, ...keys].join('  ');
}

/** A request as JSON. */
export function requestJson(request: AccessRequest): object {
  const { principal, action, resource, context } = request;
  return {
    principal: { ...principal, name: principalName(principal) },
    action,
    resource,
    context: Object.fromEntries(context),
  };
}

/** One external finding in a few lines. */
export function externalText(finding: ExternalAccess): string {
  const { principal, actions, condition, isPublic, witness, statements } = finding;
  const who = isPublic ? 'the public' : `${principal.type} ${principal.value}`;
  const conditions = Object.entries(condition).map(([key, values]) => `  only with ${key} ${values.join(', ')}`);
  return [
    `${isPublic ? 'PUBLIC  ' : 'EXTERNAL'} ${finding.resourceArn}  (${finding.ownerAccountId}, ${finding.id.slice(0, 8)})`,
    `  ${who} may ${actions.join(', ')}`,
    ...conditions,
    `  by ${statements.map(statementName).join(', ')}`,
    `  for example: ${requestText(witness)}`,
    '',
  ].join('\n');
}

/** An external finding as JSON. */
export function externalJson(finding: ExternalAccess): object {
  return {
    ...finding,
    witness: requestJson(finding.witness),
    statements: finding.statements.map((statement) => ({ name: statementName(statement), index: statement.index })),
  };
}

/** Resources named before the rest are only counted. */
const NAMED_MAX = 5;

/** The services that outsiders could use, each with its resources. */
export function deputiesText(deputies: readonly ConfusedDeputy[]): string {
  const byService = new Map<string, ConfusedDeputy[]>();
  for (const one of deputies) byService.set(one.service, [...(byService.get(one.service) ?? []), one]);
  return [...byService]
    .map(([service, all]) => {
      const named = all
        .slice(0, NAMED_MAX)
        .map((one) => `  ${one.resourceArn}\n    by ${statementName(one.statement)}\n`);
      const rest = all.length > NAMED_MAX ? `  and ${all.length - NAMED_MAX} more (--json lists all)\n` : '';
      return `DEPUTY   ${service} may act for anybody: nothing says for whom\n${named.join('')}${rest}\n`;
    })
    .join('');
}

/** A change that closes a way in: what it is, and the new document or the calls. */
export function closingText({ change, statements, document, calls, alsoTakes }: Closing): string {
  const said =
    calls !== undefined
      ? calls.map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`).join('\n')
      : document === undefined
        ? 'delete the policy: nothing is left of it'
        : JSON.stringify(JSON.parse(document), undefined, 2);
  const cost = alsoTakes === undefined ? '' : '\nmembers who used it by this alone lose it too\n';
  return `${statements.join(', ')}: ${change}\n${cost}\n${said}\n`;
}

/** Somebody who can, in a line or two. */
export function canDoText({ principal, through, decision }: CanDo): string {
  const chain = through.length === 0 ? '' : `\n  by taking on ${through.join(', then ')}`;
  return `${principalName(principal)}${chain}\n  ${decisionText(decision)}\n`;
}

/** Why a request is let through or not. */
export function explanationText({ decision, trace }: Explanation): string {
  const lines = trace.map(({ statement, effect, applies, failedOn, line }) => {
    const at = line === undefined ? '' : ` (line ${line})`;
    return `  ${applies ? 'applies  ' : 'does not '} ${effect.padEnd(5)} ${statement}${at}${failedOn === undefined ? '' : `: ${failedOn}`}`;
  });
  return `${decisionText(decision)}\n\n${lines.join('\n')}\n`;
}

/** What a principal can do, itself and as every role it can become. */
export function whatCanText({ roles, unread, undetermined, ...own }: WhatCan): string {
  const parts = [reachText(own)];
  for (const { through, ...reach } of roles) {
    const over = through.length > 1 ? `, over ${through.slice(0, -1).join(', then ')}` : '';
    parts.push(`\ncan become ${through.at(-1) ?? ''}${over}\n`, indented(reachText(reach)));
  }
  for (const policy of unread) parts.push(`open: ${policy} was not read\n`);
  for (const { principal, reason } of undetermined) parts.push(`open: ${principal}: ${reason}\n`);
  return parts.join('');
}

export function whatCanJson({ roles, ...rest }: WhatCan): object {
  return {
    ...rest,
    roles: roles.map(({ through, steps, grants, resources }) => ({
      through,
      steps: steps.map(requestJson),
      grants,
      resources,
    })),
  };
}

function reachText({ grants, resources }: Reach): string {
  const granted = grants.map(
    ({ statement, actions, resources: on }) => `${statement}\n  ${actions.join(', ')}\n  on ${on.join(', ')}\n`,
  );
  const reached = resources.map(({ resourceArn, actions }) => `  ${resourceArn}  ${actions.join(', ')}\n`);
  return [...granted, ...(reached.length === 0 ? [] : ['resources with a policy of their own:\n', ...reached])].join(
    '',
  );
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
