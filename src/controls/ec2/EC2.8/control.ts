import { because, defineControl, failed, passed } from '../../control.js';
import { asObject } from '../../shape.js';
import { unclear, weigh } from '../../weigh.js';

const path = 'MetadataOptions.HttpTokens';

/** An instance on its way out cannot be changed any more, and is gone within minutes. */
const ending: ReadonlySet<unknown> = new Set(['shutting-down', 'terminated']);

export const control = defineControl({
  id: 'EC2.8',
  title: 'EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)',
  description:
    'The instance still answers metadata requests without a session token (IMDSv1). A server-side request forgery or an open proxy on it can then read the credentials of its role.',
  severity: 'HIGH',
  resourceType: 'AWS::EC2::Instance',
  standards: {
    cis: { '3.0': ['5.6'], '5.0': ['5.7'] },
    fsbp: true,
    pci: { '4.0.1': ['2.2.6'] },
    nist80053: ['AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'],
  },
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8',
  appliesTo: ({ configuration }) => !ending.has(configuration.State?.Name),
  evaluate: ({ configuration }) => {
    const options = asObject(configuration.MetadataOptions);
    if (options === undefined) return weigh([], [unclear('MetadataOptions', configuration.MetadataOptions)]);
    const tokens = options['HttpTokens'];
    if (tokens === 'required') return passed(because(path, tokens, 'IMDSv2 is required'));
    if (tokens === 'optional') return failed(because(path, tokens, 'IMDSv1 is allowed: HttpTokens is optional'));
    return weigh([], [unclear(path, tokens)]);
  },
});
