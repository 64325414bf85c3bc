import { GLOBAL, type Resource } from '../estate/estate.js';
import type { Fork } from '../estate/fork.js';
import type { ResourceTypes, TypeName } from '../estate/resource-types.js';
import { iamAction } from '../reference/iam-actions.js';
import { partitionOf } from '../reference/partitions.js';
import { services, type ServiceName } from '../reference/services.js';
import { accessDenied } from './access-denied.js';
import type { Authorizer } from './authorizer.js';
import type { AskedPermission } from './call-record.js';
import type { Caller, Credential } from './caller.js';
import type { Context, Page, Table } from './context.js';
import { pageOf } from './page-token.js';
import type { ServiceEvent } from './service-event.js';
import type { TwinKeys } from './twin-keys.js';
import type { Protocol } from './protocols/service-model.js';
import type { RandomHex } from '../base/ports.js';

/** What one call brings along. */
export interface CallSettings {
  readonly service: ServiceName;
  readonly operation: string;
  readonly protocol: Protocol;
  readonly caller: Caller;
  readonly region: string;
  readonly requestId: string;
  readonly endpoint: string | undefined;
  readonly now: Date;
  readonly estate: Fork;
  readonly authorizer: Authorizer;
  readonly random: RandomHex;
  readonly pageSecret: string;
  readonly credentials: Context['credentials'];
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly keys: TwinKeys;
  readonly event: ((event: ServiceEvent) => void) | undefined;
}

/** The context of one call to the twin. */
export class RunningContext implements Context {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: Caller;
  readonly region: string;
  readonly requestId: string;
  readonly endpoint: string | undefined;
  readonly now: Date;
  readonly estate: Fork;
  readonly keys: TwinKeys;
  readonly credentials: { add(credential: Credential): void; remove(accessKeyId: string): void };
  /** What the handler asked: empty means it forgot. */
  readonly asked: AskedPermission[] = [];
  private readonly settings: CallSettings;

  constructor(settings: CallSettings) {
    this.settings = settings;
    this.service = settings.service;
    this.operation = settings.operation;
    this.caller = settings.caller;
    this.region = settings.region;
    this.requestId = settings.requestId;
    this.endpoint = settings.endpoint;
    this.now = settings.now;
    this.estate = settings.estate;
    this.credentials = settings.credentials;
    this.keys = settings.keys;
  }

  get accountId(): string {
    return this.caller.accountId;
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  authorize(
    resource = '*',
    options: {
      action?: string;
      resourceAccountId?: string;
      context?: Record<string, unknown> | (() => Readonly<Record<string, unknown>>);
      byGrant?: boolean;
    } = {},
  ): void {
    const action = options.action ?? iamAction(this.service, this.operation);
    const { byGrant, context = {} } = options;
    const { caller, accountId, estate, region, now } = this;
    const { sourceIp, userAgent } = this.settings;
    const decision = this.settings.authorizer({
      caller,
      action,
      resource,
      resourceAccountId: options.resourceAccountId ?? accountId,
      // Only made where a policy looks at it.
      get context() {
        return typeof context === 'function' ? context() : context;
      },
      estate,
      region,
      now,
      sourceIp,
      userAgent,
      ...(byGrant === undefined ? {} : { byGrant }),
    });
    this.asked.push({ action, resource, allowed: decision.allowed });
    if (decision.allowed) return;
    const { service, settings } = this;
    throw accessDenied({ service, protocol: settings.protocol, caller, action, resource, reason: decision.reason });
  }

  could(action: string, resource: string, estate: Fork): boolean {
    const { accountId, region, now, settings } = this;
    const { sourceIp, userAgent, authorizer } = settings;
    const arn = this.arn('root', { service: 'iam', region: '' });
    const root: Caller = { arn, accountId, userId: accountId, kind: 'root' };
    const question = { action, resource, resourceAccountId: accountId, context: {}, estate, region, now };
    return [this.caller, root].some((caller) => authorizer({ ...question, caller, sourceIp, userAgent }).allowed);
  }

  table<Type extends TypeName>(type: Type, scope: { accountId?: string; region?: string } = {}): Table<Type> {
    const accountId = scope.accountId ?? this.accountId;
    const region = scope.region ?? (services[this.service].scope === 'global' ? GLOBAL : this.region);
    return new EstateTable(this.estate, type, accountId, region);
  }

  arn(resource: string, parts: { service?: string; region?: string; accountId?: string } = {}): string {
    const service = parts.service ?? services[this.service].iamPrefix;
    const region = parts.region ?? (services[this.service].scope === 'global' ? '' : this.region);
    return `arn:${this.partition}:${service}:${region}:${parts.accountId ?? this.accountId}:${resource}`;
  }

  id(prefix: string, digits = 17): string {
    return prefix + this.settings.random(Math.ceil(digits / 2)).slice(0, digits);
  }

  uuid(): string {
    const hex = this.settings.random(16);
    const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  happened(event: Omit<ServiceEvent, 'service'>): void {
    this.settings.event?.({ service: this.service, ...event });
  }

  page<Item>(all: readonly Item[], token: string | undefined, limit: number | undefined, max = 100): Page<Item> {
    const { service, operation, accountId, region } = this;
    const { protocol, pageSecret } = this.settings;
    const place = `${service}:${operation}:${accountId}:${region}`;
    return pageOf({ secret: pageSecret, service, place, protocol }, all, token, limit, max);
  }
}

class EstateTable<Type extends TypeName> implements Table<Type> {
  private readonly estate: Fork;
  private readonly type: Type;
  private readonly accountId: string;
  private readonly region: string;

  constructor(estate: Fork, type: Type, accountId: string, region: string) {
    this.estate = estate;
    this.type = type;
    this.accountId = accountId;
    this.region = region;
  }

  all(): Resource<Type>[] {
    return [...this.estate.list(this.type, { accountId: this.accountId, region: this.region })];
  }

  get(arn: string): Resource<Type> | undefined {
    const found = this.estate.get(this.type, arn, this.accountId);
    return found?.region === this.region ? found : undefined;
  }

  find(matches: (configuration: ResourceTypes[Type]) => boolean): Resource<Type> | undefined {
    for (const resource of this.estate.list(this.type, { accountId: this.accountId, region: this.region })) {
      if (matches(resource.configuration)) return resource;
    }
    return undefined;
  }

  put(arn: string, configuration: ResourceTypes[Type]): Resource<Type> {
    const resource = { arn, type: this.type, accountId: this.accountId, region: this.region, configuration };
    this.estate.put(resource);
    return resource;
  }

  edit(arn: string, change: (configuration: ResourceTypes[Type]) => void): Resource<Type> {
    const found = this.get(arn);
    if (found === undefined) throw new Error(`there is no ${this.type} ${arn} to edit`);
    const configuration = structuredClone(found.configuration);
    change(configuration);
    return this.put(arn, configuration);
  }

  remove(arn: string): void {
    this.estate.remove({ type: this.type, accountId: this.accountId, region: this.region, arn });
  }
}
