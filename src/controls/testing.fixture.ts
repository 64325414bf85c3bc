import { describe, expect, it } from 'vitest';
import type { EstateHeader, Gap, Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import { typesRead, type AnyControl, type Status } from './control.js';
import { evaluateAccount, type Result } from './evaluate.js';

/** The account, region and instant that the cases of the controls' tests live in. */
export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const NOW = new Date('2026-03-01T00:00:00.000Z');

/** An ISO time so many days before `NOW`. */
export const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();

/** A configuration that a test is free to get wrong. */
export type Loose = Readonly<Record<string, unknown>> | null;

export interface Where {
  readonly accountId?: string;
  readonly region?: string;
}

/** A resource whose configuration may be malformed. */
export function resource<Type extends TypeName>(
  type: Type,
  arn: string,
  configuration: Loose,
  { accountId = ACCOUNT, region = REGION }: Where = {},
): Resource<Type> {
  return { type, arn, accountId, region, configuration: configuration as ResourceTypes[Type] };
}

/** A failure to read whole types of the test account. */
export function gapOf(types: readonly TypeName[], region = REGION): Gap {
  const error = { code: 'AccessDenied', message: 'not authorized' };
  return { accountId: ACCOUNT, region, service: 'test', operation: 'Read', types, error };
}

export interface Scene {
  readonly resources: readonly Resource[];
  readonly gaps?: readonly Gap[];
  /** The types that were collected; by default all that the control speaks about and needs. */
  readonly types?: readonly TypeName[];
  readonly regions?: readonly string[];
  readonly partition?: string;
}

/** What a control says of a scene's test account. */
export function resultsOf(control: AnyControl, scene: Scene): Result[] {
  const regions = scene.regions ?? [REGION];
  const header: EstateHeader = {
    partition: scene.partition ?? 'aws',
    collectedAt: NOW.toISOString(),
    accounts: [ACCOUNT, OTHER_ACCOUNT].map((accountId) => ({ accountId, name: accountId, path: [], regions })),
    types: scene.types ?? typesRead(control),
  };
  const estate = new MemoryEstate(header, scene.resources, scene.gaps);
  return [...evaluateAccount(estate, ACCOUNT, [control], NOW)];
}

/** One row of a control's specification. */
export interface Case {
  readonly name: string;
  readonly given: Scene;
  /** `undefined`: the control does not speak about it. */
  readonly expect: Status | undefined;
  /** The path of the reason that decided. */
  readonly path?: string;
  /** A part of that reason's text. */
  readonly says?: string;
}

/** Runs a control's specification: one test a row, which names the status and the reason that decides it. */
export function specify(control: AnyControl, cases: readonly Case[]): void {
  describe(control.id, () => {
    it.each(cases)('$name: $expect', ({ given, expect: status, path, says }) => {
      const results = resultsOf(control, given);
      expect(results.map((result) => result.status)).toEqual(status === undefined ? [] : [status]);
      const reasons = results.flatMap((result) => result.reasons);
      if (path !== undefined) expect(reasons.map((reason) => reason.path)).toContain(path);
      if (says !== undefined) expect(reasons.map((reason) => reason.text).join('; ')).toContain(says);
    });
  });
}
