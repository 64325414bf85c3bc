import { describe, expect, it } from 'vitest';
import { controls } from '../../controls/catalogue.js';
import type { Finding } from '../../findings/finding.js';
import { asff } from './asff.js';
import { csv } from './csv.js';
import { writerFor } from './formats.js';
import { json, jsonl } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { sarif } from './sarif.js';
import type { ReportContext, Writer } from './writer.js';

const context: ReportContext = {
  partition: 'aws',
  scannedAt: '2026-03-01T00:00:00.000Z',
  version: '0.1.0',
  controlOf: (id) => controls.find((control) => control.id === id)!,
  accountName: () => '=cmd|calc',
};

const finding: Finding = {
  id: 'arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.8/finding/01234567-89ab-8cde-8f01-23456789abcd',
  controlId: 'EC2.8',
  severity: 'HIGH',
  accountId: '111122223333',
  region: 'eu-west-1',
  resourceType: 'AWS::EC2::Instance',
  resourceArn: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1',
  status: 'FAILED',
  reasons: [{ text: 'a "quoted", <script>alert(1)</script> | reason\u0007' }],
  workflow: 'NEW',
  recordState: 'ACTIVE',
  createdAt: '2026-03-01T00:00:00.000Z',
  updatedAt: '2026-03-01T00:00:00.000Z',
  firstObservedAt: '2026-03-01T00:00:00.000Z',
  lastObservedAt: '2026-03-01T00:00:00.000Z',
};
const passed: Finding = { ...finding, id: `${finding.id}2`, status: 'PASSED', workflow: 'RESOLVED' };
const unknown: Finding = { ...finding, id: `${finding.id}3`, status: 'NOT_AVAILABLE' };
const suppressed: Finding = { ...finding, id: `${finding.id}4`, workflow: 'SUPPRESSED' };
const all = [finding, passed, unknown, suppressed];
const write = (writer: Writer, findings = all) => [...writer(findings, context)].join('');

describe('reports', () => {
  it('JSON and JSON lines say the same', () => {
    const { findings } = JSON.parse(write(json)) as { findings: unknown[] };
    expect(
      write(jsonl)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(findings);
    expect(findings).toHaveLength(4);
  });

  it('CSV cells that a spreadsheet would run are defused, and quotes doubled', () => {
    const line = write(csv, [finding]).split('\r\n')[1] ?? '';
    expect(line).toContain(`,'=cmd|calc,`);
    expect(line).toContain('"a ""quoted"", <script>');
  });

  it('Markdown shows no markup from the cloud', () => {
    expect(write(markdown)).toContain('\\<script\\>');
    expect(write(markdown)).toContain('1 passed, 1 failed, 1 could not be evaluated');
  });

  it('JUnit: failed is a failure, unknown an error, suppressed skipped, and no forbidden character stays', () => {
    const text = write(junit);
    expect(text).toContain('tests="4" failures="1" errors="1" skipped="1"');
    expect(text).not.toContain('\u0007');
    expect(text).toContain('&lt;script&gt;');
  });

  it('SARIF has one result for each open finding, with a rule and a fingerprint', () => {
    const log = JSON.parse(write(sarif)) as { runs: { results: { ruleId: string; partialFingerprints: object }[] }[] };
    expect(log.runs[0]?.results).toHaveLength(1);
    expect(log.runs[0]?.results[0]).toMatchObject({ ruleId: 'EC2.8', level: 'error' });
  });

  it('ASFF has every required member, within its limits', () => {
    const long = { ...finding, reasons: Array.from({ length: 50 }, () => ({ text: 'x'.repeat(10_000) })) };
    const [document] = JSON.parse(write(asff, [long])) as [Record<string, unknown>];
    for (const name of [
      'SchemaVersion',
      'Id',
      'ProductArn',
      'GeneratorId',
      'AwsAccountId',
      'Types',
      'CreatedAt',
      'UpdatedAt',
      'Severity',
      'Title',
      'Description',
      'Resources',
    ]) {
      expect(document, name).toHaveProperty(name);
    }
    const fields = Object.entries(document['ProductFields'] as Record<string, string>);
    expect(fields.length).toBeLessThanOrEqual(50);
    expect(fields.every(([name, value]) => name.length <= 128 && value.length <= 2048)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(240 * 1024);
    expect(document).toMatchObject({
      Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.8' },
      Resources: [{ Type: 'AwsEc2Instance' }],
    });
  });
});

it.each([
  ['a.json', json],
  ['a.asff.json', asff],
  ['A.SARIF', sarif],
  ['x/y.junit.xml', junit],
] as const)('the name `%s` chooses its format', (name, writer) => {
  expect(writerFor(name)).toBe(writer);
});
