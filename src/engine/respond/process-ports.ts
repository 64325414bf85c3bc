import { controls } from '../../controls/catalogue.js';
import { isOpen } from '../../findings/finding.js';
import type { Database } from '../../store/postgres/database.js';
import { EstateTable } from '../../store/postgres/estates/estate-table.js';
import type { FindingsFile } from '../../store/findings-file.js';
import type { OpenConnection } from '../connect/open.js';
import { updateFinding } from '../fix/update-finding.js';
import { realSleep } from '../fix/world.js';
import type { ResponseFindings, ResponseNotifications, ResponsePorts } from './ports.js';
import { matchScope } from './scope-match.js';

export interface ProcessPortsOptions {
  readonly database: Database;
  /** One way to all accounts: a connection enters each with its role. */
  readonly connection: OpenConnection;
  readonly findings: ResponseFindings;
  readonly notifications: ResponseNotifications;
}

/** The world of a worker of this process: estates from the database, AWS over one connection, real time. */
export function processPorts({ database, connection, findings, notifications }: ProcessPortsOptions): ResponsePorts {
  const estates = new EstateTable(database);
  return {
    controls,
    estate: (accountId) => estates.of(accountId),
    connection: () => Promise.resolve({ send: connection.send, caller: connection.caller.arn }),
    findings,
    notifications,
    now: () => new Date(),
    sleep: realSleep,
  };
}

/** The findings of this machine's home, one change after another. */
export function homeFindings(file: FindingsFile, now: () => Date): ResponseFindings {
  let last: Promise<void> = Promise.resolve();
  return {
    looked: (finding, verdict) => {
      const change = last.then(() => updateFinding(file, finding, verdict, now()));
      last = change.catch(() => undefined);
      return change;
    },
    async open(scope, most) {
      const all = await file.read();
      const facts = { account: undefined, tags: undefined };
      // What only an estate knows (units, tags) is decided when the run is planned: until then it may be in the scope.
      const may = all.filter((finding) => isOpen(finding) && matchScope(scope, { ...finding, ...facts }) !== 'no');
      return may.slice(0, most);
    },
  };
}
