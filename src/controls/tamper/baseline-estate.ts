import type { Estate, EstateHeader, Gap, Resource, Scope } from '../../estate/estate.js';
import type { TypeName } from '../../estate/resource-types.js';
import { isOwnTrailAtHome } from '../cloudtrail/ownership.js';

const BASELINE = 'Hikeshi::CloudTrail::TrailBaseline';

type Baseline = Resource<typeof BASELINE>;

/**
 * An estate and, beside its trails, a copy of each as it is now: the baseline. Later reads replace the trails and leave
 * the baseline, so that a control can tell what has changed since, even of a trail that is gone.
 */
export class BaselineEstate implements Estate {
  readonly header: EstateHeader;
  readonly gaps: readonly Gap[];
  private readonly estate: Estate;
  private readonly baselines: readonly Baseline[];

  constructor(estate: Estate) {
    this.estate = estate;
    this.gaps = estate.gaps;
    this.header = { ...estate.header, types: [...new Set([...estate.header.types, BASELINE as TypeName])] };
    const own = [...estate.list('AWS::CloudTrail::Trail')].filter(isOwnTrailAtHome);
    this.baselines = own.map((trail): Baseline => ({ ...trail, type: BASELINE }));
  }

  *list<Type extends TypeName>(type: Type, scope: Scope = {}): Iterable<Resource<Type>> {
    if (type !== BASELINE) yield* this.estate.list(type, scope);
    else yield* this.inScope(scope) as Iterable<Resource<Type>>;
  }

  get<Type extends TypeName>(type: Type, arn: string, accountId?: string): Resource<Type> | undefined {
    if (type !== BASELINE) return this.estate.get(type, arn, accountId);
    const found = this.baselines.find(
      (baseline) => baseline.arn === arn && (accountId === undefined || baseline.accountId === accountId),
    );
    return found as Resource<Type> | undefined;
  }

  *all(scope: Scope = {}): Iterable<Resource> {
    yield* this.estate.all(scope);
    yield* this.inScope(scope);
  }

  private inScope({ accountId, region }: Scope): readonly Baseline[] {
    return this.baselines.filter(
      (baseline) =>
        (accountId === undefined || baseline.accountId === accountId) &&
        (region === undefined || baseline.region === region),
    );
  }
}
