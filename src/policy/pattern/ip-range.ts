import type { Range } from './ordered-value.js';

/** IPv6 addresses lie above all IPv4 addresses on one line: the two never meet. */
const IPV6_BASE = 1n << 64n;

/**
 * The place of an IP address on one line that holds both families.
 *
 * @returns `undefined` for what is no address. IPv4-mapped IPv6 text stays IPv6, as AWS keeps the families apart.
 */
export function parseIp(text: string): bigint | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return v4;
  const v6 = parseIpv6(text);
  return v6 === undefined ? undefined : IPV6_BASE + v6;
}

/** The addresses of a CIDR range, or of one address. Bits below the mask are ignored, as AWS ignores them. */
export function parseIpRange(text: string): Range<bigint> | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const v4 = parseIpv4(address);
  const v6 = v4 === undefined ? parseIpv6(address) : undefined;
  if (v4 === undefined && v6 === undefined) return undefined;
  const width = v4 === undefined ? 128 : 32;
  const bits = slash < 0 ? String(width) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  const size = 1n << BigInt(width - Number(bits));
  const base = v4 === undefined ? IPV6_BASE : 0n;
  const first = ((v4 ?? v6 ?? 0n) / size) * size;
  return { low: base + first, lowOpen: false, high: base + first + size - 1n, highOpen: false };
}

/** The address at a place on the line, as text. */
export function ipText(place: bigint): string {
  if (place < IPV6_BASE) return [24n, 16n, 8n, 0n].map((shift) => String((place >> shift) & 255n)).join('.');
  const value = place - IPV6_BASE;
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return groups.join(':');
}

/** Every place on the line that is an address. */
export const ipUniverse: readonly Range<bigint>[] = [
  { low: 0n, lowOpen: false, high: (1n << 32n) - 1n, highOpen: false },
  { low: IPV6_BASE, lowOpen: false, high: IPV6_BASE + (1n << 128n) - 1n, highOpen: false },
];

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (halves.length === 1) return head.length === 8 ? join(head) : undefined;
  const zeros = 8 - head.length - (tail?.length ?? 0);
  return zeros < 1 ? undefined : join([...head, ...Array.from({ length: zeros }, () => 0n), ...(tail ?? [])]);
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  for (const part of text.split(':')) {
    const v4 = part.includes('.') ? parseIpv4(part) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function join(groups: readonly bigint[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}
