import { toText } from './scalar.js';
import type { Member, Shape } from './shape.js';

type Fields = Readonly<Record<string, unknown>>;

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#x0D;',
  '\n': '&#x0A;',
  '\u0085': '&#x85;',
  '\u2028': '&#x2028;',
};
const TO_ESCAPE = /[&<>"\r\n\u0085\u2028]/g;

/** Text as XML character data, white space kept as AWS keeps it. */
export function escapeXml(text: string): string {
  return text.search(TO_ESCAPE) < 0 ? text : text.replace(TO_ESCAPE, (character) => ESCAPED[character] ?? character);
}

/** Readers turn a plain tab in an attribute into a space. */
function escapeAttribute(text: string): string {
  return escapeXml(text).replaceAll('\t', '&#x9;');
}

/** The elements of a structure's members. `skip` leaves out what travels elsewhere (headers, status). */
export function structBody(shape: Shape, value: Fields, skip?: (member: Member) => boolean): string {
  let body = '';
  for (const member of shape.members) {
    const field = value[member.name];
    if (field === undefined || field === null || member.traits.xmlAttribute || skip?.(member)) continue;
    body += memberXml(member, field);
  }
  return body;
}

/** A whole REST-XML document. */
export function rootXml(
  tag: string,
  shape: Shape,
  value: Fields,
  xmlns: string | undefined,
  skip?: (member: Member) => boolean,
): string {
  const namespace = xmlns === undefined ? attributes(shape, value) : ` xmlns="${xmlns}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${tag}${namespace}>${structBody(shape, value, skip)}</${tag}>`;
}

function memberXml(member: Member, value: unknown): string {
  const { shape, traits } = member;
  const tag = traits.xmlName ?? member.name;
  if (traits.xmlFlattened && shape.kind === 'list') return listXml(value as unknown[], tag, shape.item.shape);
  if (traits.xmlFlattened && shape.kind === 'map') return mapXml(shape, value as Fields, tag);
  return element(tag, shape, value);
}

function element(tag: string, shape: Shape, value: unknown): string {
  const opening = shape.kind === 'struct' || shape.kind === 'union' ? attributes(shape, value as Fields) : '';
  return `<${tag}${opening}>${content(shape, value)}</${tag}>`;
}

function content(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'struct':
    case 'union':
      return structBody(shape, value as Fields);
    case 'list':
      return listXml(value as unknown[], shape.item.traits.xmlName ?? 'member', shape.item.shape);
    case 'map':
      return mapXml(shape, value as Fields, 'entry');
    default:
      return escapeXml(toText(shape, value, 'date-time'));
  }
}

function listXml(items: readonly unknown[], tag: string, shape: Shape): string {
  let body = '';
  for (const item of items) if (item !== null && item !== undefined) body += element(tag, shape, item);
  return body;
}

function mapXml(shape: Shape, value: Fields, tag: string): string {
  const keyTag = shape.key.traits.xmlName ?? 'key';
  const valueTag = shape.value.traits.xmlName ?? 'value';
  let body = '';
  for (const [key, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue;
    body += `<${tag}><${keyTag}>${escapeXml(key)}</${keyTag}>${element(valueTag, shape.value.shape, item)}</${tag}>`;
  }
  return body;
}

const attributeMembersOf = new WeakMap<Shape, readonly Member[]>();

/** Few shapes have any: found once. */
function attributeMembers(shape: Shape): readonly Member[] {
  let members = attributeMembersOf.get(shape);
  if (members === undefined) {
    members = shape.members.filter(({ traits }) => traits.xmlAttribute);
    attributeMembersOf.set(shape, members);
  }
  return members;
}

function attributes(shape: Shape, value: Fields): string {
  const namespace = shape.traits.xmlNamespace;
  let text = '';
  if (namespace !== undefined) text += ` xmlns${namespace[0] === '' ? '' : `:${namespace[0]}`}="${namespace[1]}"`;
  if (shape.kind !== 'struct') return text;
  for (const member of attributeMembers(shape)) {
    const field = value[member.name];
    if (field === undefined || field === null) continue;
    const name = member.traits.xmlName ?? member.name;
    if (name.startsWith('xsi:')) text += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    text += ` ${name}="${escapeAttribute(toText(member.shape, field, 'date-time'))}"`;
  }
  return text;
}
