import type { Bucket } from '../resource-types.js';
import { policyText } from './access-cases.js';

/** A policy that allows nothing and refuses plain HTTP. */
export function tlsOnly(Name: string): Partial<Bucket> {
  const arn = `arn:aws:s3:::${Name}`;
  const refusal = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return { Policy: policyText([refusal]), PolicyStatus: { IsPublic: false } };
}
