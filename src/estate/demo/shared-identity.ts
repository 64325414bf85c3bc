import { GLOBAL } from '../estate.js';
import { PARTNER_ACCOUNT, policyText } from './access-cases.js';
import { role } from './identity.js';
import { customerKey } from './keys.js';
import type { Plot } from './plot.js';

/** Roles that others may assume: by their trust policies alone. */
export function sharedRoles(plot: Plot): void {
  for (const { name, statements, ...truth } of plot.cases('sts')) {
    const trust = { Version: '2012-10-17', Statement: statements(['sts:AssumeRole'], undefined) };
    plot.note('AWS::IAM::Role', role(plot.site, name, trust), truth, GLOBAL);
  }
}

/** Keys that others may use: by statements beside the one every key policy has. Answers their ARNs by case. */
export function sharedKeys(plot: Plot): ReadonlyMap<string, string> {
  const { site, region } = plot;
  const own = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: site.arn('iam', '', 'root') },
    Action: 'kms:*',
    Resource: '*',
  };
  const arns = new Map<string, string>();
  for (const { name, statements, ...truth } of plot.cases('kms')) {
    const Policy = policyText([own, ...statements(['kms:Decrypt', 'kms:DescribeKey'], '*')]);
    const arn = customerKey(site, region, name, true, () => ({ Policy }));
    plot.note('AWS::KMS::Key', arn, truth);
    arns.set(name, arn);
  }
  return arns;
}

/** Keys whose policies are closed and whose grants are what lets somebody use them. */
export function grantedKeys(plot: Plot): void {
  const { site, region } = plot;
  const partner = `arn:aws:iam::${PARTNER_ACCOUNT}:role/backup`;
  const grantees = [
    {
      name: 'granted-to-partner',
      grantee: partner,
      verdict: 'external',
      reason: `a grant lets ${partner} decrypt, which is not of the organization`,
    },
    {
      name: 'granted-to-own-account',
      grantee: `arn:aws:iam::${site.managementAccountId}:role/BackupOperator`,
      verdict: 'internal',
      reason: 'the one principal that a grant names is of the organization',
    },
  ] as const;
  for (const { name, grantee, ...truth } of grantees) {
    const GrantId = site.random.hex(32);
    const grant = (KeyId: string) => ({
      KeyId,
      GrantId,
      Name: name,
      CreationDate: site.daysAgo(90),
      GranteePrincipal: grantee,
      IssuingAccount: site.arn('iam', '', 'root'),
      Operations: ['Decrypt' as const, 'DescribeKey' as const],
    });
    const arn = customerKey(site, region, name, true, (own) => ({ Grants: [grant(own)] }));
    plot.note('AWS::KMS::Key', arn, truth);
  }
}
