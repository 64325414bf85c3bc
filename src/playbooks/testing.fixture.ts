import { expect } from 'vitest';
import { controls } from '../controls/catalogue.js';
import { typesRead } from '../controls/control.js';
import { evaluateAccount } from '../controls/evaluate.js';
import { demoOrganization } from '../estate/demo/demo-organization.js';
import type { Estate, Resource } from '../estate/estate.js';
import { MemoryEstate } from '../estate/memory-estate.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import { rehearse, type Rehearsal } from '../rehearsal/rehearse.js';
import { isRefusal, type Plan, type Playbook, type Subject } from './playbook.js';

export const NOW = new Date('2026-03-01T00:00:00.000Z');
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** An estate of a few resources: one account, one region, everything read. */
export function estateOf(...resources: readonly Resource[]): MemoryEstate {
  const types = new Set<TypeName>(controls.flatMap(typesRead));
  const accounts = [{ accountId: ACCOUNT, name: 'test', path: [], regions: [REGION] }];
  return new MemoryEstate({ partition: 'aws', collectedAt: NOW.toISOString(), accounts, types: [...types] }, resources);
}

export function resource<Type extends TypeName>(
  type: Type,
  arn: string,
  configuration: ResourceTypes[Type],
  region: string = REGION,
): Resource<Type> {
  return { type, arn, accountId: ACCOUNT, region, configuration };
}

export function subjectOf(controlId: string, { arn, type, region, accountId }: Resource): Subject {
  return { controlId, accountId, region, resourceType: type, resourceArn: arn };
}

const demo = demoOrganization({ accounts: 40, now: NOW, scale: 0.25, regions: ['us-east-1', 'eu-west-1'] });

/** A few failed results of a control in the demo organization, as subjects of plans. */
export function failing(controlId: string, most: number): Subject[] {
  const control = controls.filter(({ id }) => id === controlId);
  const subjects: Subject[] = [];
  for (const { accountId } of demo.header.accounts) {
    for (const { status, resourceArn, resourceType, region } of evaluateAccount(demo, accountId, control, NOW)) {
      if (status === 'FAILED' && subjects.length < most)
        subjects.push({ controlId, accountId, region, resourceType, resourceArn });
    }
  }
  return subjects;
}

/** A plan of a demo finding, and its rehearsal on the twin through the real SDK. */
export async function rehearsed(
  playbook: Playbook,
  subject: Subject,
  parameters: Readonly<Record<string, string>> = {},
  estate: Estate = demo,
): Promise<{ readonly plan: Plan; readonly rehearsal: Rehearsal } | { readonly refused: string }> {
  const defaults = Object.fromEntries(
    (playbook.parameters ?? []).flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
  const plan = playbook.plan(subject, estate, { ...defaults, ...parameters });
  if (isRefusal(plan)) return { refused: plan.refused };
  return { plan, rehearsal: await rehearse({ plan, estate, controls, now: NOW }) };
}

export { demo };

/** Every call of a plan is declared, so that the least-privilege policy is complete. */
export function expectDeclared(playbook: Playbook, plan: Plan): void {
  const declared = new Set<string>(playbook.calls);
  for (const step of plan.steps) {
    expect(step.before.length, `${step.id} has before-values`).toBeGreaterThan(0);
    expect(step.after.length, `${step.id} has after-values`).toBeGreaterThan(0);
    const reads = [...step.before, ...step.after].map(({ read }) => read);
    const inverse = 'impossible' in step.undo ? [] : step.undo;
    for (const { service, operation } of [step.call, ...reads, ...inverse]) {
      expect(declared, `${step.id} uses ${service}:${operation}`).toContain(`${service}:${operation}`);
    }
  }
}
