import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, Problem } from '../../base/problem.js';
import { parseCheckpoint } from '../../ledger/note/checkpoint.js';
import { REQUEST_TYPE, RESPONSE_TYPE, timestampRequest } from '../../ledger/timestamp/request.js';
import { checkTimestamp } from '../../ledger/timestamp/token.js';
import { CHECKPOINT_PATH } from '../../ledger/verify/verify-ledger.js';
import type { Timestamp } from '../../ledger/verify/verify-timestamps.js';
import type { LedgerFolder } from '../../store/ledger-folder.js';

const ANSWER_LIMIT_MS = 30_000;
/** An answer has a few kilobytes, of which the certificates are most. */
const ANSWER_MAX_BYTES = 256 * 1024;
const NONCE_BYTES = 8;
/** So many time stamps of one checkpoint are kept: of several authorities, for example. */
const STAMPS_MAX = 100;

export interface TimestampOptions {
  /** The authority's http or https URL. */
  readonly authority: string;
  /** Files of certificates that the authority's must lead to; with none, its certificate is not checked. */
  readonly ca: readonly string[];
  /** How long the whole answer may take. */
  readonly limitMs?: number;
}

/**
 * Has an authority stamp the checkpoint of a ledger, checks the answer, and keeps it beside the ledger with the checkpoint
 * that was stamped. Earlier time stamps stay.
 *
 * Source: RFC 3161, section 3.4.
 * @throws Problem `ledger-none` without a checkpoint; `timestamp-authority` when no answer comes; `timestamp-answer` when
 *   it is not a good one: nothing is kept of it.
 */
export async function timestampLedger(
  folder: LedgerFolder,
  { authority, ca, limitMs = ANSWER_LIMIT_MS }: TimestampOptions,
): Promise<Timestamp> {
  const url = checkUrl(authority);
  const trusted = await readAuthorities(ca);
  const checkpoint = await folder.read(CHECKPOINT_PATH);
  const head = checkpoint === undefined ? undefined : parseCheckpoint(checkpoint);
  if (checkpoint === undefined || head === undefined) {
    const next = '`hikeshi fix` begins a ledger; `hikeshi ledger verify` tells what is wrong with one';
    throw new Problem('ledger-none', `there is no checkpoint in \`${folder.path}\``, { next, exit: 'badUsage' });
  }
  const nonce = BigInt(`0x${randomBytes(NONCE_BYTES).toString('hex')}`);
  const answer = await post(url, timestampRequest(checkpoint, nonce), limitMs);
  const check = checkTimestamp(answer, checkpoint, { trusted, nonce });
  if (check.kind === 'bad') {
    throw new Problem('timestamp-answer', `the answer of \`${url.href}\` is not a good time stamp: ${check.text}`, {
      next: 'nothing was kept of it; ask the authority, or take another',
      exit: 'serviceError',
    });
  }
  const path = await folder.alone(async () => {
    const name = await freeName(folder, head.size);
    // The time stamp last: a checkpoint alone says nothing wrong, a time stamp alone would be a fault.
    await folder.write([
      { path: `${name}.checkpoint`, bytes: checkpoint },
      { path: `${name}.tsr`, bytes: answer },
    ]);
    return `${name}.tsr`;
  });
  const { time, by, trusted: isTrusted } = check;
  return { size: head.size, time: time.toISOString(), by, trusted: isTrusted, path };
}

/** The name after the size of the ledger; with a number, when that size was stamped before. */
async function freeName(folder: LedgerFolder, size: number): Promise<string> {
  for (let place = 1; place <= STAMPS_MAX; place++) {
    const name = `timestamps/${place === 1 ? size : `${size}-${place}`}`;
    if ((await folder.read(`${name}.tsr`)) === undefined) return name;
  }
  throw new Problem('timestamp-many', `the checkpoint of ${size} entries has \`${STAMPS_MAX}\` time stamps already`, {
    next: 'stamp again when the ledger has grown',
    exit: 'badUsage',
  });
}

/** Certificates in PEM, in DER; a file may hold several. @throws Problem `timestamp-ca`. */
export async function readAuthorities(paths: readonly string[]): Promise<Buffer[]> {
  const certificates: Buffer[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'latin1').catch(() => '');
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    try {
      if (blocks.length === 0) throw new Error('it holds no certificate in PEM');
      certificates.push(...blocks.map((block) => new X509Certificate(block).raw));
    } catch (cause) {
      throw new Problem('timestamp-ca', `the certificates in \`${path}\` cannot be read`, {
        next: 'name a file of certificates in PEM, as the authority publishes them',
        exit: 'badUsage',
        cause,
      });
    }
  }
  return certificates;
}

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new Problem('timestamp-authority', `\`${text}\` is not an http or https URL without a password`, {
    next: 'for example http://timestamp.example.com/tsr',
    exit: 'badUsage',
  });
}

async function post(url: URL, request: Buffer, limitMs: number): Promise<Buffer> {
  const signal = AbortSignal.timeout(limitMs);
  const failed = (why: string, cause?: unknown) =>
    new Problem('timestamp-authority', `the time stamping authority \`${url.href}\` ${why}`, {
      next: 'the ledger is as it was; try again, or take another authority',
      exit: 'serviceError',
      ...(cause === undefined ? {} : { cause }),
    });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': REQUEST_TYPE, accept: RESPONSE_TYPE },
      body: new Uint8Array(request),
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw failed(`answers with the HTTP status ${response.status}`);
    }
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      parts.push(part);
      bytes += part.length;
      // Leaving the loop ends the connection.
      if (bytes > ANSWER_MAX_BYTES) throw failed(`answers with more than ${ANSWER_MAX_BYTES} bytes`);
    }
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (signal.aborted) throw failed(`did not answer within ${limitMs / 1000} seconds`, error);
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw failed(`cannot be reached: ${messageOf(reason)}`, error);
  }
}
