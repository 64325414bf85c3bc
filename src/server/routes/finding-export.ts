import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { AsffFinding, FindingFilters } from '../../findings/hub/finding-hub.js';
import { ocsfFromAsff } from '../../findings/ocsf.js';
import { hubReport } from '../../integrations/hub-report.js';
import { csv } from '../../integrations/writers/csv.js';
import { json, jsonl } from '../../integrations/writers/json.js';
import { junit } from '../../integrations/writers/junit.js';
import { markdown } from '../../integrations/writers/markdown.js';
import { sarif } from '../../integrations/writers/sarif.js';
import type { Writer } from '../../integrations/writers/writer.js';
import { Refusal } from '../http/api-error.js';
import { route, type Call } from '../http/route.js';
import { scopeOf } from './finding-access.js';
import { closed, filters } from './schemas.js';

const PAGE = 100;
/** Formats with a summary or a head need all findings at once; ASFF and OCSF are written as they are read, however many there are. */
const FINDINGS_MAX = 50_000;

const writers: Readonly<Record<string, { readonly type: string; readonly writer: Writer }>> = {
  json: { type: 'application/json', writer: json },
  jsonl: { type: 'application/x-ndjson', writer: jsonl },
  csv: { type: 'text/csv; charset=utf-8', writer: csv },
  md: { type: 'text/markdown; charset=utf-8', writer: markdown },
  sarif: { type: 'application/sarif+json', writer: sarif },
  junit: { type: 'application/xml', writer: junit },
};

async function* pages(call: Pick<Call, 'hub' | 'principal'>, asked: FindingFilters | undefined) {
  let after: string | undefined;
  do {
    const page = await call.hub.findings.findings({
      limit: PAGE,
      ...(asked === undefined ? {} : { filters: asked }),
      ...(after === undefined ? {} : { after }),
      ...scopeOf(call),
    });
    yield page.findings;
    after = page.next;
  } while (after !== undefined);
}

/** A JSON array, written as it is read. */
async function* arrayText(batches: AsyncIterable<readonly AsffFinding[]>, shape: (finding: AsffFinding) => unknown) {
  let separator = '[\n';
  for await (const batch of batches) {
    for (const finding of batch) {
      yield `${separator}${JSON.stringify(shape(finding))}`;
      separator = ',\n';
    }
  }
  yield separator === '[\n' ? '[\n]\n' : '\n]\n';
}

async function collected(batches: AsyncIterable<readonly AsffFinding[]>): Promise<AsffFinding[]> {
  const all: AsffFinding[] = [];
  for await (const batch of batches) {
    all.push(...batch);
    if (all.length <= FINDINGS_MAX) continue;
    throw new Refusal(422, 'export-too-large', `there are more than ${FINDINGS_MAX} findings for this format`, {
      field: 'body.format',
      next: 'narrow it with filters, or export `asff` or `ocsf`, which have no limit',
    });
  }
  return all;
}

export const exportRoutes = [
  route({
    method: 'POST',
    url: '/api/v1/findings/export',
    permission: 'findings:read',
    summary: 'A report of findings; that it left the house is recorded',
    tag: 'findings',
    body: closed({
      format: Type.Union(['asff', 'ocsf', ...Object.keys(writers)].map((each) => Type.Literal(each))),
      filters: Type.Optional(filters),
    }),
    answer: Type.Unknown({ description: 'the report, in its own media type' }),
    handle: async (call) => {
      const { body, reply, hub } = call;
      const batches = pages(call, body.filters);
      const wanted = writers[body.format];
      reply.header('cache-control', 'no-store');
      if (wanted === undefined) {
        reply.type('application/json');
        return Readable.from(arrayText(batches, body.format === 'ocsf' ? ocsfFromAsff : (finding) => finding));
      }
      const { partition, nameOf } = hub.organization;
      const options = { partition, at: hub.clock(), version: hub.version, nameOf };
      const { findings, context } = hubReport(await collected(batches), options);
      reply.type(wanted.type);
      return Readable.from(wanted.writer(findings, context));
    },
  }),
];
