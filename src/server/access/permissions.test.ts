import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles, type Role } from '../../store/access/access-store.js';
import type { HubServer } from '../app.js';
import { changes, type Route } from '../http/route.js';
import { routes } from '../routes/catalogue.js';
import { asffOf, OTHER, testHub, testServer } from '../testing.fixture.js';
import { may, permissions, type Permission } from './permissions.js';

const test = testHub();
let server: HubServer;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await testServer(test, { requestsAMinute: 1_000_000 });
  for (const role of roles) {
    tokens.set(role, await test.token({ role }));
    tokens.set(`${role} of one account`, await test.token({ role, accounts: [OTHER] }));
  }
  await test.hub.findings.importFindings([asffOf('1')], {
    actor: { type: 'BATCH_IMPORT_FINDINGS', identity: 'test' },
    now: test.now,
  });
});
afterAll(() => server.app.close());

/** A request that is wrong in its body, or about nothing that is there: who may call it is decided before that is seen. */
const call = (route: Route, headers: Record<string, string>) =>
  server.app.inject({
    method: route.method,
    url: route.url.replace(/:(\w+)/g, 'x'),
    headers,
    ...(route.body === undefined ? {} : { payload: { wrong: true } }),
  });

const cases = routes
  .filter(({ url }) => url !== '/api/v1/events')
  .flatMap((route) =>
    roles.map((role): [string, Route, Role] => [`${role} ${route.method} ${route.url}`, route, role]),
  );

describe('every route answers those whose role has its permission, and nobody else', () => {
  it.each(cases)('%s', async (_name, route, role) => {
    const answer = await call(route, { authorization: `Bearer ${tokens.get(role)}` });
    const isRefused = answer.statusCode === 403 && answer.json<{ code: string }>().code === 'not-allowed';
    expect(isRefused).toBe(!may(role, route.permission));
    expect(answer.statusCode).toBeLessThan(500);
  });

  it.each(routes.map((route): [string, Route] => [`${route.method} ${route.url}`, route]))(
    '%s is closed to those who do not say who they are',
    async (_name, route) => {
      const answer = await call(route, {});
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'no-credentials' });
    },
  );

  it.each(
    routes.filter(({ wide }) => wide === true).map((route): [string, Route] => [`${route.method} ${route.url}`, route]),
  )('%s is for those whose scope is everything', async (_name, route) => {
    const answer = await call(route, { authorization: `Bearer ${tokens.get('admin of one account')}` });
    expect(answer.json()).toMatchObject({ code: 'scope-too-narrow' });
  });
});

describe('the table of permissions', () => {
  it('what a role may, the roles above it may too', () => {
    for (const permission of Object.keys(permissions) as Permission[]) {
      const allowed = roles.map((role) => may(role, permission));
      expect(allowed, permission).toEqual([...allowed].sort((a, b) => Number(a) - Number(b)));
    }
  });

  it('a viewer can change nothing', () => {
    const changing = routes.filter(changes).filter(({ url }) => url !== '/api/v1/findings/export');
    expect(changing.filter(({ permission }) => may('viewer', permission))).toEqual([]);
  });
});
