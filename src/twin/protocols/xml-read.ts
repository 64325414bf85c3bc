import { fromText } from './scalar.js';
import type { Member, Shape } from './shape.js';

/** An element as read: its local name, attributes, child elements and text. */
export interface XmlNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  text: string;
}

/** Hostile documents: how deep, how many elements. AWS's own stay far below. */
const DEPTH_MAX = 64;
const NODES_MAX = 200_000;

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([^\s/><!?="'&]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a document. Only the five predefined entities and character references exist: there is no DTD, so nothing can
 * expand and nothing can be fetched. O(length): every character is matched once.
 *
 * @throws Error on anything that is not well formed, too deep or too large.
 */
export function parseXml(source: string): XmlNode {
  const root = node('', '');
  const stack = [root];
  let nodes = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) throw new Error('malformed XML');
    const [, cdata, closing, name, attributes = '', selfClosing, text] = match;
    const top = stack.at(-1) ?? root;
    if (text !== undefined) top.text += unescapeXml(text);
    else if (cdata !== undefined) top.text += cdata;
    else if (name === undefined) continue;
    else if (closing === '/') {
      if (stack.length < 2 || top.tag !== localName(name)) throw new Error('mismatched tag');
      stack.pop();
    } else {
      const child = node(localName(name), attributes);
      top.children.push(child);
      nodes += 1;
      if (nodes > NODES_MAX || stack.length > DEPTH_MAX) throw new Error('XML too large');
      if (selfClosing !== '/') stack.push(child);
    }
  }
  const [only] = root.children;
  if (stack.length !== 1 || root.children.length !== 1 || only === undefined) throw new Error('malformed XML');
  return only;
}

function node(tag: string, attributes: string): XmlNode {
  const pairs = [...attributes.matchAll(ATTRIBUTE)].map(
    ([, name = '', double, single]) => [name, unescapeXml(double ?? single ?? '')] as const,
  );
  return { tag, attributes: Object.fromEntries(pairs), children: [], text: '' };
}

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,12};?)/g, (_, reference: string) => characterOf(reference));
}

function characterOf(reference: string): string {
  const name = reference.slice(0, -1);
  const known = reference.endsWith(';') && Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  if (known !== undefined) return known;
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));$/.exec(reference) ?? [];
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!isCharacter) throw new Error('unknown entity');
  return String.fromCodePoint(code);
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}

/** An element as a structure. `skip` leaves out what travels elsewhere. */
export function readStruct(shape: Shape, from: XmlNode, skip?: (member: Member) => boolean): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (skip?.(member)) continue;
    const tag = member.traits.xmlName ?? member.name;
    if (member.traits.xmlAttribute) {
      const attribute = from.attributes[tag] ?? from.attributes[localName(tag)];
      if (attribute !== undefined) value[member.name] = fromText(member.shape, attribute);
      continue;
    }
    const hits = from.children.filter((child) => child.tag === tag);
    const [first] = hits;
    if (first === undefined) continue;
    if (member.traits.xmlFlattened && member.shape.kind === 'list') {
      value[member.name] = hits.map((hit) => read(member.shape.item.shape, hit));
    } else if (member.traits.xmlFlattened && member.shape.kind === 'map') {
      value[member.name] = Object.fromEntries(hits.map((hit) => pair(member.shape, hit)));
    } else value[member.name] = read(member.shape, first);
  }
  return value;
}

function read(shape: Shape, from: XmlNode): unknown {
  switch (shape.kind) {
    case 'struct':
    case 'union':
      return readStruct(shape, from);
    case 'list': {
      const tag = shape.item.traits.xmlName ?? 'member';
      return from.children.filter((child) => child.tag === tag).map((child) => read(shape.item.shape, child));
    }
    case 'map':
      return Object.fromEntries(from.children.filter((child) => child.tag === 'entry').map((hit) => pair(shape, hit)));
    default:
      return fromText(shape, from.text);
  }
}

function pair(shape: Shape, entry: XmlNode): [string, unknown] {
  const find = (tag: string) => entry.children.find((child) => child.tag === tag);
  const value = find(shape.value.traits.xmlName ?? 'value') ?? node('value', '');
  return [find(shape.key.traits.xmlName ?? 'key')?.text ?? '', read(shape.value.shape, value)];
}
