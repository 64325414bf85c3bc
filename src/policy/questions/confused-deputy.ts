import { statementName, type Policy, type Statement } from '../document/policy.js';
import { keyValues, type AccessRequest } from '../evaluate/access-request.js';
import { decide } from '../evaluate/decide.js';
import { arnGlob, isLiteral, literal, literalText, many, type TokenPattern } from '../pattern/token-pattern.js';
import { and, not, or, type Formula } from '../reason/formula.js';
import { PRINCIPAL } from '../reason/principal-dimension.js';
import { solve, type SolveOptions } from '../reason/solve.js';
import { isOneOf, type Space } from '../reason/space.js';
import { effectFormula, RESOURCE, statementFormula } from '../reason/statement-formula.js';
import type { AnalyzedResource } from './external-access.js';
import { plausible } from './plausible.js';
import { variablesIn } from '../document/policy-variables.js';
import { mentionedIn, type ZoneOfTrust } from './zone-of-trust.js';

/** A service that may act on a resource for somebody outside the zone of trust. */
export interface ConfusedDeputy {
  readonly resourceArn: string;
  readonly resourceType: string;
  readonly ownerAccountId: string;
  readonly service: string;
  readonly statement: Statement;
  readonly witness: AccessRequest;
}

/** Of a resource: the services that outsiders could use, and those of which it could not be decided. */
export interface ConfusedDeputies {
  readonly deputies: readonly ConfusedDeputy[];
  readonly undetermined: readonly { readonly statement: string; readonly reason: string }[];
}

/** Services that never act for another account on these resources, or send no source along. */
const OWN_ACCOUNT_ONLY = new Set([
  'delivery.logs.amazonaws.com',
  'logging.s3.amazonaws.com',
  'ec2.amazonaws.com',
  'lambda.amazonaws.com',
]);

/**
 * Allows of a resource policy through which an AWS service could be used by an outsider, because nothing ties the
 * service to a source within the zone: no `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or
 * `aws:SourceOrgPaths`.
 *
 * Trust policies are left out: a service that takes on a role does so in the role's own account.
 *
 * Source: IAM user guide, "The confused deputy problem", cross-service.
 */
export function confusedDeputies(
  analyzed: AnalyzedResource,
  zone: ZoneOfTrust,
  options: SolveOptions = {},
): ConfusedDeputies {
  const { resource, side, scope } = analyzed;
  const policies = [...side.policies, ...side.controlLevels.flat()];
  const mentioned = mentionedIn(policies.map(({ text }) => text).join('\n'));
  const found: ConfusedDeputy[] = [];
  const undetermined: { statement: string; reason: string }[] = [];
  for (const policy of side.policies) {
    if (policy.kind === 'trust') continue;
    for (const statement of policy.statements) {
      if (statement.effect !== 'Allow') continue;
      for (const service of servicesOf(statement)) {
        const answer = solve(
          {
            formula: (space, bindings) =>
              and([
                statementFormula(space, statement, { bindings }),
                not(effectFormula(space, policies, 'Deny', { bindings })),
                ...side.controlLevels.map((level) => effectFormula(space, level, 'Allow', { bindings })),
                isOneOf(space, PRINCIPAL, [literal(`Service:${service}`)], false),
                isOneOf(
                  space,
                  RESOURCE,
                  scope.map((text) => arnGlob([{ kind: 'text', text }])),
                  false,
                ),
                not(fromInside(space, zone, mentioned)),
              ]),
            confirm: (request) =>
              decide(request, { resource: side }).outcome === 'allow' && !isFromInside(request, zone, policies),
            variables: variablesIn(policies),
          },
          { ...options, preferred: plausible(scope) },
        );
        if (answer.kind === 'undetermined') {
          undetermined.push({ statement: `${statementName(statement)} (${service})`, reason: answer.reason });
        }
        if (answer.kind !== 'yes') continue;
        const { arn, type, accountId } = resource;
        found.push({
          resourceArn: arn,
          resourceType: type,
          ownerAccountId: accountId,
          service,
          statement,
          witness: answer.witness,
        });
      }
    }
  }
  return { deputies: found, undetermined };
}

function servicesOf({ principal }: Statement): string[] {
  if (principal === undefined || principal.negated) return [];
  return principal.patterns.flatMap((pattern) =>
    pattern.kind === 'service' && !OWN_ACCOUNT_ONLY.has(pattern.name) ? [pattern.name] : [],
  );
}

const SOURCE_ACCOUNT = 'aws:sourceaccount';
const SOURCE_ARN = 'aws:sourcearn';
const SOURCE_ORGANIZATION = 'aws:sourceorgid';
const SOURCE_PATHS = 'aws:sourceorgpaths';

/** An S3 bucket's ARN names no account: naming the very bucket is enough. */
function namedBuckets(space: Space): TokenPattern[] {
  const predicates = space.dimensions.get(SOURCE_ARN)?.predicates ?? [];
  return predicates.flatMap((predicate) => {
    const isBucket =
      predicate.kind === 'text' && isLiteral(predicate.pattern) && BUCKET.test(literalText(predicate.pattern));
    return isBucket ? [predicate.pattern] : [];
  });
}

const BUCKET = /^arn:[^:]+:s3:::[^*?]+$/;

/** The source lies in the zone. */
function fromInside(space: Space, { accountIds, organizationId }: ZoneOfTrust, mentioned: readonly string[]): Formula {
  const parts: Formula[] = [];
  const has = (key: string): boolean => space.dimensions.has(key);
  const accounts = mentioned.filter((id) => accountIds.has(id));
  if (has(SOURCE_ACCOUNT))
    parts.push(
      isOneOf(
        space,
        SOURCE_ACCOUNT,
        accounts.map((id) => literal(id)),
      ),
    );
  if (has(SOURCE_ARN)) {
    const own = accounts.map((id) => arnGlob([{ kind: 'text', text: `arn:*:*:*:${id}:*` }]));
    parts.push(isOneOf(space, SOURCE_ARN, [...own, ...namedBuckets(space)]));
  }
  if (organizationId !== undefined) {
    if (has(SOURCE_ORGANIZATION)) parts.push(isOneOf(space, SOURCE_ORGANIZATION, [literal(organizationId)]));
    if (has(SOURCE_PATHS)) {
      const pattern = [...literal(`${organizationId}/`), many()];
      parts.push(space.elements(SOURCE_PATHS, [{ kind: 'text', pattern }], { quantifier: 'some' }));
    }
  }
  return or(parts);
}

function isFromInside(
  request: AccessRequest,
  { accountIds, organizationId }: ZoneOfTrust,
  policies: readonly Policy[],
): boolean {
  const isNamed = (arn: string): boolean => BUCKET.test(arn) && policies.some(({ text }) => text.includes(`"${arn}"`));
  const some = (key: string, test: (value: string) => boolean): boolean => keyValues(request, key).some(test);
  if (some(SOURCE_ACCOUNT, (value) => accountIds.has(value))) return true;
  if (some(SOURCE_ARN, (value) => accountIds.has(value.split(':')[4] ?? '') || isNamed(value))) return true;
  if (organizationId === undefined) return false;
  return (
    some(SOURCE_ORGANIZATION, (value) => value === organizationId) ||
    some(SOURCE_PATHS, (value) => value.startsWith(`${organizationId}/`))
  );
}
