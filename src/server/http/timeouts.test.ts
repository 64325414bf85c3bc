import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { takesItsTime, withTimeouts } from './timeouts.js';

const REQUEST_MS = 150;

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());

/** What a server says to a client who sends half of a body, and the rest long after. */
async function sentSlowly(isStream: boolean): Promise<string> {
  const listening = createServer((request, response) => {
    if (isStream) takesItsTime(request);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end(`got ${body}`));
    request.on('error', () => undefined);
  });
  server = withTimeouts(listening, REQUEST_MS);
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const socket = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise((done) => socket.once('close', done));
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nab');
  await sleep(REQUEST_MS * 3);
  socket.write('cd');
  await closed;
  return said;
}

describe('a request that comes slowly', () => {
  it('is given up', async () => {
    const said = await sentSlowly(false);
    expect(said).toMatch(/^HTTP\/1.1 408 /);
    expect(said).not.toContain('got');
  });

  it('is read to its end where its reader looks to the time', async () => {
    expect(await sentSlowly(true)).toMatch(/^HTTP\/1.1 200 [^]*got abcd/);
  });
});
