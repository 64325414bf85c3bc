import type { Policy } from '../../policy/document/policy.js';
import { accessRequest } from '../../policy/evaluate/access-request.js';
import { applyingStatements, policiesAllow } from '../../policy/evaluate/policy-allows.js';
import { allowsAll } from '../../policy/questions/allows-all.js';
import { allowsOf, readingOf, statementsText, withoutConditions } from '../policy-document.js';
import type { DocumentFindings } from './managed-policy-verdict.js';

/** A request for something that no policy names: what allows it allows whatever it does not take out by name. */
export const unnamedRequest = accessRequest({
  principal: { kind: 'user', arn: 'arn:aws:iam::999988887777:user/somebody', accountId: '999988887777' },
  action: 'unnamed:anything',
  resource: 'arn:aws:unnamed:nowhere:999988887777:anything',
});

const EVERYTHING = { actions: [], resources: [] };
const ALL_OF_IAM = { actions: ['iam:*'], resources: [] };

/**
 * Whether a document makes a full administrator. It does when it allows what it does not name, and
 *
 * - its allows together are every action on every resource (what is then denied by name leaves an administrator), or
 * - it allows all of IAM: whoever has that gives himself the rest.
 *
 * The first question is one request and lets nearly every policy go; the proofs are for those that are left.
 */
export function findFullAdministrator(policy: Policy): DocumentFindings {
  const bare = withoutConditions(policy);
  if (!policiesAllow([bare], unnamedRequest)) return {};
  const subject = statementsText(applyingStatements([bare], unnamedRequest).allows);
  const all = allowsAll([allowsOf(bare)], EVERYTHING);
  if (all.kind === 'yes') return { wrong: `every action on every resource is allowed, by ${subject}` };
  const iam = allowsAll([bare], ALL_OF_IAM);
  if (iam.kind === 'yes') {
    return { wrong: `everything that is not named is allowed, by ${subject}, and all of IAM, which gives the rest` };
  }
  const open = [all, iam].find(({ kind }) => kind === 'undetermined');
  return open?.kind === 'undetermined' ? { open: `whether it allows everything stayed open: ${open.reason}` } : {};
}

/** `findFullAdministrator` of a text, remembered. */
export const readFullAdministrator = readingOf(findFullAdministrator);
