import { Problem } from '../../base/problem.js';
import type { ResponseQuery, ResponseRequest } from './responses.js';

const RUNS_MAX = 500;

function bad(field: string, value: unknown, wanted: string): Problem {
  return new Problem(
    'bad-response-request',
    `\`${field}\` is \`${JSON.stringify(value) ?? 'missing'}\`; it must be ${wanted}`,
    {
      next: 'correct it and ask again; nothing was begun',
      exit: 'badUsage',
    },
  );
}

/** @throws Problem `bad-response-request` naming the field. */
export function checkRequest(request: ResponseRequest, now: Date): void {
  const { id, mode, requestedBy, approvalsNeeded, expiresAt, notBefore, finding, parameters = {} } = request;
  if (typeof id !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9:._/-]{0,199}$/.test(id))
    throw bad('id', id, '1 to 200 letters, digits and :._/-');
  if (!['notify', 'ask', 'automatic'].includes(mode)) throw bad('mode', mode, 'notify, ask or automatic');
  if (typeof requestedBy !== 'string' || requestedBy === '') throw bad('requestedBy', requestedBy, 'a name');
  if (approvalsNeeded !== undefined && approvalsNeeded !== 1 && approvalsNeeded !== 2)
    throw bad('approvalsNeeded', approvalsNeeded, '1 or 2');
  for (const [field, value] of Object.entries({ expiresAt, notBefore })) {
    if (value !== undefined && Number.isNaN(Date.parse(value))) throw bad(field, value, 'a time in ISO 8601');
  }
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime())
    throw bad('expiresAt', expiresAt, 'in the future');
  if (expiresAt !== undefined && notBefore !== undefined && Date.parse(expiresAt) <= Date.parse(notBefore)) {
    throw bad('expiresAt', expiresAt, 'after `notBefore`');
  }
  for (const field of ['id', 'controlId', 'accountId', 'region', 'resourceType', 'resourceArn', 'severity'] as const) {
    const value: unknown = finding?.[field];
    if (typeof value !== 'string' || value === '') throw bad(`finding.${field}`, value, 'a text');
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string') throw bad(`parameters.${name}`, value, 'a text');
  }
}

/** @returns the place after which to go on. @throws Problem `bad-response-request` naming the field. */
export function checkQuery({ limit, after }: ResponseQuery): { requestedAt: string; id: string } | undefined {
  if (!Number.isInteger(limit) || limit < 1 || limit > RUNS_MAX) throw bad('limit', limit, `1 to ${RUNS_MAX}`);
  if (after === undefined) return undefined;
  const slash = after.indexOf('/');
  const requestedAt = after.slice(0, slash);
  if (slash < 1 || Number.isNaN(Date.parse(requestedAt))) throw bad('after', after, 'the `next` of a page');
  return { requestedAt, id: after.slice(slash + 1) };
}
