import { AwsError } from '../../aws-error.js';

/** `DryRun` asks only whether the call would be allowed; the answer is an error that says yes. */
export function dryRun(input: { readonly DryRun?: boolean | undefined }): void {
  if (input.DryRun !== true) return;
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
}
