import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../base/problem.js';
import { isLoopback } from './access/loopback.js';
import { withTimeouts } from './http/timeouts.js';
import { hubServer, type ServerOptions } from './app.js';

export interface StartOptions extends Omit<ServerOptions, 'publicUrl'> {
  readonly host: string;
  readonly port: number;
  /** A port of its own for AWS's tools; they are also answered on the other. */
  readonly awsPort?: number;
  readonly publicUrl?: URL;
}

/** A hub that answers. */
export interface StartedServer {
  /** Where it listens, for clients on this machine. */
  readonly url: string;
  readonly awsUrl: string;
  /** Takes no more, lets what is under way end, and ends what does not. */
  close(): Promise<void>;
}

/** How long calls under way may take once the server stops. */
const CLOSE_MS_MAX = 10_000;

/**
 * Starts the server of a hub.
 *
 * @throws Problem `plain-http` rather than let tokens cross a network in the clear; `port-in-use`, `host-unknown`.
 */
export async function startServer(options: StartOptions): Promise<StartedServer> {
  const { host, port, awsPort, tls } = options;
  checkExposure(options);
  const scheme = tls === undefined ? 'http' : 'https';
  let url = new URL(`${scheme}://${shownHost(host)}:${port}`);
  const publicUrl = () => options.publicUrl ?? url;
  const { app, aws } = await hubServer({ ...options, publicUrl });
  let awsServer: Server | undefined;
  try {
    await app.listen({ host, port });
    url = new URL(`${scheme}://${shownHost(host)}:${(app.server.address() as AddressInfo).port}`);
    if (awsPort !== undefined) {
      awsServer = withTimeouts(
        tls === undefined ? createServer(aws) : createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, aws),
      );
      await listen(awsServer, awsPort, host);
    }
  } catch (error) {
    await app.close();
    throw listenProblem(error, host, port);
  }
  const awsAddress = awsServer?.address() as AddressInfo | undefined;
  return {
    url: url.origin,
    awsUrl: awsAddress === undefined ? url.origin : `${scheme}://${shownHost(host)}:${awsAddress.port}`,
    close: async () => {
      const impatience = setTimeout(() => {
        app.server.closeAllConnections();
        awsServer?.closeAllConnections();
      }, CLOSE_MS_MAX);
      const other = awsServer;
      if (other !== undefined) {
        other.closeIdleConnections();
        await new Promise<void>((done) => other.close(() => done()));
      }
      await app.close();
      clearTimeout(impatience);
    },
  };
}

/** @throws Problem `plain-http` rather than let tokens cross a network in the clear. */
export function checkExposure({ host, tls, trustProxy = [] }: Pick<StartOptions, 'host' | 'tls' | 'trustProxy'>): void {
  if (tls !== undefined || trustProxy.length > 0 || isLocal(host)) return;
  throw new Problem('plain-http', `on \`${host}\` tokens would cross the network in the clear`, {
    next: 'give --tls-cert and --tls-key, or --trust-proxy with the address of a proxy that ends TLS',
    exit: 'badUsage',
  });
}

function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

/** An address to be called: every address is also this machine's own. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, done);
  });
}

function listenProblem(error: unknown, host: string, port: number): unknown {
  const exit = 'badConfiguration';
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE': {
      const next = 'choose another with --port (or --aws-port), or stop what listens there';
      return new Problem('port-in-use', `port \`${port}\` is in use`, { next, exit });
    }
    case 'EACCES':
      return new Problem('port-refused', `this user may not listen on port \`${port}\``, {
        next: 'choose a port above 1023 with --port',
        exit,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Problem('host-unknown', `\`${host}\` is not an address of this machine`, {
        next: 'use 127.0.0.1',
        exit,
      });
    default:
      return error;
  }
}
