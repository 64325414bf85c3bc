import { messageOf, Problem } from '../../base/problem.js';
import { AwsError } from '../../twin/aws-error.js';
import { Refusal, type ErrorBody } from './api-error.js';

/** The statuses of problems by their code; of others by how a command would end. */
const statuses: Readonly<Record<string, number>> = {
  'unknown-run': 404,
  'unknown-wave': 404,
  'wave-exists': 409,
  'settings-changed': 409,
  'not-awaiting-approval': 409,
  'proposal-changed': 409,
  'already-approved': 409,
  'not-possible-now': 409,
  'kill-switch-engaged': 409,
  'own-request': 403,
  'not-yours': 403,
  'database-unreachable': 503,
  'database-full': 507,
  'database-read-only': 503,
  'database-forbidden': 503,
};

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers?: Readonly<Record<string, string>>;
  /** A bug or a broken world: told to who runs the hub, not to who called it. */
  readonly unexpected: boolean;
}

/** What a caller is answered when something was thrown. Nothing of a bug is told: it may hold anything. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof Refusal)
    return { status: error.status, body: error.body, headers: error.headers, unexpected: false };
  if (error instanceof Problem) return problem(error);
  if (error instanceof AwsError) {
    const code = error.code.replace(/Exception$/, '').replace(/(?<=[a-z0-9])[A-Z]/g, '-$&');
    const body = { code: code.toLowerCase(), message: error.message };
    return { status: error.status ?? 400, body, unexpected: (error.status ?? 400) >= 500 };
  }
  return framework(error) ?? database(error) ?? unexpected();
}

function problem({ code, message, next, exit }: Problem): ErrorAnswer {
  const status = statuses[code] ?? (exit === 'badUsage' ? 400 : exit === 'badConfiguration' ? 503 : 422);
  return { status, body: { code, message, ...(next === undefined ? {} : { next }) }, unexpected: status >= 500 };
}

/** Fastify's own refusals, by name. */
const framed: Readonly<Record<string, { status: number; code: string; next?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'body-too-large', next: 'send it in smaller parts' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, code: 'media-type', next: 'send application/json' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, code: 'content-length' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'bad-json', next: 'send a JSON body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'bad-json' },
};

function framework(error: unknown): ErrorAnswer | undefined {
  const { code = '', statusCode } = error as { code?: string; statusCode?: number };
  const known = framed[code];
  if (known !== undefined) {
    const { status, next } = known;
    const body = { code: known.code, message: messageOf(error), ...(next === undefined ? {} : { next }) };
    return { status, body, unexpected: false };
  }
  if (error instanceof SyntaxError && statusCode === 400) {
    return { status: 400, body: { code: 'bad-json', message: messageOf(error) }, unexpected: false };
  }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  return { status: statusCode, body: { code: 'bad-request', message: messageOf(error) }, unexpected: false };
}

/** Source: PostgreSQL manual, appendix A: class 08 connection, 57P shutdown, 53 resources (53100: disk full). */
function database(error: unknown): ErrorAnswer | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code !== 'string') return undefined;
  if (code === '53100') {
    const next = 'nothing that was acknowledged is lost; free space and send it again';
    const body = { code: 'storage-full', message: "the database's disk is full", next };
    return { status: 507, body, unexpected: true };
  }
  if (!/^(08|57P|53)|^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/.test(code)) return undefined;
  const body = { code: 'database-unreachable', message: 'the database does not answer', next: 'try again soon' };
  return { status: 503, body, headers: { 'retry-after': '5' }, unexpected: true };
}

function unexpected(): ErrorAnswer {
  const message = 'something went wrong inside the hub; its log has the request id';
  return { status: 500, body: { code: 'internal', message }, unexpected: true };
}
