import { connect } from '../src/aws/send.js';
import { collectors } from '../src/collectors/catalogue.js';
import { collect } from '../src/collectors/collect.js';
import { demoOrganization } from '../src/estate/demo/demo-organization.js';
import { Fork } from '../src/estate/fork.js';
import { serve } from '../src/twin/http-door.js';
import { Twin } from '../src/twin/twin.js';

/**
 * Collecting the demo organization from the twin over HTTP with the real SDK: calls made, calls per second, and the
 * share of the time that is not the twin's own.
 *
 * @throws Error when a call was made twice.
 */
export async function bench(report: (line: string) => void): Promise<void> {
  const estate = demoOrganization({ seed: 1, now: new Date('2026-03-01T00:00:00.000Z') });
  const seen = new Map<string, number>();
  const twin = new Twin({
    estate: new Fork(estate),
    clock: () => new Date(),
    record: ({ service, operation, caller, region, input }) => {
      const key = JSON.stringify([service, operation, caller.accountId, region, input]);
      seen.set(key, (seen.get(key) ?? 0) + 1);
    },
  });
  let twinMs = 0;
  const handle = twin.handle.bind(twin);
  const timed = Object.create(twin) as Twin;
  timed.handle = async (request, signature) => {
    const before = process.cpuUsage();
    const answer = await handle(request, signature);
    const { user, system } = process.cpuUsage(before);
    twinMs += (user + system) / 1000;
    return answer;
  };
  const door = await serve(timed, { port: 0 });
  const { send, close } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: 'us-east-1',
    endpoint: door.url,
    polite: false,
    pace: { nowMs: () => performance.now(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
  });
  const start = performance.now();
  let resources = 0;
  const { managementAccountId = '' } = estate.header;
  const { accounts } = estate.header;
  for await (const part of collect({ send, partition: 'aws', accounts, managementAccountId, collectors })) {
    resources += part.resources.length;
  }
  const seconds = (performance.now() - start) / 1000;
  close();
  await door.close();
  const calls = [...seen.values()].reduce((sum, count) => sum + count, 0);
  report(
    `  ${accounts.length} accounts, ${resources.toLocaleString('en')} resources, ${calls.toLocaleString('en')} calls in ${seconds.toFixed(1)} s: ${(calls / seconds).toFixed(0)} calls/s, one process being client and server`,
  );
  report(
    `  at least ${((1 - Math.min(1, twinMs / 1000 / seconds)) * 100).toFixed(0)} % of the time is the SDK, HTTP and signing; the rest, the twin and its own signature check`,
  );
  const twice = [...seen.values()].filter((count) => count > 1).length;
  report(`  calls made twice: ${twice}`);
  if (twice > 0) throw new Error('a call was made twice');
}
