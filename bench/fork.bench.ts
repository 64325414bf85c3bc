import { demoOrganization } from '../src/estate/demo/demo-organization.js';
import { diff } from '../src/estate/diff.js';
import type { Resource } from '../src/estate/estate.js';
import { Fork } from '../src/estate/fork.js';
import { median, milliseconds } from './measure.js';

const RESOURCES_MIN = 50_000;
const RATIO_WANTED = 50;
const CLONES = 5;
const FORKS = 2000;

/**
 * Forking a large estate and editing one resource, against `structuredClone` of all its resources: in one run, because
 * only the ratio means something on another machine.
 *
 * @throws Error when the fork is wrong, or less than 50 times as fast.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const estate = demoOrganization({ accounts: 120, seed: 1, now: new Date('2026-03-01T00:00:00.000Z') });
  const resources = [...estate.all()];
  if (resources.length < RESOURCES_MIN) throw new Error(`the estate has only ${resources.length} resources`);
  const subject = [...estate.list('AWS::EC2::Instance')].at(-1) as Resource<'AWS::EC2::Instance'>;
  const edited = { ...subject, configuration: { ...subject.configuration, InstanceType: 't3.nano' as const } };

  const clone = median(Array.from({ length: CLONES }, () => milliseconds(() => structuredClone(resources))));
  const fork = median(
    Array.from({ length: FORKS }, () =>
      milliseconds(() => {
        const made = new Fork(estate);
        made.put(edited);
        if (made.get(subject.type, subject.arn)?.configuration.InstanceType !== 't3.nano') throw new Error('no edit');
      }),
    ),
  );
  const changed = new Fork(estate);
  changed.put(edited);
  const difference = median(Array.from({ length: FORKS }, () => milliseconds(() => diff(estate, changed))));
  const ratio = clone / fork;
  report(`estate of ${resources.length.toLocaleString('en')} resources, medians`);
  report(`  structuredClone   ${clone.toFixed(1)} ms`);
  report(`  fork and one edit ${(fork * 1000).toFixed(1)} µs: ${Math.round(ratio).toLocaleString('en')} times as fast`);
  report(`  its difference    ${(difference * 1000).toFixed(1)} µs`);
  if (ratio < RATIO_WANTED) throw new Error(`forking is only ${ratio.toFixed(1)} times as fast, not ${RATIO_WANTED}`);
}
