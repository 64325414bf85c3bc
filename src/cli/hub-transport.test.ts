import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Problem } from '../base/problem.js';
import { exchange, jsonOf } from './hub-transport.js';

let server: Server | undefined;
/** How the last call wanted its connection to go on. */
let connection: string | undefined;
afterEach(() => server?.closeAllConnections());

/** A hub that has read enough after so many bytes, works on them, says so, and reads on so that its client reads that. */
async function refusingAfter(bytesMax: number): Promise<URL> {
  const hub = createServer((request, response) => {
    let bytes = 0;
    ({ connection } = request.headers);
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax || response.headersSent) return;
      request.pause();
      response.writeHead(413, { 'content-type': 'application/json' });
      setTimeout(() => {
        response.end('{"code":"body-too-large"}');
        request.resume();
      }, 200);
    });
    request.on('error', () => undefined);
  });
  server = hub;
  await new Promise<void>((done) => hub.listen(0, '127.0.0.1', done));
  return new URL(`http://127.0.0.1:${(hub.address() as AddressInfo).port}/`);
}

const call = (chunks: AsyncIterable<Uint8Array>) =>
  ({ method: 'POST', token: 'x', certificate: undefined, body: { type: 'text/plain', chunks } }) as const;

it('a stream that is refused on the way ends with what the hub said', async () => {
  let sent = 0;
  async function* endless(): AsyncIterable<Uint8Array> {
    for (; sent < 2_000; sent++) {
      yield Buffer.alloc(256 * 1024);
    }
  }
  const answer = await exchange(await refusingAfter(1_000_000), call(endless()));
  expect([answer.status, await jsonOf(answer)]).toEqual([413, { code: 'body-too-large' }]);
  await sleep(100);
  expect(sent).toBeLessThan(2_000);
  // Else the hub closes right after its answer, and what is still on its way to it takes the answer along.
  expect(connection).toBe('keep-alive');
});

it('what is wrong with reading a stream is told as that', async () => {
  async function* broken(): AsyncIterable<Uint8Array> {
    yield Buffer.from('a line\n');
    throw new Problem('bad-file', '`x.gz` cannot be read');
  }
  await expect(exchange(await refusingAfter(1_000), call(broken()))).rejects.toMatchObject({ code: 'bad-file' });
});
