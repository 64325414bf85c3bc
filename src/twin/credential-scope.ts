import type { WireRequest } from './protocols/wire.js';

/** What a signed request says of its signature: who, when, where, for which service. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  /** The signing name of the service. */
  readonly service: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
  readonly presigned: boolean;
}

const AUTHORIZATION =
  /Credential=([^/,\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]*)/;

/** Reads the scope from the Authorization header or, of a presigned URL, from the query. `undefined`: unsigned. */
export function credentialScope({ headers, query }: WireRequest): CredentialScope | undefined {
  const header = headers['authorization'];
  if (header !== undefined) {
    const match = AUTHORIZATION.exec(header);
    if (match === null) return undefined;
    const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
    const sessionToken = headers['x-amz-security-token'];
    return { accessKeyId, date, region, service, signedHeaders, signature, sessionToken, presigned: false };
  }
  const credential = query['X-Amz-Credential'];
  if (typeof credential !== 'string') return undefined;
  const [accessKeyId = '', date = '', region = '', service = ''] = credential.split('/');
  const text = (name: string): string | undefined => (typeof query[name] === 'string' ? query[name] : undefined);
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: text('X-Amz-SignedHeaders') ?? '',
    signature: text('X-Amz-Signature') ?? '',
    sessionToken: text('X-Amz-Security-Token'),
    presigned: true,
  };
}
