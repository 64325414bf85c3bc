import type { Severity } from '../../controls/control.js';
import type { RiskClass } from '../../playbooks/playbook.js';

/**
 * A part of the estate. All that is named must be so; a list needs one of its members. A scope that names nothing is
 * everything.
 */
export interface Scope {
  readonly accounts?: readonly string[];
  /** Names of organizational units anywhere above the account. */
  readonly organizationalUnits?: readonly string[];
  readonly regions?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly controls?: readonly string[];
  /** By tag key: the value, or `*` for any. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One rule of the approval policy. */
export interface ApprovalRule {
  readonly name: string;
  readonly scope?: Scope;
  readonly risks?: readonly RiskClass[];
  /** Who asked: a name, or one that ends in `*`. */
  readonly requestedBy?: string;
  /** `automatic` holds only for requests that ask for it; others of the rule need one person. */
  readonly approval: 'automatic' | 'one' | 'two';
  /** A proposal that nobody answered ends after so long. */
  readonly expiresAfterHours?: number;
}

/** When what is in a scope may be changed. Several windows of one resource add up; none is always. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly scope?: Scope;
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** `HH:MM`, UTC. An end that is not after the start is on the next day. */
  readonly from: string;
  readonly to: string;
}

/** How many changing calls a second may go to each account, region and service, from all workers together. */
export interface CallRate {
  readonly service?: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** Open findings that are asked for by the clock. */
export interface ResponseSchedule {
  readonly name: string;
  /** Five or six fields of cron, UTC. */
  readonly cron: string;
  readonly scope: Scope;
  readonly mode: 'notify' | 'ask' | 'automatic';
  readonly runsMax: number;
}

/** What decides whether and how a response may be applied. */
export interface ResponseSettings {
  /** Where there are any, only what is in one of them is responded to. */
  readonly include: readonly Scope[];
  readonly exclude: readonly Scope[];
  /** The first that fits decides; after the last, the rules that are always there. */
  readonly approvals: readonly ApprovalRule[];
  readonly windows: readonly MaintenanceWindow[];
  readonly rates: readonly CallRate[];
  readonly schedules: readonly ResponseSchedule[];
}

export const defaultSettings: ResponseSettings = {
  include: [],
  exclude: [],
  approvals: [],
  windows: [],
  rates: [],
  schedules: [],
};
