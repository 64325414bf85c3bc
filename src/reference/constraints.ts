import { gunzipSync } from 'node:zlib';
import { services, type ServiceName } from './services.js';

/** What AWS states of one input value. Lengths of text, bytes, lists and maps; ranges of numbers. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
  /** A Java regular expression that the whole text must match. */
  readonly pattern?: string;
  readonly values?: readonly string[];
  /** Of each item of a list. */
  readonly item?: Constraint;
  /** Of each key and each value of a map. */
  readonly key?: Constraint;
  readonly value?: Constraint;
}

/** Structure name → member name → what must hold of it. */
export type Constraints = ReadonlyMap<string, ReadonlyMap<string, Constraint>>;

/** A constraint as the generated file has it: patterns and enums are named once and referred to. */
interface Packed extends Omit<Constraint, 'pattern' | 'values' | 'item' | 'key' | 'value'> {
  readonly pattern?: number;
  readonly enum?: string;
  readonly item?: Packed;
  readonly key?: Packed;
  readonly value?: Packed;
}

interface File {
  readonly patterns: readonly string[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly structures: Readonly<Record<string, Readonly<Record<string, Packed>>>>;
}

const files: { readonly [Name in ServiceName]: () => Promise<{ readonly packed: string }> } = {
  accessanalyzer: () => import('./generated/constraints/accessanalyzer.js'),
  cloudtrail: () => import('./generated/constraints/cloudtrail.js'),
  cloudwatch: () => import('./generated/constraints/cloudwatch.js'),
  config: () => import('./generated/constraints/config.js'),
  dynamodb: () => import('./generated/constraints/dynamodb.js'),
  ec2: () => import('./generated/constraints/ec2.js'),
  ecr: () => import('./generated/constraints/ecr.js'),
  efs: () => import('./generated/constraints/efs.js'),
  events: () => import('./generated/constraints/events.js'),
  iam: () => import('./generated/constraints/iam.js'),
  kms: () => import('./generated/constraints/kms.js'),
  lambda: () => import('./generated/constraints/lambda.js'),
  logs: () => import('./generated/constraints/logs.js'),
  organizations: () => import('./generated/constraints/organizations.js'),
  rds: () => import('./generated/constraints/rds.js'),
  s3: () => import('./generated/constraints/s3.js'),
  s3control: () => import('./generated/constraints/s3control.js'),
  secretsmanager: () => import('./generated/constraints/secretsmanager.js'),
  securityhub: () => import('./generated/constraints/securityhub.js'),
  sns: () => import('./generated/constraints/sns.js'),
  sqs: () => import('./generated/constraints/sqs.js'),
  ssm: () => import('./generated/constraints/ssm.js'),
  sts: () => import('./generated/constraints/sts.js'),
};

/**
 * The constraints on a service's inputs, which the SDK's schemas leave out. The enum values that the installed SDK
 * knows are added to those of the file, so that a value newer than the file is not refused.
 */
export async function constraintsOf(service: ServiceName): Promise<Constraints> {
  const [{ packed }, module] = await Promise.all([files[service](), services[service].load()]);
  const file = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) as File;
  const exported = module as unknown as Readonly<Record<string, unknown>>;
  const enums = new Map<string, readonly string[]>();
  const valuesOf = (name: string): readonly string[] => {
    const known = enums.get(name) ?? [...new Set([...(file.enums[name] ?? []), ...sdkValues(exported, name)])];
    enums.set(name, known);
    return known;
  };
  const unpack = ({ pattern, enum: name, item, key, value, ...limits }: Packed): Constraint => ({
    ...limits,
    ...(pattern === undefined ? {} : { pattern: file.patterns[pattern] ?? '' }),
    ...(name === undefined ? {} : { values: valuesOf(name) }),
    ...(item === undefined ? {} : { item: unpack(item) }),
    ...(key === undefined ? {} : { key: unpack(key) }),
    ...(value === undefined ? {} : { value: unpack(value) }),
  });
  return new Map(
    Object.entries(file.structures).map(([name, members]) => [
      name,
      new Map(Object.entries(members).map(([member, constraint]) => [member, unpack(constraint)])),
    ]),
  );
}

/** The values of the SDK's enum object of that name; IAM's names begin with a small letter in the model only. */
function sdkValues(exported: Readonly<Record<string, unknown>>, name: string): string[] {
  const found = exported[name] ?? exported[`${name[0]?.toUpperCase()}${name.slice(1)}`];
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return [];
  return Object.values(found).filter((value): value is string => typeof value === 'string');
}
