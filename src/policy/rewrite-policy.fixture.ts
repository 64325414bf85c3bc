import type { SeededRandom } from '../base/ports.js';

/** A policy document of `randomPolicy`. */
interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly StatementDocument[];
}

interface StatementDocument {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: object;
}

type Rewrite = (document: PolicyDocument, random: SeededRandom) => readonly StatementDocument[];

/** Changes of a policy's text that leave its meaning alone: each must be found less or equal in both directions. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  permuted: ({ Statement }, random) => shuffled(Statement, random),

  /** One statement for each action and resource, where neither is negated. */
  split: ({ Statement }, random) => shuffled(Statement.flatMap(splitOf), random),

  /** Next to each statement one that can only say less: fewer actions and resources, one more condition. */
  subsumed: ({ Statement }, random) =>
    shuffled([...Statement, ...Statement.map((statement) => narrowed(statement, random))], random),

  /** Every list holds some of its wildcards' own values as well. */
  merged: ({ Statement }) =>
    Statement.map((statement) => ({
      ...statement,
      ...(statement.Action === undefined ? {} : { Action: withInstances(statement.Action) }),
      ...(statement.Resource === undefined ? {} : { Resource: withInstances(statement.Resource) }),
    })),

  /** All statements split and then some given twice, narrowed. */
  scrambled: ({ Statement }, random) => {
    const split = Statement.flatMap(splitOf);
    return shuffled([...split, narrowed(random.pick(split), random), random.pick(split)], random);
  },
};

/** The names of the rewrites. */
export const rewriteNames = Object.keys(rewrites);

/** The same policy in other words. */
export function rewrittenPolicy(document: object, name: string, random: SeededRandom): object {
  const rewrite = rewrites[name];
  if (rewrite === undefined) throw new Error(`there is no rewrite \`${name}\``);
  return { ...document, Statement: rewrite(document as PolicyDocument, random) };
}

function splitOf(statement: StatementDocument): StatementDocument[] {
  const actions = statement.Action?.map((action) => ({ Action: [action] })) ?? [{}];
  const resources = statement.Resource?.map((resource) => ({ Resource: [resource] })) ?? [{}];
  return actions.flatMap((action) => resources.map((resource) => ({ ...statement, ...action, ...resource })));
}

function narrowed(statement: StatementDocument, random: SeededRandom): StatementDocument {
  const extra = { Bool: { 'aws:SecureTransport': random.pick(['true', 'false']) } };
  return {
    ...statement,
    ...(statement.Action === undefined ? {} : { Action: instances(statement.Action) }),
    ...(statement.Resource === undefined ? {} : { Resource: instances(statement.Resource) }),
    Condition: { ...extra, ...statement.Condition },
  };
}

function withInstances(patterns: readonly string[]): string[] {
  return [...patterns, ...instances(patterns)];
}

/** Of each pattern one that accepts less, or the same. */
function instances(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => (pattern === '*' || pattern.includes('$') ? pattern : pattern.replace('*', 'x*')));
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [result[index], result[other]] = [result[other] as Item, result[index] as Item];
  }
  return result;
}
