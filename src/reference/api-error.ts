import type { ApiCall } from './api-call.js';

/** What a failed call tells, whichever service, protocol or world it failed in. `Send` throws nothing else for AWS's own answers. */
export class ApiError extends Error {
  /** AWS's error code: `AccessDenied`, `NoSuchBucketPolicy`, `NetworkingError` when no answer came, `NotAnAwsAnswer` when something else did. */
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly call: ApiCall;

  constructor(call: ApiCall, code: string, message: string, status?: number, requestId?: string) {
    super(message);
    this.name = 'ApiError';
    this.call = call;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
  }
}

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'UnauthorizedOperation',
  'AllAccessDisabled',
]);

/** Whether the caller was not allowed, under any of the names AWS's services have for it. */
export function isDenied(error: ApiError): boolean {
  return DENIED.has(error.code) || (error.status === 403 && error.code !== 'NotAnAwsAnswer');
}

const THROTTLED = new Set([
  'LimitExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Whether AWS asks to be called more slowly: the same call may be answered a while later. */
export function isThrottled(error: ApiError): boolean {
  return THROTTLED.has(error.code) || error.status === 429;
}
