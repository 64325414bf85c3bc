import { AwsError } from '../aws-error.js';
import { fromText } from './scalar.js';
import type { Shape, Traits } from './shape.js';

/** A form parameter `A.B.1=v` as a tree. */
interface Tree {
  value?: string;
  readonly children: Map<string, Tree>;
}

/** Hostile forms: how many parameters, how deep a name, how many different parts of names. */
const PARAMETERS_MAX = 20_000;
const DEPTH_MAX = 32;
const NODES_MAX = 100_000;

/** Reads `application/x-www-form-urlencoded`; a later parameter of the same name wins. */
export function parseForm(body: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    form.set(decodeForm(name), equals < 0 ? '' : decodeForm(pair.slice(equals + 1)));
    if (form.size > PARAMETERS_MAX) throw new AwsError('MalformedQueryString', 'The request has too many parameters');
  }
  return form;
}

function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new AwsError('MalformedQueryString', 'The query string contains a malformed percent-encoding');
  }
}

/** The input of an operation from a form, by the rules of the `query` or of the `ec2` protocol. */
export function decodeQuery(shape: Shape, form: ReadonlyMap<string, string>, ec2: boolean): Record<string, unknown> {
  const root: Tree = { children: new Map() };
  let nodes = 0;
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const parts = name.split('.');
    if (parts.length > DEPTH_MAX) throw new AwsError('MalformedQueryString', 'A parameter name is nested too deeply');
    let tree = root;
    for (const part of parts) {
      let child = tree.children.get(part);
      if (child === undefined) {
        nodes += 1;
        if (nodes > NODES_MAX) throw new AwsError('MalformedQueryString', 'The request has too many parameters');
        child = { children: new Map() };
        tree.children.set(part, child);
      }
      tree = child;
    }
    tree.value = value;
  }
  return shape.kind === 'unit' ? {} : (read(shape, {}, root, ec2) as Record<string, unknown>);
}

function read(shape: Shape, traits: Traits, tree: Tree, ec2: boolean): unknown {
  switch (shape.kind) {
    case 'struct':
    case 'union': {
      const value: Record<string, unknown> = {};
      for (const member of shape.members) {
        const child = tree.children.get(parameterName(member.name, member.traits, ec2));
        if (child !== undefined) value[member.name] = read(member.shape, member.traits, child, ec2);
      }
      return value;
    }
    case 'list': {
      // `ec2` and flattened lists are `Name.1`; others `Name.member.1` or the item's own name. AWS accepts both.
      const inner = tree.children.get(shape.item.traits.xmlName ?? 'member') ?? tree.children.get('member');
      const from = !ec2 && !traits.xmlFlattened && inner !== undefined ? inner : tree;
      return numbered(from).map((item) => read(shape.item.shape, shape.item.traits, item, ec2));
    }
    case 'map': {
      const from = traits.xmlFlattened ? tree : (tree.children.get('entry') ?? tree);
      const pairs = numbered(from).map((entry) => {
        const key = entry.children.get(shape.key.traits.xmlName ?? 'key')?.value ?? '';
        const value = entry.children.get(shape.value.traits.xmlName ?? 'value') ?? { children: new Map() };
        return [key, read(shape.value.shape, {}, value, ec2)] as const;
      });
      return Object.fromEntries(pairs);
    }
    default:
      return fromText(shape, tree.value ?? '');
  }
}

function parameterName(name: string, traits: Traits, ec2: boolean): string {
  const wire = traits.xmlName ?? name;
  return ec2 ? (traits.ec2QueryName ?? wire[0]?.toUpperCase() + wire.slice(1)) : wire;
}

function numbered(tree: Tree): Tree[] {
  return [...tree.children]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}
