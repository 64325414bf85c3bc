import type { Standards } from './control.js';

/** A standard as Security Hub names it in `Compliance.AssociatedStandards`, and as people name it. */
export interface Standard {
  readonly id: string;
  readonly title: string;
  /** Whether a control with these mappings belongs to it. */
  readonly includes: (standards: Standards) => boolean;
}

const cis = (version: '1.2' | '1.4' | '3.0' | '5.0', id: string): Standard => ({
  id,
  title: `CIS AWS Foundations Benchmark v${version}.0`,
  includes: (standards) => standards.cis?.[version] !== undefined,
});

const pci = (version: '3.2.1' | '4.0.1'): Standard => ({
  id: `standards/pci-dss/v/${version}`,
  title: `PCI DSS v${version}`,
  includes: (standards) => standards.pci?.[version] !== undefined,
});

/**
 * The standards that controls are mapped to. CIS v1.2.0 alone is a `ruleset`: it was Security Hub's first.
 *
 * Source: Security Hub user guide, "Standards reference".
 */
export const standards: readonly Standard[] = [
  {
    id: 'standards/aws-foundational-security-best-practices/v/1.0.0',
    title: 'AWS Foundational Security Best Practices v1.0.0',
    includes: ({ fsbp }) => fsbp === true,
  },
  cis('1.2', 'ruleset/cis-aws-foundations-benchmark/v/1.2.0'),
  cis('1.4', 'standards/cis-aws-foundations-benchmark/v/1.4.0'),
  cis('3.0', 'standards/cis-aws-foundations-benchmark/v/3.0.0'),
  cis('5.0', 'standards/cis-aws-foundations-benchmark/v/5.0.0'),
  pci('3.2.1'),
  pci('4.0.1'),
  {
    id: 'standards/nist-800-53/v/5.0.0',
    title: 'NIST SP 800-53 Revision 5',
    includes: ({ nist80053 }) => nist80053 !== undefined,
  },
];

/** The standards a control belongs to: the `StandardsId`s of ASFF's `Compliance.AssociatedStandards`. */
export function associatedStandards(mappings: Standards): string[] {
  return standards.filter(({ includes }) => includes(mappings)).map(({ id }) => id);
}
