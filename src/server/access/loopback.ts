import type { IncomingMessage } from 'node:http';
import { compile, default as proxyAddress } from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** Whether a request comes from this machine itself, not from somebody behind a proxy on it. */
export function isFromHere(request: Pick<IncomingMessage, 'headers' | 'socket'> & Pick<FastifyRequest, 'ip'>): boolean {
  if (FORWARDED.some((name) => request.headers[name] !== undefined)) return false;
  return isLoopback(request.socket.remoteAddress ?? '') && isLoopback(request.ip);
}

/** Finds the address of who calls, as the API does it: behind proxies that are trusted, what they say; else the connection's. */
export function clientAddress(trustProxy: readonly string[] = []): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return (request) => request.socket.remoteAddress ?? '';
  const trust = compile([...trustProxy]);
  return (request) => proxyAddress(request, trust);
}

/** 127.0.0.0/8, ::1, and the first mapped into IPv6. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
