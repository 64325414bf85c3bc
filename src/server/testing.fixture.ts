import type { AuditEntry, Hub, NotedCall } from '../engine/hub/hub.js';
import { LineImport } from '../engine/hub/line-import.js';
import type { Rule } from '../engine/hub/rules.js';
import { Tokens, type TokenWish } from '../engine/hub/tokens.js';
import type { AsffFinding } from '../findings/hub/finding-hub.js';
import type { AccessStore, NewToken, Session, Token } from '../store/access/access-store.js';
import type { Implementation } from '../twin/implement.js';
import { hubServer, type HubServer, type ServerOptions } from './app.js';
import { memoryPolicy, memoryWaves } from './memory-policy.fixture.js';
import { memoryFindings } from './memory-findings.fixture.js';
import { memoryResponses } from './memory-responses.fixture.js';

export const ACCOUNT = '111122223333';
export const OTHER = '444455556666';

export function memoryAccess(): AccessStore {
  const tokens = new Map<string, NewToken & Token>();
  const sessions = new Map<string, Session>();
  const nonces = new Set<string>();
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return {
    addToken: (token) => Promise.resolve(void tokens.set(token.id, token)),
    tokens: () => Promise.resolve([...tokens.values()].map(({ hash: _, ...token }) => token)),
    tokenById: (id) => Promise.resolve(tokens.get(id)),
    tokenByHash: (hash) =>
      Promise.resolve([...tokens.values()].find((each) => each.hash !== undefined && hex(each.hash) === hex(hash))),
    revokeToken: (id, at) => {
      const known = tokens.get(id);
      if (known === undefined || known.revokedAt !== undefined) return Promise.resolve(false);
      tokens.set(id, { ...known, revokedAt: at.toISOString() });
      return Promise.resolve(true);
    },
    tokenUsed: () => Promise.resolve(),
    addSession: (hash, session) => Promise.resolve(void sessions.set(hex(hash), session)),
    session: (hash) => Promise.resolve(sessions.get(hex(hash))),
    endSession: (hash) => Promise.resolve(void sessions.delete(hex(hash))),
    takeNonce: (source, nonce) => {
      const key = `${source} ${nonce}`;
      if (nonces.has(key)) return Promise.resolve(false);
      nonces.add(key);
      return Promise.resolve(true);
    },
    forget: () => Promise.resolve(),
  };
}

/** A hub in memory, with everything that went through its ports. */
export interface TestHub {
  readonly hub: Hub;
  readonly findings: ReturnType<typeof memoryFindings>;
  readonly responses: ReturnType<typeof memoryResponses>;
  readonly audited: AuditEntry[];
  readonly noted: NotedCall[];
  readonly taken: unknown[];
  now: Date;
  /** Makes the ledger refuse. */
  ledgerFails: boolean;
  databaseFails: boolean;
  token(wish?: Partial<TokenWish>, by?: string): Promise<string>;
}

