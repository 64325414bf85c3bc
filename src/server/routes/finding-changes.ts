import { Type } from '@sinclair/typebox';
import { suppressFinding } from '../../engine/hub/suppress-findings.js';
import type { Actor, AsffFinding, FindingChange } from '../../findings/hub/finding-hub.js';
import { asffFromOcsf } from '../../findings/ocsf.js';
import { scopedFindings } from '../access/scoped-findings.js';
import { Refusal } from '../http/api-error.js';
import { route } from '../http/route.js';
import { invalidField } from '../http/validate.js';
import { findingOf, scopeOf } from './finding-access.js';
import { asff, closed, identifier, identifiers, outcome, timestamp } from './schemas.js';

const tag = 'findings';
/** 100 findings of 240 KB, as BatchImportFindings takes them, and the JSON around them. */
const IMPORT_BYTES_MAX = 26 * 1024 * 1024;

const severity = closed({
  Label: Type.Optional(
    Type.Union(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'].map((each) => Type.Literal(each))),
  ),
  Normalized: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
});
const change = closed({
  Confidence: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  Criticality: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  Note: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  RelatedFindings: Type.Optional(Type.Array(identifier, { maxItems: 10 })),
  Severity: Type.Optional(severity),
  Types: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 50 })),
  UserDefinedFields: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.String({ maxLength: 1024 }), { maxProperties: 50 }),
  ),
  VerificationState: Type.Optional(
    Type.Union(['UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE'].map((each) => Type.Literal(each))),
  ),
  Workflow: Type.Optional(
    closed({
      Status: Type.Union(['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'].map((each) => Type.Literal(each))),
    }),
  ),
});
const outcomes = Type.Object({ outcomes: Type.Array(outcome, { description: 'in the order of what was sent' }) });

export const findingChangeRoutes = [
  route({
    method: 'POST',
    url: '/api/v1/findings/import',
    permission: 'findings:import',
    summary: 'Import 1 to 100 findings in ASFF or OCSF, by the rule of BatchImportFindings; each is answered by itself',
    tag,
    bodyBytesMax: IMPORT_BYTES_MAX,
    body: closed({
      format: Type.Optional(Type.Union([Type.Literal('asff'), Type.Literal('ocsf')], { default: 'asff' })),
      findings: Type.Array(asff, { minItems: 1, maxItems: 100 }),
    }),
    answer: outcomes,
    handle: async ({ hub, principal, body }) => {
      const actor: Actor = { type: 'BATCH_IMPORT_FINDINGS', identity: principal.name };
      const context = { actor, now: hub.clock() };
      const read = body.findings.map((each) => (body.format === 'ocsf' ? asffFromOcsf(each) : each));
      const good = read.filter((each): each is AsffFinding => typeof each !== 'string');
      const imported =
        good.length === 0 ? [] : await scopedFindings(hub.findings, principal).importFindings(good, context);
      const made = imported.values();
      return {
        outcomes: read.map((each, index) => {
          const field = `body.findings.${index}`;
          if (typeof each === 'string') return { kind: 'refused', code: 'InvalidInput', message: each, field };
          const result = made.next().value ?? { kind: 'unchanged' as const };
          const given = each.Id;
          const Id = typeof given === 'string' ? { Id: given } : {};
          if (result.kind !== 'refused') return { kind: result.kind, ...Id };
          return { kind: 'refused', ...Id, code: result.code, message: result.message, field };
        }),
      };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/findings/update',
    permission: 'findings:change',
    summary: 'Change 1 to 100 findings alike, by the rule of BatchUpdateFindings; each is answered by itself',
    tag,
    body: closed({
      identifiers,
      change,
      reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    }),
    answer: outcomes,
    handle: async (call) => {
      const { hub, principal, body } = call;
      const { Note, ...rest } = body.change;
      if (Object.keys(body.change).length === 0) throw invalidField('body.change', 'it must change something');
      const noted = Note === undefined ? {} : { Note: { Text: Note, UpdatedBy: principal.name } };
      const reason = body.reason === undefined ? {} : { reason: body.reason };
      const actor: Actor = { type: 'BATCH_UPDATE_FINDINGS', identity: principal.name, ...reason };
      const context = { actor, now: hub.clock(), ...scopeOf(call) };
      const results = await hub.findings.changeFindings(
        body.identifiers,
        { ...rest, ...noted } as FindingChange,
        context,
      );
      return {
        outcomes: results.map((result, index) => {
          const Id = body.identifiers[index]?.Id ?? '';
          if (result.kind === 'changed') return { kind: 'changed', Id };
          return {
            kind: 'refused',
            Id,
            code: result.code,
            message: result.message,
            field: `body.identifiers.${index}`,
          };
        }),
      };
    },
  }),
  route({
    method: 'POST',
    url: '/api/v1/findings/suppress',
    permission: 'findings:change',
    summary: 'Suppress 1 to 100 findings for a reason, until a day or for ever',
    tag,
    body: closed({
      identifiers,
      reason: Type.String({ minLength: 3, maxLength: 512 }),
      until: Type.Optional(timestamp),
    }),
    answer: outcomes,
    handle: async (call) => {
      const { hub, principal, body } = call;
      const { reason, until } = body;
      const now = hub.clock();
      if (until !== undefined && !(Date.parse(until) > now.getTime())) {
        throw invalidField('body.until', 'it must be in the future');
      }
      const made = [];
      for (const [index, wanted] of body.identifiers.entries()) {
        const field = `body.identifiers.${index}`;
        const found = await findingOf(call, wanted).catch((error: unknown) => {
          if (error instanceof Refusal) return undefined;
          throw error;
        });
        if (found === undefined) {
          made.push({ kind: 'refused', Id: wanted.Id, code: 'FindingNotFound', message: 'Finding Not Found', field });
          continue;
        }
        const suppression = { reason, by: principal.name, ...(until === undefined ? {} : { until }) };
        const result = await suppressFinding(hub.findings, found, suppression, { now, ...scopeOf(call) });
        made.push(
          result.kind === 'changed'
            ? { kind: 'changed', Id: wanted.Id }
            : { kind: 'refused', Id: wanted.Id, code: result.code, message: result.message, field },
        );
      }
      return { outcomes: made };
    },
  }),
];
