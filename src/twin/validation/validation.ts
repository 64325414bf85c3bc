import { constraintsOf } from '../../reference/constraints.js';
import type { ServiceName } from '../../reference/services.js';
import type { OperationModel, Protocol } from '../protocols/service-model.js';
import { Checks, type Extent } from './check.js';
import { refusal } from './refusal.js';

/** Refuses an input that AWS would refuse before it looks at any resource. */
export type Validation = (
  protocol: Protocol,
  operation: OperationModel,
  input: Readonly<Record<string, unknown>>,
) => void;

const EVERYTHING: Extent = { enums: true, lengths: true, patterns: true, ranges: true, opaque: new Set() };

/** Services that look at less, or let an operation judge for itself. */
const extents: { readonly [Name in ServiceName]?: Extent } = {
  ec2: { ...EVERYTHING, lengths: false, patterns: false },
  // A region newer than the SDK is a location that S3 knows: CreateBucket judges it.
  s3: { ...EVERYTHING, lengths: false, patterns: false, ranges: false, opaque: new Set(['CreateBucketConfiguration']) },
  s3control: { ...EVERYTHING, lengths: false, patterns: false, ranges: false },
  // BatchImportFindings takes the good findings and lists the bad ones in its answer.
  securityhub: { ...EVERYTHING, opaque: new Set(['AwsSecurityFinding']) },
};

const REQUIRED_ONLY: Extent = { enums: false, lengths: false, patterns: false, ranges: false, opaque: new Set() };

/**
 * The validation of one service: required members, and the constraints of the generated file.
 *
 * @param constraints `ignored` checks only required members: for values newer than the file.
 * @throws (the validation) AwsError with the service's own code and text.
 */
export async function validationOf(service: ServiceName, constraints: 'enforced' | 'ignored'): Promise<Validation> {
  const checks =
    constraints === 'enforced'
      ? new Checks(await constraintsOf(service), extents[service] ?? EVERYTHING)
      : new Checks(new Map(), REQUIRED_ONLY);
  return (protocol, operation, input) => {
    const [first, ...others] = checks.breachesOf(operation.input, input);
    if (first === undefined) return;
    const traitsOf = (name: string) => operation.input.members.find((member) => member.name === name)?.traits;
    throw refusal(service, protocol, [first, ...others], traitsOf);
  };
}
