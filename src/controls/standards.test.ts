import { expect, it } from 'vitest';
import { controls } from './catalogue.js';
import { associatedStandards, standards } from './standards.js';

it('names the standards of a control as Security Hub does', () => {
  expect(associatedStandards({ cis: { '1.2': ['4.1'] }, pci: { '4.0.1': ['1.3.1'] } })).toEqual([
    'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
    'standards/pci-dss/v/4.0.1',
  ]);
  expect(associatedStandards({ fsbp: true, nist80053: ['AC-4'] })).toEqual([
    'standards/aws-foundational-security-best-practices/v/1.0.0',
    'standards/nist-800-53/v/5.0.0',
  ]);
  expect(associatedStandards({})).toEqual([]);
});

it.each(standards)('$title has at least one control', ({ id }) => {
  expect(controls.some((control) => associatedStandards(control.standards).includes(id))).toBe(true);
});