export function testHub(): TestHub {
  const audited: AuditEntry[] = [];
  const noted: NotedCall[] = [];
  const taken: unknown[] = [];
  const rules = new Map<string, Rule>();
  const access = memoryAccess();
  const clock = () => made.now;
  const findings = memoryFindings();
  const quick = { importLines: () => Promise.reject(new Error('a hub in memory has no quick way')) };
  const lineImport = new LineImport({ hub: findings, quick, isSeen: () => Promise.resolve(true), clock });
  const responses = memoryResponses(clock);
  const tokens = new Tokens(access, Buffer.alloc(32, 7), clock);
  const hub: Hub = {
    findings,
    importLines: lineImport.importLines,
    responses,
    access,
    tokens,
    clock,
    version: '0.0.0-test',
    actions: {
      run: (action, about, by) => {
        taken.push({ action, about: about.map(({ Id }) => Id), by });
        return Promise.resolve({ eventId: 'event-1' });
      },
    },
    rules: {
      list: () => Promise.resolve([...rules.values()]),
      put: (document, updatedBy) => {
        if (document['pattern'] === undefined) {
          return Promise.resolve({ invalid: { field: 'rule.pattern', rule: 'expected a pattern' } });
        }
        const rule = { document, updatedBy, updatedAt: clock().toISOString() };
        rules.set(document.name, rule);
        return Promise.resolve(rule);
      },
      remove: (name) => Promise.resolve(rules.delete(name)),
      preview: () => Promise.resolve({ matched: 0, examined: findings.all.size, complete: true }),
      explain: () => Promise.resolve({ verdicts: [] }),
      failures: () => Promise.resolve([]),
      retryFailures: () => Promise.resolve(0),
      previewAutomation: () => Promise.resolve({ matched: 0, examined: findings.all.size, complete: true }),
      log: ({ accounts }) =>
        Promise.resolve([
          {
            ...{ kind: 'event', at: clock().toISOString(), rule: 'one', eventId: 'e', fired: true, why: '' },
            actions: accounts ?? 'all',
          },
        ]),
    },
    policy: memoryPolicy(clock),
    waves: memoryWaves(clock),
    intake: {
      accept: (event, source, accounts) => {
        const { account = '' } = (event ?? {}) as { account?: string };
        if (accounts?.includes(account) === false) {
          const refusal = { code: 'account-not-allowed', message: 'not this account', field: 'account' };
          return Promise.resolve({ kind: 'refused', ...refusal });
        }
        if ((event as { detail?: unknown } | null)?.detail === undefined) {
          const refusal = { code: 'bad-event', message: 'an event has a `detail`', field: 'detail' };
          return Promise.resolve({ kind: 'refused', ...refusal });
        }
        taken.push({ event, source });
        return Promise.resolve({ kind: 'accepted', id: 'event-1' });
      },
    },
    backlog: () =>
      made.databaseFails
        ? Promise.reject(new Error('the connection was refused'))
        : Promise.resolve({
            ...{ eventsWaiting: 3, eventsAside: 1, deliveriesWaiting: 2, deliveriesFailed: 4 },
            runs: [{ state: 'proposed', count: 5 }],
          }),
    audit: {
      record: (entry) => {
        if (made.ledgerFails) return Promise.reject(new Error('no space left on device'));
        audited.push(entry);
        return Promise.resolve();
      },
      note: (call) => void noted.push(call),
    },
    organization: {
      partition: 'aws',
      accountId: ACCOUNT,
      region: 'eu-west-1',
      accountsIn: (units) => Promise.resolve(units.includes('Sandbox') ? [OTHER] : []),
      nameOf: (id) => `account ${id}`,
    },
    probes: [
      { name: 'database', check: () => (made.databaseFails ? Promise.reject(new Error('gone')) : Promise.resolve()) },
    ],
  };
  const made: TestHub = {
    hub,
    findings,
    responses,
    audited,
    noted,
    taken,
    now: new Date('2026-03-01T00:00:00.000Z'),
    ledgerFails: false,
    databaseFails: false,
    token: async (wish = {}, by = 'hikeshi') =>
      (await tokens.issue({ name: wish.role ?? 'admin', kind: 'api', role: 'admin', ...wish }, by)).secret,
  };
  return made;
}

/** Security Hub with the two operations that the door's own tests call. */
export const twoOperations = (findings: Hub['findings']): Implementation => ({
  service: 'securityhub',
  handlers: {
    GetFindings: async (_input: never, context) => {
      context.authorize();
      return { Findings: (await findings.findings({ limit: 100 })).findings };
    },
    CreateActionTarget: (_input: never, context) => {
      context.authorize();
      return { ActionTargetArn: context.arn('action/custom/x') };
    },
    EnableSecurityHub: (_input: never, context) => context.authorize(),
  },
});

export function testServer(test: TestHub, options: Partial<ServerOptions> = {}): Promise<HubServer> {
  return hubServer({
    hub: test.hub,
    securityHub: twoOperations,
    publicUrl: () => new URL('http://127.0.0.1:4810'),
    ...options,
  });
}

export function asffOf(id: string, more: Partial<AsffFinding> = {}): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`,
    GeneratorId: 'security-control/EC2.8',
    AwsAccountId: ACCOUNT,
    Region: 'eu-west-1',
    CreatedAt: '2026-02-01T00:00:00.000Z',
    UpdatedAt: '2026-02-01T00:00:00.000Z',
    Title: 'EC2 instances should use IMDSv2',
    Description: 'IMDSv1 is allowed',
    Severity: { Label: 'HIGH', Normalized: 70 },
    RecordState: 'ACTIVE',
    Resources: [
      { Type: 'AwsEc2Instance', Id: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-${id}`, Region: 'eu-west-1' },
    ],
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.8' },
    ...more,
  };
}
