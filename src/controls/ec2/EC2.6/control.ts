import type { Stored } from '../../../base/json.js';
import type { FlowLog } from '@aws-sdk/client-ec2';
import { defineControl, failed, notAvailable, passed, type Reason } from '../../control.js';
import { asObject, asText } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

export const control = defineControl({
  id: 'EC2.6',
  title: 'VPC flow logging should be enabled in all VPCs',
  description:
    'The VPC has no active flow log that records rejected traffic. Without one, scans and blocked connection attempts leave no trace to detect or to investigate.',
  severity: 'MEDIUM',
  resourceType: 'AWS::EC2::VPC',
  needs: ['AWS::EC2::FlowLog'],
  standards: {
    cis: { '1.2': ['2.9'], '1.4': ['3.9'], '3.0': ['3.7'], '5.0': ['3.7'] },
    fsbp: true,
    pci: { '3.2.1': ['10.3.3', '10.3.4', '10.3.5', '10.3.6'] },
    nist80053: ['AC-4(26)', 'AU-12', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-7(8)'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6',
  // Participants see a shared VPC too, but cannot log it: its owner answers for it.
  appliesTo: ({ configuration, accountId }) =>
    typeof configuration.OwnerId !== 'string' || configuration.OwnerId === accountId,
  evaluate: ({ configuration, region }, surroundings) => {
    const vpcId = asText(configuration.VpcId);
    if (vpcId === undefined) return weigh([], [unclear('VpcId', configuration.VpcId)]);
    const flowLogs = surroundings
      .find('AWS::EC2::FlowLog', watchedResource, vpcId)
      .filter((flowLog) => flowLog.region === region);
    const short: Reason[] = [];
    for (const { configuration: flowLog } of flowLogs) {
      const missing = shortfall(flowLog);
      if (missing === undefined)
        return passed({ text: `${flowLog.FlowLogId ?? 'a flow log'} records rejected traffic` });
      short.push({ text: missing });
    }
    const unread = surroundings.unread('AWS::EC2::FlowLog', region);
    if (unread !== undefined) return notAvailable(unread);
    return failed({ text: `no active flow log of ${vpcId} records rejected traffic`, path: 'VpcId' }, ...short);
  },
});

const watchedResource = (flowLog: Stored<FlowLog>): string | undefined => asText(asObject(flowLog)?.['ResourceId']);

/** Why a flow log of the VPC does not count, or `undefined` when it does. */
function shortfall({ FlowLogId, FlowLogStatus, TrafficType }: Stored<FlowLog>): string | undefined {
  const name = FlowLogId ?? 'a flow log';
  if (FlowLogStatus !== 'ACTIVE') return `${name} is not active`;
  return TrafficType === 'REJECT' || TrafficType === 'ALL' ? undefined : `${name} does not record rejected traffic`;
}
