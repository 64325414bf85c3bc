import { readFile } from 'node:fs/promises';
import { messageOf, Problem } from '../../base/problem.js';
import type { LastAccessed, ServiceLastAccessed } from '../../policy/questions/last-accessed.js';

/**
 * IAM's last-accessed data of several identities from a file: an object of ARN → what `aws iam
 * get-service-last-accessed-details` answered for it.
 *
 * @throws Problem `unreadable-file`; `bad-record` with the field.
 */
export async function readLastAccessed(path: string): Promise<LastAccessed> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Problem('unreadable-file', `\`${path}\` cannot be read: ${messageOf(error)}`, { exit: 'badUsage' });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(path, `it is not JSON: ${messageOf(error)}`);
  }
  return new Map(Object.entries(object(path, value, '$')).map(([arn, one]) => [arn, servicesOf(path, arn, one)]));
}

function servicesOf(path: string, arn: string, value: unknown): ServiceLastAccessed[] {
  if (!arn.startsWith('arn:')) throw bad(path, `\`${arn}\` is no ARN`);
  const { JobStatus, IsTruncated, ServicesLastAccessed } = object(path, value, arn);
  if (JobStatus !== undefined && JobStatus !== 'COMPLETED') throw bad(path, `\`${arn}.JobStatus\` is not COMPLETED`);
  if (IsTruncated === true) throw bad(path, `\`${arn}.IsTruncated\` is true: services are missing`);
  return list(path, ServicesLastAccessed, `${arn}.ServicesLastAccessed`).map((given, place) => {
    const at = `${arn}.ServicesLastAccessed[${place}]`;
    const { ServiceNamespace, LastAuthenticated, TrackedActionsLastAccessed: tracked } = object(path, given, at);
    const lastAuthenticated = time(path, LastAuthenticated, `${at}.LastAuthenticated`);
    const actions =
      tracked === undefined
        ? undefined
        : list(path, tracked, `${at}.TrackedActionsLastAccessed`).map((one, index) => {
            const inside = `${at}.TrackedActionsLastAccessed[${index}]`;
            const { ActionName, LastAccessedTime } = object(path, one, inside);
            const lastAccessed = time(path, LastAccessedTime, `${inside}.LastAccessedTime`);
            const name = said(path, ActionName, `${inside}.ActionName`);
            return { name, ...(lastAccessed === undefined ? {} : { lastAccessed }) };
          });
    return {
      namespace: said(path, ServiceNamespace, `${at}.ServiceNamespace`),
      ...(lastAuthenticated === undefined ? {} : { lastAuthenticated }),
      ...(actions === undefined ? {} : { actions }),
    };
  });
}

function object(path: string, value: unknown, at: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad(path, `\`${at}\` is no object`);
}

function list(path: string, value: unknown, at: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(path, `\`${at}\` is not a list`);
}

function said(path: string, value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw bad(path, `\`${at}\` is no text`);
}

function time(path: string, value: unknown, at: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value;
  throw bad(path, `\`${at}\` is no time`);
}

function bad(path: string, why: string): Problem {
  return new Problem('bad-record', `\`${path}\`: ${why}`, {
    next: 'give an object of ARN → what `aws iam get-service-last-accessed-details` answered',
    exit: 'badUsage',
  });
}
