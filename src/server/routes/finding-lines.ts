import { Type } from '@sinclair/typebox';
import { messageOf, Problem } from '../../base/problem.js';
import type { ImportedLines } from '../../engine/hub/line-import.js';
import { Refusal } from '../http/api-error.js';
import { route } from '../http/route.js';
import { BodyCut, type CutReason, type StreamedBody } from '../http/streamed-body.js';
import { scopeOf } from './finding-access.js';

/** After a refusal the client may still be sending: it is let read the answer for so long. */
const LINGER_MS = 5_000;

const statuses: Readonly<Record<CutReason, number>> = { 'broken-off': 400, 'body-too-large': 413, 'too-slow': 408 };

const count = Type.Integer({ minimum: 0 });

export const lineImportRoutes = [
  route({
    method: 'POST',
    url: '/api/v1/findings/import-lines',
    permission: 'findings:import',
    summary:
      'Import findings in ASFF as JSON lines, however many, by the rule of BatchImportFindings; the same again changes nothing',
    tag: 'findings',
    streams: 'application/x-ndjson',
    body: Type.Unsafe<StreamedBody>({
      type: 'string',
      description: 'a finding in ASFF a line; blank lines are passed over',
    }),
    answer: Type.Object({
      ...{ created: count, updated: count, unchanged: count, refused: count },
      lines: Type.Integer({ minimum: 0, description: 'how many came, blank ones too' }),
      sha256: Type.String({ description: 'of the body as it came in' }),
      refusals: Type.Array(
        Type.Object({ line: Type.Integer({ minimum: 1 }), code: Type.String(), message: Type.String() }),
        { description: 'the first hundred' },
      ),
    }),
    handle: async (call) => {
      const { hub, principal, body, request, recordEnd } = call;
      const actor = { type: 'BATCH_IMPORT_FINDINGS', identity: principal.name } as const;
      const { cut, ...tally } = await hub
        .importLines(body.chunks(), { actor, ...scopeOf(call) })
        .finally(() => linger(request.raw));
      const { created, updated, unchanged, refused, refusals, lines } = tally;
      const sha256 = body.digest();
      const told = cut === undefined ? {} : { cut: messageOf(cut) };
      const imported = { created, updated, unchanged, refused, bytes: body.bytes, ...told };
      await recordEnd({ bodySha256: sha256, imported });
      if (cut !== undefined) throw refusalOf(cut, tally);
      return { created, updated, unchanged, refused, lines, sha256, refusals: [...refusals] };
    },
  }),
];

/** Why it ended early, and what is imported nevertheless. */
function refusalOf(cut: unknown, { created, updated, unchanged, refused, lines }: Omit<ImportedLines, 'cut'>): unknown {
  const before = `before, in ${lines} lines: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
  const next = 'what came before is imported; sent again, it is unchanged';
  if (cut instanceof BodyCut) {
    return new Refusal(statuses[cut.reason], cut.reason, `${cut.message}; ${before}`, { next });
  }
  if (!(cut instanceof Problem)) return cut;
  return new Refusal(400, cut.code, `line ${lines + 1}: ${cut.message}; ${before}`, { next: cut.next ?? next });
}

/** Reads on for a while what nobody uses: a connection that is closed on somebody who writes takes the answer with it. */
function linger(request: {
  readonly complete: boolean;
  resume(): unknown;
  readonly socket: { destroy(): unknown };
}): void {
  if (request.complete) return;
  request.resume();
  setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
}
