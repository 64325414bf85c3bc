import { Type, type Static } from '@sinclair/typebox';
import { parsePattern } from '../../events/pattern.js';
import { checked, invalid, isInvalid, type Invalid } from '../../base/checked.js';
import { graceDays } from '../respond/grace.js';
import { scopeSchema } from '../scope/scope.js';

/** Targets of one rule, as EventBridge has them. Source: EventBridge user guide, "Amazon EventBridge quotas". */
const TARGETS_MAX = 5;

/** The three modes of a response: told, asked for, or applied at once. With a scope, a rule has one for each control × scope. */
const modeSchema = Type.Union([Type.Literal('notify'), Type.Literal('ask'), Type.Literal('automatic')]);

const arn = (service: string) =>
  Type.String({ pattern: `^arn:[a-z-]+:${service}:[a-z0-9-]+:[0-9]{12}:.+$`, maxLength: 2048 });

const targets = {
  respond: Type.Object(
    {
      kind: Type.Literal('respond'),
      /** `notify` unless told. */
      mode: Type.Optional(modeSchema),
      graceDays,
      /** How many persons must approve at least; by the approval policy unless told. */
      approvals: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
      parameters: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 4096 }))),
    },
    { additionalProperties: false },
  ),
  lambda: Type.Object({ kind: Type.Literal('lambda'), functionArn: arn('lambda') }, { additionalProperties: false }),
  sqs: Type.Object({ kind: Type.Literal('sqs'), queueArn: arn('sqs') }, { additionalProperties: false }),
  sns: Type.Object({ kind: Type.Literal('sns'), topicArn: arn('sns') }, { additionalProperties: false }),
  webhook: Type.Object(
    {
      kind: Type.Literal('webhook'),
      url: Type.String({ pattern: '^https://|^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])[:/]', maxLength: 2048 }),
      /** The name of the environment variable that holds the signing secret: the secret itself is never kept. */
      secretVariable: Type.String({ pattern: '^[A-Z][A-Z0-9_]*$', maxLength: 128 }),
    },
    { additionalProperties: false },
  ),
} as const;

const targetSchema = Type.Union([targets.respond, targets.lambda, targets.sqs, targets.sns, targets.webhook]);

/** A rule: which events, of what, and what then. The pattern is an EventBridge event pattern. */
export const eventRuleSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    description: Type.Optional(Type.String({ maxLength: 512 })),
    enabled: Type.Boolean(),
    pattern: Type.Record(Type.String(), Type.Unknown()),
    scope: Type.Optional(scopeSchema),
    targets: Type.Array(targetSchema, { minItems: 1, maxItems: TARGETS_MAX }),
  },
  { additionalProperties: false },
);

export type EventRule = Static<typeof eventRuleSchema>;
export type RuleTarget = Static<typeof targetSchema>;

/** Reads a rule from outside: the rule, or which member is wrong and how; a pattern's mistake with its place. */
export function parseEventRule(value: unknown): EventRule | Invalid {
  const wrong = wrongTarget(value);
  if (wrong !== undefined) return wrong;
  const rule = checked(eventRuleSchema, value, 'rule');
  if (isInvalid(rule)) return rule;
  const pattern = parsePattern(rule.pattern);
  if ('error' in pattern) return invalid(`rule.pattern`, pattern.error.message);
  return rule;
}

/** Held against the schema of its own kind: of a choice between all kinds no error would be of use. */
function wrongTarget(value: unknown): Invalid | undefined {
  const given = (value as { targets?: unknown } | null | undefined)?.targets;
  if (!Array.isArray(given)) return undefined;
  for (const [index, target] of given.entries()) {
    const kind = String((target as { kind?: unknown } | null)?.kind);
    const field = `rule.targets.${index}`;
    if (!Object.hasOwn(targets, kind))
      return invalid(`${field}.kind`, `it must be one of ${Object.keys(targets).join(', ')}`);
    const found = checked(targets[kind as keyof typeof targets], target, field);
    if (isInvalid(found)) return found;
  }
  return undefined;
}
