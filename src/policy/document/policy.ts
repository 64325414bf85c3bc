import type { Condition } from './condition.js';
import type { PolicyKind } from './policy-kinds.js';
import type { PrincipalPattern } from './principal-pattern.js';
import type { Template } from './template.js';

/** A policy document, read. Its statements keep their place, so that a verdict can point at them. */
export interface Policy {
  readonly kind: PolicyKind;
  /** How explanations call it: an ARN, or a name such as `scp/DenyRegions`. */
  readonly name: string;
  /** The document as written: positions are looked up in it. */
  readonly text: string;
  readonly version: PolicyVersion;
  readonly statements: readonly Statement[];
}

/** The version of the policy language. Without the element it is the older one, in which `${…}` is plain text. */
export type PolicyVersion = '2008-10-17' | '2012-10-17';

/** One statement. Source: IAM user guide, "IAM JSON policy elements reference". */
export interface Statement {
  /** The policy it stands in. */
  readonly policy: { readonly name: string; readonly kind: PolicyKind };
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Absent in identity policies, boundaries, session policies and SCPs. */
  readonly principal?: Element<PrincipalPattern>;
  readonly action: ActionElement;
  /** Absent in trust policies: the role is the resource. */
  readonly resource?: Element<Template>;
  readonly conditions: readonly Condition[];
}

/** An element or its `Not…` form. */
export interface Element<Pattern> {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** Action or NotAction. Patterns are in lower case: action names are compared without case. */
export interface ActionElement extends Element<string> {
  /** The same patterns as written. */
  readonly written: readonly string[];
}

/** How a verdict calls a statement: the policy's name, and the statement's Sid or number (from 0). */
export function statementName(statement: Statement): string {
  return `${statement.policy.name}#${statement.sid ?? statement.index}`;
}
