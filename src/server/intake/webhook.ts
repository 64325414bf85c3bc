import type { FastifyInstance } from 'fastify';
import type { Json } from '../../base/json.js';
import type { Hub } from '../../engine/hub/hub.js';
import { may } from '../access/permissions.js';
import { principalOf, type Principal } from '../access/principal.js';
import { Refusal } from '../http/api-error.js';
import { checkKeepable } from '../http/validate.js';
import type { CallNotes } from '../observe/call-notes.js';
import type { Metrics } from '../observe/metrics.js';
import { checkSignature, type SignatureProblem } from './signature.js';

/** EventBridge's largest event is 256 KB; some room for what carries it. */
const BODY_BYTES_MAX = 320 * 1024;

const refusals: Readonly<Record<SignatureProblem, { status: number; code: string; message: string }>> = {
  unsigned: { status: 401, code: 'unsigned', message: 'the event is not signed as docs/hub.md says' },
  stale: { status: 401, code: 'stale', message: 'the event was signed more than 5 minutes from now' },
  signature: { status: 401, code: 'bad-signature', message: 'the signature is not that of this event and this source' },
};

/** Where signed events come in: `POST /intake/webhook/SOURCE`, the source being the id of a `webhook` token. */
export function webhookIntake(
  app: FastifyInstance,
  hub: Hub,
  { metrics, notes }: { readonly metrics: Metrics; readonly notes: CallNotes },
): void {
  app.register((scope, _options, done) => {
    // The signature is over the bytes as they came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.post<{ Params: { source: string } }>(
      '/intake/webhook/:source',
      { bodyLimit: BODY_BYTES_MAX },
      async (request, reply) => {
        try {
          const id = await take(hub, request.params.source, request.headers, request.body, (principal) =>
            notes.cameIn(request, principal),
          );
          metrics.event('accepted');
          return await reply.code(202).send({ id });
        } catch (error) {
          metrics.event('refused');
          throw error;
        }
      },
    );
    done();
  });
}

async function take(
  hub: Hub,
  source: string,
  headers: Readonly<Record<string, unknown>>,
  body: unknown,
  cameIn: (principal: Principal) => void,
): Promise<string> {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  // Of an unknown source no more is said than of a wrong signature.
  const known = source.length <= 64 ? await hub.tokens.signing(source, 'webhook') : undefined;
  const now = hub.clock();
  const signed = checkSignature(headers, known?.secret ?? '', bytes, now);
  if (typeof signed === 'string' || known === undefined) {
    const { status, code, message } = refusals[typeof signed === 'string' ? signed : 'signature'];
    throw new Refusal(status, code, message);
  }
  const event = parsed(bytes);
  checkKeepable(event, 'body');
  const principal = await principalOf(known.token, known.token.id, hub.organization);
  cameIn(principal);
  if (!may(principal.role, 'events:send')) {
    throw new Refusal(403, 'not-allowed', `\`${principal.name}\` is \`${principal.role}\`, which may send no events`, {
      next: 'make a webhook token with the role responder',
    });
  }
  if (!(await hub.access.takeNonce(source, signed.nonce, now))) {
    throw new Refusal(409, 'replayed', 'an event with this nonce has come before');
  }
  const outcome = await hub.intake.accept(event, source, principal.accounts);
  if (outcome.kind === 'accepted') return outcome.id;
  const field = outcome.field === undefined ? {} : { field: `body.${outcome.field}` };
  throw new Refusal(outcome.code === 'account-not-allowed' ? 403 : 422, outcome.code, outcome.message, field);
}

function parsed(bytes: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new Refusal(400, 'bad-json', 'the body is not JSON in UTF-8', { field: 'body' });
  }
}
