import { expect, it } from 'vitest';
import { connect } from '../../src/aws/send.js';
import { collectors } from '../../src/collectors/catalogue.js';
import { collect, collectedTypes } from '../../src/collectors/collect.js';
import { demoOrganization } from '../../src/estate/demo/demo-organization.js';
import { diff } from '../../src/estate/diff.js';
import type { Gap, Resource } from '../../src/estate/estate.js';
import { Fork } from '../../src/estate/fork.js';
import { MemoryEstate } from '../../src/estate/memory-estate.js';
import { inProcessDoor } from '../../src/twin/in-process-door.js';
import { Twin } from '../../src/twin/twin.js';

it('what the collectors read from the twin of an estate is that estate', async () => {
  const now = new Date('2026-03-01T00:00:00.000Z');
  const demo = demoOrganization({ accounts: 4, now });
  const twin = new Twin({ estate: new Fork(demo), clock: () => now });
  const { send } = connect({
    credentialsFor: (accountId) => twin.rootCredential(accountId),
    homeRegion: 'us-east-1',
    door: inProcessDoor(twin),
    polite: false,
    pace: { nowMs: () => performance.now(), sleep: () => Promise.resolve() },
  });
  const resources: Resource[] = [];
  const gaps: Gap[] = [];
  for await (const account of collect({
    send,
    partition: 'aws',
    accounts: demo.header.accounts,
    managementAccountId: demo.header.managementAccountId ?? '',
    collectors,
  })) {
    resources.push(...account.resources);
    gaps.push(...account.gaps);
  }
  expect(gaps).toEqual([]);
  const read = new MemoryEstate({ ...demo.header, types: collectedTypes(collectors) }, resources);
  const changes = diff(demo, read).map(({ kind, type, arn, paths }) => ({ kind, type, arn, paths }));
  expect(changes.slice(0, 20)).toEqual([]);
  expect(resources.length).toBeGreaterThan(1500);
});
