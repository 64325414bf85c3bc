import { collectors } from '../../collectors/catalogue.js';
import { collectorsFor, readActions } from '../../collectors/operations.js';
import { typesRead, type AnyControl } from '../../controls/control.js';
import { playbooks } from '../../playbooks/catalogue.js';
import { iamAction } from '../../reference/iam-actions.js';
import type { ServiceName } from '../../reference/services.js';

/** What every command needs: to find out where it is. */
const DISCOVERY = [
  'ec2:DescribeRegions',
  'organizations:DescribeOrganization',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListRoots',
  'sts:AssumeRole',
];

/** An IAM policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: string;
  }[];
}

/**
 * The exact policy a scan needs: the actions of the collectors that produce what the controls look at. For all controls,
 * everything that is collected, so that rehearsals have it too.
 */
export function scanPolicy(controls: readonly AnyControl[], all: boolean): PolicyDocument {
  const types = new Set(controls.flatMap(typesRead));
  const actions = readActions(all ? collectors : collectorsFor(types, collectors));
  return policy('HikeshiScan', [...actions, ...DISCOVERY]);
}

/** The exact policy fixing needs: what the playbooks of the controls call, and the reads that verify them. */
export function fixPolicy(controls: readonly AnyControl[]): PolicyDocument {
  const ids = new Set(controls.map(({ id }) => id));
  const chosen = playbooks.filter((playbook) => playbook.controls.some((id) => ids.has(id)));
  const calls = chosen.flatMap((playbook) => [
    ...playbook.calls.map((name) => {
      const [service = '', operation = ''] = name.split(':');
      return iamAction(service as ServiceName, operation);
    }),
    ...(playbook.extraActions ?? []),
  ]);
  const types = new Set(controls.flatMap(typesRead));
  return policy('HikeshiFix', [...calls, ...readActions(collectorsFor(types, collectors)), ...DISCOVERY]);
}

function policy(Sid: string, actions: readonly string[]): PolicyDocument {
  const Action = [...new Set(actions)].sort();
  return { Version: '2012-10-17', Statement: [{ Sid, Effect: 'Allow', Action, Resource: '*' }] };
}

/** The policy as a CloudFormation template with a role that trusts one account: what `--org-role` assumes. */
export function roleTemplate(document: PolicyDocument, roleName: string): Record<string, unknown> {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `The role ${roleName} that Hikeshi enters this account with.`,
    Parameters: {
      TrustedAccountId: { Type: 'String', AllowedPattern: '^[0-9]{12}$', Description: 'The account Hikeshi runs in.' },
    },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: roleName,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${TrustedAccountId}:root' } },
                Action: 'sts:AssumeRole',
              },
            ],
          },
          Policies: [{ PolicyName: roleName, PolicyDocument: document }],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  };
}
