import { afterEach, expect, it } from 'vitest';
import type { LedgerRecord } from '../../ledger/record/statement.js';
import type { NotedCall } from './hub.js';
import { LedgerAudit } from './ledger-audit.js';

const call = (second: number, more: Partial<NotedCall> = {}): NotedCall => ({
  at: `2026-03-01T00:00:0${second}.000Z`,
  by: 'token:abe',
  from: '127.0.0.1',
  call: 'GET /api/v1/findings',
  status: 200,
  ...more,
});

let audit: LedgerAudit | undefined;
afterEach(() => audit?.end());

function open() {
  const records: LedgerRecord[] = [];
  const errors: unknown[] = [];
  let fails = false;
  const append = (record: LedgerRecord) =>
    fails ? Promise.reject(new Error('no space left on device')) : Promise.resolve(records.push(record));
  audit = new LedgerAudit({ append }, { onError: (error) => errors.push(error), gatheredMs: 3_600_000 });
  return { audit, records, errors, break: (now: boolean) => (fails = now) };
}

it('alike calls are one line of one entry, with how many and when', async () => {
  const { audit, records } = open();
  audit.note(call(1));
  audit.note(call(2));
  audit.note(call(3, { by: 'unknown', status: 401 }));
  await audit.flush();
  await audit.flush();
  expect(records).toMatchObject([
    {
      kind: 'calls',
      at: '2026-03-01T00:00:03.000Z',
      title: '3 calls that changed nothing',
      subjects: ['token:abe', 'unknown'],
      detail: {
        calls: [
          { by: 'token:abe', status: 200, count: 2, first: call(1).at, last: call(2).at },
          { by: 'unknown', status: 401, count: 1, first: call(3).at, last: call(3).at },
        ],
      },
    },
  ]);
});

it('what the ledger does not take is kept, and written when it does again', async () => {
  const made = open();
  made.break(true);
  made.audit.note(call(1));
  made.audit.note(call(2));
  await made.audit.flush();
  expect(made.errors).toHaveLength(1);
  made.audit.note(call(3));
  made.break(false);
  await made.audit.end();
  expect(made.records).toMatchObject([
    { title: '3 calls that changed nothing', detail: { calls: [{ count: 3, first: call(1).at, last: call(3).at }] } },
  ]);
});

it('a stranger who tries ever new addresses fills no entry without end, and is counted', async () => {
  const { audit, records } = open();
  for (let n = 0; n < 1_500; n++) audit.note(call(1, { by: 'unknown', from: `2001:db8::${n.toString(16)}` }));
  await audit.flush();
  const [record] = records;
  expect(record?.title).toBe('1500 calls that changed nothing');
  expect(record?.detail).toMatchObject({ unlisted: 500 });
});
