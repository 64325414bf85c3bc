import type { Filter } from '@aws-sdk/client-ec2';
import type { ResourceTypes, TypeName } from '../../../estate/resource-types.js';
import { AwsError } from '../../aws-error.js';
import type { Context, Page } from '../../context.js';
import { dryRun } from './dry-run.js';
import { tagsOf } from './tags.js';

/** A read as a table: what identifies an item, what AWS says of an unknown one, and what can be filtered on. */
export interface DescribeTable<Type extends TypeName> {
  readonly type: Type;
  /** The member that holds the id. */
  readonly id: (configuration: ResourceTypes[Type]) => string | undefined;
  /** The error code of an unknown id, and its sentence's subject: `The security group 'sg-1' does not exist`. */
  readonly notFound: readonly [code: string, subject: string];
  /** Filter name → the values an item has for it. Tag filters are added to every table. */
  readonly filters: Readonly<
    Record<string, (configuration: ResourceTypes[Type]) => readonly (string | number | boolean | undefined)[]>
  >;
  /** The largest page. */
  readonly max?: number;
}

/** What describe operations have in common. */
export interface DescribeInput {
  readonly Filters?: readonly Filter[] | undefined;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly DryRun?: boolean | undefined;
}

/**
 * The page of a table that an input asks for: by ids, by filters, by token. O(items in the account and region).
 *
 * @throws AwsError for an unknown id, an unknown filter name, or paging that EC2 refuses.
 */
export function describe<Type extends TypeName>(
  table: DescribeTable<Type>,
  input: DescribeInput,
  ids: readonly string[] | undefined,
  context: Context,
): Page<ResourceTypes[Type]> {
  context.authorize('*');
  dryRun(input);
  const all = context
    .table(table.type)
    .all()
    .map(({ configuration }) => configuration);
  const wanted = ids === undefined || ids.length === 0 ? undefined : new Set(ids);
  if (wanted !== undefined) requireAll(table, all, wanted);
  if (wanted !== undefined && input.MaxResults !== undefined) {
    const message = 'The parameter MaxResults cannot be used with the parameter that lists ids';
    throw new AwsError('InvalidParameterCombination', message);
  }
  const matching = all.filter(
    (item) => (wanted === undefined || wanted.has(table.id(item) ?? '')) && matchesFilters(table, item, input.Filters),
  );
  return context.page(matching, input.NextToken, input.MaxResults, table.max ?? 1000);
}

function requireAll<Type extends TypeName>(
  table: DescribeTable<Type>,
  all: readonly ResourceTypes[Type][],
  wanted: ReadonlySet<string>,
): void {
  const known = new Set(all.map(table.id));
  const unknown = [...wanted].filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  const [code, subject] = table.notFound;
  const list = unknown.join(', ');
  const message =
    unknown.length === 1 ? `The ${subject} '${list}' does not exist` : `The ${subject}s '${list}' do not exist`;
  throw new AwsError(code, message);
}

/** EC2's filters: AND between filters, OR between values, `*` and `?` as wildcards, `\` escapes them. */
function matchesFilters<Type extends TypeName>(
  table: DescribeTable<Type>,
  item: ResourceTypes[Type],
  filters: readonly Filter[] | undefined,
): boolean {
  return (filters ?? []).every(({ Name = '', Values = [] }) => {
    const have = valuesOf(table, item, Name);
    return Values.some((pattern) => have.some((value) => value !== undefined && wildcard(pattern).test(String(value))));
  });
}

function valuesOf<Type extends TypeName>(
  table: DescribeTable<Type>,
  item: ResourceTypes[Type],
  name: string,
): readonly (string | number | boolean | undefined)[] {
  if (name.startsWith('tag:'))
    return tagsOf(item)
      .filter(({ Key }) => Key === name.slice(4))
      .map(({ Value }) => Value);
  if (name === 'tag-key') return tagsOf(item).map(({ Key }) => Key);
  const filter = Object.hasOwn(table.filters, name) ? table.filters[name] : undefined;
  if (filter === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return filter(item);
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*?\\])|([.+^${}()|[\]\\])|(\*)|(\?)/g, (_, escaped, special, star, mark) =>
    escaped !== undefined
      ? `\\${escaped}`
      : special !== undefined
        ? `\\${special}`
        : star !== undefined
          ? '.*'
          : mark !== undefined
            ? '.'
            : '',
  );
  return new RegExp(`^${source}$`, 's');
}
