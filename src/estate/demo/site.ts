import { SeededRandom } from '../../base/ports.js';
import { GLOBAL, type Resource } from '../estate.js';
import type { ResourceTypes, TypeName } from '../resource-types.js';

/** How an account is run: how often its configuration is as it should be. */
export type Environment = 'security' | 'production' | 'development' | 'sandbox';

const GOOD: Readonly<Record<Environment, number>> = {
  security: 0.98,
  production: 0.92,
  development: 0.75,
  sandbox: 0.5,
};

/** What every part of the generator is given: one account, its randomness, and where resources go. */
export class Site {
  readonly accountId: string;
  readonly name: string;
  readonly environment: Environment;
  readonly regions: readonly string[];
  readonly managementAccountId: string;
  readonly nowMs: number;
  readonly random: SeededRandom;
  /** Multiplies what an account has many of. */
  readonly scale: number;
  readonly resources: Resource[] = [];

  constructor(of: {
    readonly accountId: string;
    readonly name: string;
    readonly environment: Environment;
    readonly regions: readonly string[];
    readonly managementAccountId: string;
    readonly nowMs: number;
    readonly seed: number;
    readonly scale: number;
  }) {
    this.accountId = of.accountId;
    this.name = of.name;
    this.environment = of.environment;
    this.regions = of.regions;
    this.managementAccountId = of.managementAccountId;
    this.nowMs = of.nowMs;
    this.scale = of.scale;
    this.random = new SeededRandom(of.seed);
  }

  /** True as often as this environment gets things right. */
  good(): boolean {
    return this.random.chance(GOOD[this.environment]);
  }

  /** A number around `usual`, times the scale. */
  count(usual: number): number {
    return Math.max(1, Math.round(usual * this.scale * (0.7 + this.random.next() * 0.6)));
  }

  id(prefix: string): string {
    return `${prefix}-${this.random.hex(9).slice(0, 17)}`;
  }

  uuid(): string {
    const hex = this.random.hex(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** IAM's unique ids: a prefix and capital letters and digits. */
  uniqueId(prefix: string): string {
    return prefix + this.random.hex(9).slice(0, 17).toUpperCase();
  }

  /** Midnight so many days ago, as ISO text. */
  daysAgo(days: number): string {
    return new Date(this.nowMs - days * 24 * 60 * 60 * 1000).toISOString();
  }

  arn(service: string, region: string, resource: string): string {
    return `arn:aws:${service}:${region}:${this.accountId}:${resource}`;
  }

  put<Type extends TypeName>(
    type: Type,
    region: string,
    arn: string,
    configuration: ResourceTypes[Type],
  ): ResourceTypes[Type] {
    this.resources.push({ type, accountId: this.accountId, region, arn, configuration });
    return configuration;
  }

  putGlobal<Type extends TypeName>(type: Type, arn: string, configuration: ResourceTypes[Type]): ResourceTypes[Type] {
    return this.put(type, GLOBAL, arn, configuration);
  }
}
