import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../base/problem.js';
import { formatVerifierKey } from '../../ledger/note/verifier-key.js';
import { MemoryLedger, record } from '../../ledger/testing.fixture.js';
import { timestampRequest } from '../../ledger/timestamp/request.js';
import { hasOpenssl, listen, LocalAuthority, NEEDS_OPENSSL } from '../../ledger/timestamp/testing.fixture.js';
import { Home } from '../../store/home.js';
import { LedgerFolder } from '../../store/ledger-folder.js';
import { timestampLedger, type TimestampOptions } from './timestamp-ledger.js';
import { verifyFolder } from './verify-folder.js';

describe.skipIf(!hasOpenssl)(`a ledger and a time stamping authority${NEEDS_OPENSSL}`, () => {
  let authority: LocalAuthority;
  let ledger: MemoryLedger;
  let folder: LedgerFolder;
  let stop = () => {};

  beforeAll(() => {
    authority = new LocalAuthority();
  });
  afterAll(() => authority.remove());
  beforeEach(async () => {
    folder = new LedgerFolder(mkdtempSync(join(tmpdir(), 'hikeshi-stamped-')));
    ledger = new MemoryLedger();
    await grow();
  });
  afterEach(() => {
    stop();
    for (const path of [folder.path, `${folder.path}.tmp`]) rmSync(path, { recursive: true, force: true });
  });

  async function grow(): Promise<void> {
    await ledger.append([record(ledger.size)]);
    await folder.write([...ledger.files].map(([path, bytes]) => ({ path, bytes })));
  }

  async function serve(listener: RequestListener): Promise<string> {
    const { url, server } = await listen(listener);
    stop = () => {
      server.closeAllConnections();
      server.close();
    };
    return url;
  }

  /** Answers as `openssl ts` does. @param change what is done to the request on its way. */
  const stamping =
    (change: (request: Buffer) => Buffer = (request) => request): RequestListener =>
    async (request, response) => {
      response.setHeader('content-type', 'application/timestamp-reply');
      response.end(authority.reply(change(await bodyOf(request))));
    };

  const stamp = async (options: Partial<TimestampOptions> = {}) =>
    timestampLedger(folder, { authority: options.authority ?? (await serve(stamping())), ca: [], ...options });
  const root = () => authority.pem(authority.root);
  const verify = (timestampCa: readonly string[] = [], path = folder.path) =>
    verifyFolder(new Home(path), {
      path,
      keys: [formatVerifierKey(ledger.key)],
      known: [],
      entries: true,
      timestampCa,
    });
  const stampsOf = async () => (await folder.files()).filter((path) => path.startsWith('timestamps/'));

  it('the checkpoint is stamped, and verified from then on', async () => {
    const stamped = await stamp({ ca: [root()] });
    expect(stamped).toMatchObject({ size: 1, by: 'CN=Authority, O=Example', trusted: true, path: 'timestamps/1.tsr' });
    await grow();
    const { faults, timestamps } = await verify([root()]);
    expect(faults).toEqual([]);
    expect(timestamps).toEqual([stamped]);
    expect((await verify()).timestamps).toEqual([{ ...stamped, trusted: false }]);
  });

  it('the request is what RFC 3161 asks for', async () => {
    let seen: { method: string | undefined; type: string | undefined } | undefined;
    const url = await serve((request, response) => {
      seen = { method: request.method, type: request.headers['content-type'] };
      return stamping()(request, response);
    });
    await stamp({ authority: url });
    expect(seen).toEqual({ method: 'POST', type: 'application/timestamp-query' });
  });

  it('openssl accepts what is stored', async () => {
    await stamp();
    await grow();
    const [data, answer] = ['1.checkpoint', '1.tsr'].map((name) => join(folder.path, 'timestamps', name)) as [
      string,
      string,
    ];
    const given = ['ts', '-verify', '-data', data, '-in', answer, '-CAfile', root()];
    expect(execFileSync('openssl', given, { encoding: 'utf8', stdio: 'pipe' })).toContain('Verification: OK');
  });

  it('a second time stamp of the same checkpoint does not replace the first', async () => {
    await stamp();
    const first = readFileSync(join(folder.path, 'timestamps/1.tsr'));
    stop();
    expect((await stamp()).path).toBe('timestamps/1-2.tsr');
    expect(readFileSync(join(folder.path, 'timestamps/1.tsr')).equals(first)).toBe(true);
    expect((await verify()).timestamps.length).toBe(2);
  });

  describe('an answer that is not good leaves nothing behind', () => {
    const nothing: RequestListener = () => undefined;
    const says = (status: number, body: Uint8Array | string, headers = {}): RequestListener => {
      return (_request, response) => response.writeHead(status, headers).end(body);
    };
    const changed = (change: (answer: Buffer) => Uint8Array): RequestListener => {
      return async (request, response) => response.end(change(authority.reply(await bodyOf(request))));
    };
    const flipLast = (answer: Buffer) => Buffer.concat([answer.subarray(0, -1), Buffer.of(answer.at(-1)! ^ 1)]);
    const cases: readonly { name: string; given: RequestListener; code: string; text: RegExp }[] = [
      {
        name: 'of something else',
        given: stamping(() => timestampRequest(Buffer.from('else'), 5n)),
        code: 'timestamp-answer',
        text: /stamp of something else/,
      },
      {
        name: 'with another nonce',
        given: stamping(() => timestampRequest(ledger.heads.at(-1)!, 5n)),
        code: 'timestamp-answer',
        text: /its nonce is another/,
      },
      {
        name: 'a rejection',
        given: stamping(() => Buffer.from('no request')),
        code: 'timestamp-answer',
        text: /rejected: "[^"]+", badDataFormat/,
      },
      {
        name: 'a web page',
        given: says(200, '<html></html>'),
        code: 'timestamp-answer',
        text: /not a good time stamp: it /,
      },
      { name: 'nothing at all', given: says(200, ''), code: 'timestamp-answer', text: /not DER/ },
      {
        name: 'cut off',
        given: changed((answer) => answer.subarray(0, 700)),
        code: 'timestamp-answer',
        text: /ends too early/,
      },
      {
        name: 'with another signature',
        given: changed(flipLast),
        code: 'timestamp-answer',
        text: /signature is wrong/,
      },
      {
        name: 'too large',
        given: says(200, Buffer.alloc(300_000)),
        code: 'timestamp-authority',
        text: /more than 262144 bytes/,
      },
      { name: 'HTTP 500', given: says(500, 'broken'), code: 'timestamp-authority', text: /HTTP status 500/ },
      {
        name: 'a redirect',
        given: says(302, '', { location: '/other' }),
        code: 'timestamp-authority',
        text: /HTTP status 302/,
      },
      { name: 'none in time', given: nothing, code: 'timestamp-authority', text: /did not answer within 0.3 seconds/ },
      {
        name: 'one that begins and does not end',
        given: (_request, response) => response.write('0'),
        code: 'timestamp-authority',
        text: /did not answer within 0.3 seconds/,
      },
      {
        name: 'a connection that is closed',
        given: (request) => request.socket.destroy(),
        code: 'timestamp-authority',
        text: /cannot be reached/,
      },
    ];
    it.each(cases)('$name', async ({ given, code, text }) => {
      const url = await serve(given);
      // Time enough for openssl where an answer is made; a moment where none comes.
      const limitMs = text.source.includes('within') ? 300 : 20_000;
      const problem = await problemOf(stamp({ authority: url, limitMs }));
      expect(problem).toMatchObject({ code, exit: 'serviceError' });
      expect(problem.message).toMatch(text);
      expect(problem.message).toContain(url);
      expect(await stampsOf()).toEqual([]);
    });

    it('when nobody listens', async () => {
      const { url, server: gone } = await listen(nothing);
      await new Promise((resolve) => gone.close(resolve));
      const problem = await problemOf(stamp({ authority: url }));
      expect(problem.message).toMatch(/cannot be reached: .*ECONNREFUSED/);
    });

    it('when the certificate leads elsewhere', async () => {
      const other = new LocalAuthority();
      try {
        const problem = await problemOf(stamp({ ca: [other.pem(other.root)] }));
        expect(problem.message).toMatch(/`CN=Authority, O=Example` does not lead to a trusted one/);
        expect(await stampsOf()).toEqual([]);
      } finally {
        other.remove();
      }
    });
  });

  it.each(['ftp://example.com', 'nowhere', 'https://user:word@example.com/'])('`%s` is not asked', async (url) => {
    expect(await problemOf(stamp({ authority: url }))).toMatchObject({ code: 'timestamp-authority', exit: 'badUsage' });
  });

  it('a file that holds no certificate is refused', async () => {
    writeFileSync(join(folder.path, 'checkpoint.pem'), 'none');
    const ca = [join(folder.path, 'checkpoint.pem')];
    expect(await problemOf(stamp({ ca }))).toMatchObject({ code: 'timestamp-ca', exit: 'badUsage' });
  });

  it('a ledger without entries is not stamped', async () => {
    rmSync(join(folder.path, 'checkpoint'));
    expect(await problemOf(stamp())).toMatchObject({ code: 'ledger-none' });
  });

  describe('what is wrong with a time stamp is found', () => {
    const inFolder = (name: string) => join(folder.path, 'timestamps', name);
    const flip = (name: string, at: number) => {
      const bytes = readFileSync(inFolder(name));
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      writeFileSync(inFolder(name), bytes);
    };
    const another = async () => {
      const other = new MemoryLedger(ledger.signer);
      await other.append([record(7)]);
      return other.heads[0]!;
    };
    const cases: readonly { name: string; damage: () => void | Promise<void>; faults: readonly string[] }[] = [
      { name: 'a byte of the time stamp', damage: () => flip('1.tsr', -1), faults: ['timestamp timestamps/1.tsr'] },
      {
        name: 'a byte of its checkpoint',
        damage: () => flip('1.checkpoint', 30),
        faults: ['timestamp timestamps/1.tsr'],
      },
      {
        name: 'its checkpoint is gone',
        damage: () => rmSync(inFolder('1.checkpoint')),
        faults: ['timestamp timestamps/1.tsr'],
      },
      {
        name: 'it is empty',
        damage: () => writeFileSync(inFolder('1.tsr'), ''),
        faults: ['timestamp timestamps/1.tsr'],
      },
      {
        name: 'a checkpoint of another history, signed by the log',
        damage: async () => writeFileSync(inFolder('1.checkpoint'), await another()),
        faults: ['timestamp timestamps/1.tsr', 'forked checkpoint'],
      },
      {
        name: 'a foreign file',
        damage: () => writeFileSync(inFolder('1.txt'), ''),
        faults: ['foreign-file timestamps/1.txt'],
      },
      {
        name: 'nothing: a checkpoint whose time stamp was not written',
        damage: () => rmSync(inFolder('1.tsr')),
        faults: [],
      },
    ];
    it.each(cases)('$name', async ({ damage, faults }) => {
      await stamp();
      await grow();
      await damage();
      const report = await verify();
      expect(report.faults.map(({ code, path }) => `${code} ${path}`)).toEqual(faults);
    });

    it('a good time stamp of a history that was rewritten', async () => {
      await stamp();
      await grow();
      const rewritten = new MemoryLedger(ledger.signer);
      await rewritten.append([record(7), record(8)]);
      for (const path of await folder.files()) {
        if (!path.startsWith('timestamps/')) rmSync(join(folder.path, path));
      }
      await folder.write([...rewritten.files].map(([path, bytes]) => ({ path, bytes })));
      const report = await verify([root()]);
      expect(report.faults.map(({ code }) => code)).toEqual(['forked']);
      expect(report.timestamps).toEqual([]);
    });

    it('a certificate that leads to none of those that are trusted', async () => {
      const other = new LocalAuthority();
      try {
        await stamp();
        const report = await verify([other.pem(other.root)]);
        expect(report.faults).toMatchObject([{ code: 'timestamp', path: 'timestamps/1.tsr' }]);
        expect((await verify([other.pem(other.root), root()])).faults).toEqual([]);
      } finally {
        other.remove();
      }
    });
  });
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error('it did not fail as it should', { cause: outcome });
}
