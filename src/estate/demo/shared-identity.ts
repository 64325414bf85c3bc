import { policyText } from './access-cases.js';
import { role } from './identity.js';
import { customerKey } from './keys.js';
import type { Plot } from './plot.js';

/** Roles that others may assume: by their trust policies alone. */
export function sharedRoles(plot: Plot): void {
  for (const { name, statements, ...truth } of plot.cases('sts')) {
    const trust = { Version: '2012-10-17', Statement: statements(['sts:AssumeRole'], undefined) };
    plot.noteGlobal('AWS::IAM::Role', role(plot.site, name, trust), truth);
  }
}

/** Keys that others may use: by statements beside the one every key policy has. */
export function sharedKeys(plot: Plot): void {
  const { site, region } = plot;
  const own = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: site.arn('iam', '', 'root') },
    Action: 'kms:*',
    Resource: '*',
  };
  for (const { name, statements, ...truth } of plot.cases('kms')) {
    const Policy = policyText([own, ...statements(['kms:Decrypt', 'kms:DescribeKey'], '*')]);
    plot.note('AWS::KMS::Key', customerKey(site, region, name, true, { Policy }), truth);
  }
}
