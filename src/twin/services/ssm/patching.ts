import type { Context } from '../../context.js';

/** What AWS-RunPatchBaseline's parameters ask for. */
export interface PatchRequest {
  readonly operation: 'Scan' | 'Install';
  readonly reboot: 'RebootIfNeeded' | 'NoReboot';
}

export function patchRequest(parameters: Readonly<Record<string, readonly string[]>> | undefined): PatchRequest {
  return {
    operation: parameters?.['Operation']?.[0] === 'Install' ? 'Install' : 'Scan',
    reboot: parameters?.['RebootOption']?.[0] === 'NoReboot' ? 'NoReboot' : 'RebootIfNeeded',
  };
}

/**
 * What the document does to an instance's patch state. Scan refreshes the operation's times. Install installs all that is
 * missing or failed. The estate does not say which patches need a reboot, so NoReboot leaves the count of those pending
 * as it was; a reboot clears it.
 */
export function patch(context: Context, instanceId: string, { operation, reboot }: PatchRequest): void {
  const table = context.table('AWS::SSM::PatchCompliance');
  const arn = context.arn(`patch-compliance/${instanceId}`);
  if (table.get(arn) === undefined) return;
  const at = context.now.toISOString();
  table.edit(arn, (state) => {
    state.Operation = operation;
    state.OperationStartTime = at;
    state.OperationEndTime = at;
    if (operation === 'Scan') return;
    const installed = (state.MissingCount ?? 0) + (state.FailedCount ?? 0);
    state.InstalledCount =
      (state.InstalledCount ?? 0) + installed + (reboot === 'NoReboot' ? 0 : (state.InstalledPendingRebootCount ?? 0));
    state.MissingCount = 0;
    state.FailedCount = 0;
    state.CriticalNonCompliantCount = 0;
    state.SecurityNonCompliantCount = 0;
    state.OtherNonCompliantCount = 0;
    if (reboot === 'RebootIfNeeded') {
      state.InstalledPendingRebootCount = 0;
      state.LastNoRebootInstallOperationTime = undefined;
    } else state.LastNoRebootInstallOperationTime = at;
    state.RebootOption = reboot;
  });
}
