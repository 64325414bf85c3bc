import { isIP } from 'node:net';
import type { AddressRange } from './condition.js';

const BITS = { 4: 32, 6: 128 } as const;

/** An IP address as a number, or undefined. Zones (`fe80::1%eth0`) are no addresses here. */
export function parseAddress(text: string): { readonly version: 4 | 6; readonly value: bigint } | undefined {
  // Quick: what has none of an address's letters first is none. Every exact text would be asked otherwise.
  if (text.length > 45 || text.length < 2) return undefined;
  const version = isIP(text);
  if (version === 4) return { version, value: value4(text) };
  return version === 6 && !text.includes('%') ? { version, value: value6(text) } : undefined;
}

function value4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function value6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const plain = dotted === null ? text : `${dotted[1]}${hex4(dotted[2] ?? '')}`;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function hex4(text: string): string {
  const value = value4(text);
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** `10.0.0.0/24`, or undefined. Bits beyond the prefix are ignored, as the service ignores them. */
export function parseRange(text: string): AddressRange | undefined {
  const slash = text.lastIndexOf('/');
  const address = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (slash < 0 || address === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = Number(length);
  if (bits > BITS[address.version]) return undefined;
  return { version: address.version, bits, first: network(address.version, address.value, bits) };
}

/** The first address of the network of so many bits that an address is in. */
export function network(version: 4 | 6, value: bigint, bits: number): bigint {
  const rest = BigInt(BITS[version] - bits);
  return (value >> rest) << rest;
}

export function inRange({ version, first, bits }: AddressRange, text: string): boolean {
  const address = parseAddress(text);
  return address?.version === version && network(version, address.value, bits) === first;
}
