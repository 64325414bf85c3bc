import type { Json } from '../base/json.js';
import type { Resource } from '../estate/estate.js';
import type { TypeName } from '../estate/resource-types.js';
import type { Surroundings } from './surroundings.js';

export type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** Why a verdict is what it is: the member that decided, its value, and the sentence a person reads. */
export interface Reason {
  readonly text: string;
  /** The path in the resource's configuration (`MetadataOptions.HttpTokens`). */
  readonly path?: string;
  readonly value?: Json;
}

/** Three-valued: what was not read is never PASSED. */
export type Status = 'PASSED' | 'FAILED' | 'NOT_AVAILABLE';

export interface Verdict {
  readonly status: Status;
  readonly reasons: readonly Reason[];
}

export const passed = (...reasons: readonly Reason[]): Verdict => ({ status: 'PASSED', reasons });
export const failed = (...reasons: readonly [Reason, ...Reason[]]): Verdict => ({ status: 'FAILED', reasons });
export const notAvailable = (text: string): Verdict => ({ status: 'NOT_AVAILABLE', reasons: [{ text }] });

/** A reason that points at a member: `because('MetadataOptions.HttpTokens', 'optional', 'IMDSv1 is allowed')`. */
export function because(path: string, value: Json | undefined, text?: string): Reason {
  const shown = value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  return { text: text ?? `${path} is ${shown}`, path, ...(value === undefined ? {} : { value }) };
}

/** The requirement numbers a control answers, per standard. A version that does not have it is left out. */
export interface Standards {
  readonly cis?: Readonly<Partial<Record<'1.2' | '1.4' | '3.0' | '5.0', readonly string[]>>>;
  /** AWS Foundational Security Best Practices. */
  readonly fsbp?: boolean;
  /** PCI DSS as Security Hub maps it, by version. */
  readonly pci?: Readonly<Partial<Record<'3.2.1' | '4.0.1', readonly string[]>>>;
  readonly nist80053?: readonly string[];
}

/** A control: one folder, pure. Ids, titles and rules are AWS Security Hub's. */
export interface Control<Type extends TypeName = TypeName> {
  /** Security Hub's control id: `EC2.8`. */
  readonly id: string;
  readonly title: string;
  /** What is wrong and why it matters, in one to three sentences. At most 1,024 characters (ASFF). */
  readonly description: string;
  readonly severity: Severity;
  /** The type of the resource a finding is about. */
  readonly resourceType: Type;
  /** Further types that findings are about, by the same rule: identities are roles, groups and users. */
  readonly furtherTypes?: readonly TypeName[];
  /** Other types the verdict depends on. Only these can be asked of the surroundings. */
  readonly needs: readonly TypeName[];
  readonly standards: Standards;
  /** AWS's page of the control. */
  readonly url: string;
  /** Whether the control speaks about this resource at all; no finding is made for others. */
  readonly appliesTo?: (resource: Resource<Type>) => boolean;
  readonly evaluate: (resource: Resource<Type>, surroundings: Surroundings) => Verdict;
}

/** Gives a control its types. `needs` defaults to none. */
export function defineControl<Type extends TypeName>(
  control: Omit<Control<Type>, 'needs'> & { readonly needs?: readonly TypeName[] },
): Control<Type> {
  return { ...control, needs: control.needs ?? [] };
}

/** The types that a control's findings are about. */
export function judgedTypes({ resourceType, furtherTypes }: AnyControl | Control): readonly TypeName[] {
  return [resourceType, ...(furtherTypes ?? [])];
}

/** The types that must be read for a control. */
export function typesRead(control: AnyControl | Control): readonly TypeName[] {
  return [...judgedTypes(control), ...control.needs];
}

/** Any control, whatever its resource type. */
export type AnyControl = { [Type in TypeName]: Control<Type> }[TypeName];
