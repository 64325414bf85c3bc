import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AsffFinding } from './hub/finding-hub.js';
import { asffFromOcsf, ocsfFromAsff } from './ocsf.js';

const label = fc.constantFrom('INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
const at = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const text = fc.string({ minLength: 1, maxLength: 40 });

/** Findings with what OCSF has a place for. */
const findings: fc.Arbitrary<AsffFinding> = fc
  .record({
    Id: text,
    ProductArn: text.map((name) => `arn:aws:securityhub:eu-west-1::product/${name}`),
    GeneratorId: text,
    Title: text,
    Description: text,
    CreatedAt: at,
    UpdatedAt: at,
    Types: fc.array(text, { maxLength: 3 }),
    Severity: label.map((Label) => ({ Label })),
    Workflow: fc.constantFrom('NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED').map((Status) => ({ Status })),
    ProductFields: fc.dictionary(text, text, { maxKeys: 3 }),
    Resources: fc.array(
      text.map((Id) => ({ Id, Type: 'AwsEc2Instance', Region: 'eu-west-1', Partition: 'aws', Tags: { team: 'a' } })),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map((made) => ({
    SchemaVersion: '2018-10-08',
    AwsAccountId: '111122223333',
    Region: 'eu-west-1',
    CompanyName: 'Example',
    RecordState: 'ACTIVE',
    ...made,
  })) as unknown as fc.Arbitrary<AsffFinding>;

describe('OCSF', () => {
  it('a finding that goes out and comes back is the same', () => {
    fc.assert(
      fc.property(findings, fc.constantFrom('PASSED', 'WARNING', 'FAILED', undefined), (finding, Status) => {
        const compliance = {
          Compliance: { Status, SecurityControlId: 'EC2.8', RelatedRequirements: ['PCI DSS v4.0.1/2.2.6'] },
        };
        const whole = (Status === undefined ? finding : { ...finding, ...compliance }) as AsffFinding;
        expect(asffFromOcsf(JSON.parse(JSON.stringify(ocsfFromAsff(whole))))).toEqual(whole);
      }),
    );
  });

  it('is read from other products', () => {
    const event = {
      class_uid: 2004,
      severity_id: 6,
      status_id: 1,
      time: 1_767_225_600_000,
      finding_info: { uid: 'f-1', title: 'a miner' },
      cloud: { provider: 'AWS', region: 'eu-west-1', account: { uid: '111122223333' } },
      metadata: { product: { name: 'Guard', vendor_name: 'Example', uid: 'guard' } },
      resources: [{ uid: 'i-1' }],
    };
    expect(asffFromOcsf(event)).toEqual({
      SchemaVersion: '2018-10-08',
      Id: 'f-1',
      ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
      ProductName: 'Guard',
      CompanyName: 'Example',
      GeneratorId: 'Guard',
      AwsAccountId: '111122223333',
      Region: 'eu-west-1',
      CreatedAt: '2026-01-01T00:00:00.000Z',
      UpdatedAt: '2026-01-01T00:00:00.000Z',
      Title: 'a miner',
      Description: '',
      Severity: { Label: 'CRITICAL' },
      Resources: [{ Id: 'i-1', Type: 'Other', Region: 'eu-west-1' }],
      Workflow: { Status: 'NEW' },
      RecordState: 'ACTIVE',
    });
  });

  it.each([
    ['another class', { class_uid: 1001 }, /`class_uid` is `1001`/],
    ['no id', { class_uid: 2003 }, /finding_info\.uid/],
    ['no account', { class_uid: 2003, finding_info: { uid: 'x' } }, /cloud\.account\.uid/],
    [
      'a time that there is not',
      { class_uid: 2003, finding_info: { uid: 'x' }, cloud: { account: { uid: '1' } }, time: 1e300 },
      /`time`/,
    ],
    ['nothing', null, /`class_uid` is `undefined`/],
  ])('one with %s is refused with the member', (_name, event, says) => {
    expect(asffFromOcsf(event)).toMatch(says);
  });

  it('never throws, and cannot smuggle in another account', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, members) => {
        asffFromOcsf(value);
        const unmapped = { asff: { ...members, AwsAccountId: '999999999999', Id: 'other' } };
        const event = {
          class_uid: 2004,
          time: 1,
          finding_info: { uid: 'own' },
          cloud: { account: { uid: '1' } },
          unmapped,
        };
        expect(asffFromOcsf(event)).toMatchObject({ AwsAccountId: '1', Id: 'own' });
      }),
    );
  });
});
