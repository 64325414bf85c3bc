import { toAsff } from '../../findings/asff.js';
import type { Writer } from './writer.js';

/** A JSON array of ASFF findings: what BatchImportFindings takes, at most 100 a call. */
export const asff: Writer = function* (findings, context) {
  yield '[';
  let separator = '\n';
  for (const finding of findings) {
    const accountName = context.accountName(finding.accountId);
    const document = toAsff(finding, context.controlOf(finding.controlId), {
      partition: context.partition,
      accountName,
    });
    yield `${separator}${JSON.stringify(document)}`;
    separator = ',\n';
  }
  yield '\n]\n';
};
