import type { AnyControl } from '../../controls/control.js';
import type { Estate } from '../../estate/estate.js';
import { Snapshot } from '../../estate/snapshot.js';
import type { Finding } from '../../findings/finding.js';
import { isRefusal, type Plan, type Refusal } from '../../playbooks/playbook.js';
import { rehearse, type Rehearsal } from '../../rehearsal/rehearse.js';
import type { Home } from '../../store/home.js';
import type { Report } from '../event.js';
import { planFor } from './plan-finding.js';

/** A finding's plan and how its rehearsal went, or why there is no plan. */
export type Rehearsed =
  | { readonly finding: Finding; readonly refusal: Refusal }
  | { readonly finding: Finding; readonly plan: Plan; readonly rehearsal: Rehearsal };

export interface RehearseOptions {
  readonly findings: readonly Finding[];
  readonly controls: readonly AnyControl[];
  readonly home: Home;
  readonly parameters: Readonly<Record<string, string>>;
  readonly now: Date;
  readonly report: Report;
}

/** Plans and rehearses findings one by one, each on its own fork of the estate of the last scan. */
export async function* rehearseFindings(options: RehearseOptions): AsyncIterable<Rehearsed> {
  const { findings, report } = options;
  const estates = new EstateCache(options.home);
  for (const [done, finding] of findings.entries()) {
    const { controlId, resourceArn } = finding;
    report({ kind: 'rehearsing', controlId, resourceArn, done, all: findings.length });
    yield await rehearseFinding(finding, await estates.of(finding.accountId), options);
  }
}

export async function rehearseFinding(
  finding: Finding,
  estate: Estate,
  options: Pick<RehearseOptions, 'controls' | 'parameters'>,
): Promise<Rehearsed> {
  const plan = planFor(finding, estate, options.parameters);
  if (isRefusal(plan)) return { finding, refusal: plan };
  const now = new Date(estate.header.collectedAt);
  return { finding, plan, rehearsal: await rehearse({ plan, estate, controls: options.controls, now }) };
}

/** The estates of the last scans, each opened once. */
export class EstateCache {
  private readonly home: Home;
  private readonly estates = new Map<string, Promise<Estate>>();

  constructor(home: Home) {
    this.home = home;
  }

  async of(accountId: string): Promise<Estate> {
    const { snapshot } = await this.home.scanOf(accountId);
    const known = this.estates.get(snapshot) ?? Snapshot.open(snapshot).then((opened) => opened.whole());
    this.estates.set(snapshot, known);
    return known;
  }
}
