import type { Severity } from '../../controls/control.js';
import { isOpen, shortId, type Finding } from '../../findings/finding.js';
import type { ReportContext, Writer } from './writer.js';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  CRITICAL: 'error',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  INFORMATIONAL: 'note',
};

/** GitHub's `security-severity`: the numbers that users of cloud scanners already see. */
const SCORE: Readonly<Record<Severity, string>> = {
  CRITICAL: '9.0',
  HIGH: '7.0',
  MEDIUM: '4.0',
  LOW: '2.0',
  INFORMATIONAL: '0.0',
};

/**
 * SARIF 2.1.0 (OASIS) of the open findings, as GitHub code scanning reads it: stable rule ids, a fingerprint that is
 * the finding's id, and a file location. A cloud finding has no file of its own, so the location is the estate file.
 */
export const sarif: Writer = function* (findings, context) {
  const open = [...findings].filter(isOpen);
  const rules = [...new Set(open.map(({ controlId }) => controlId))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Hikeshi', version: context.version, rules: rules.map((id) => rule(id, context)) } },
        results: open.map((finding) => result(finding, rules.indexOf(finding.controlId), context)),
      },
    ],
  };
  yield `${JSON.stringify(log, undefined, 1)}\n`;
};

function rule(id: string, context: ReportContext): Record<string, unknown> {
  const control = context.controlOf(id);
  return {
    id,
    name: id,
    shortDescription: { text: control.title },
    fullDescription: { text: control.description },
    helpUri: control.url,
    defaultConfiguration: { level: LEVEL[control.severity] },
    properties: { 'security-severity': SCORE[control.severity], tags: ['security', 'aws'] },
  };
}

function result(finding: Finding, ruleIndex: number, context: ReportContext): Record<string, unknown> {
  const why = finding.reasons.map(({ text }) => text).join('; ');
  const account = `${finding.accountId} (${context.accountName(finding.accountId)})`;
  return {
    ruleId: finding.controlId,
    ruleIndex,
    level: LEVEL[finding.severity],
    message: { text: `${finding.resourceArn} in account ${account}: ${why}` },
    partialFingerprints: { 'hikeshiFindingId/v1': shortId(finding) + finding.id.slice(-12) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: context.estateFile ?? 'hikeshi-estate' },
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: finding.resourceArn, kind: 'resource' }],
      },
    ],
  };
}
