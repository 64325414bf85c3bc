import { AwsError } from '../../aws-error.js';

/** IAM's answers about things that are not there, already there, or in use. Their texts are IAM's own. */
export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });
export const alreadyExists = (message: string): AwsError =>
  new AwsError('EntityAlreadyExists', message, { status: 409 });
export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, { status: 409 });
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, { status: 409 });
export const malformedPolicy = (message: string): AwsError =>
  new AwsError('MalformedPolicyDocument', message, { status: 400 });

/** IAM's paging members. */
export function marked(page: { readonly next?: string }): {
  IsTruncated: boolean;
  Marker?: string;
} {
  return page.next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: page.next };
}

/** Policy documents travel URL-encoded. */
export function encodeDocument(document: string): string {
  try {
    JSON.parse(document);
  } catch {
    throw malformedPolicy('Syntax errors in policy.');
  }
  return encodeURIComponent(document);
}
