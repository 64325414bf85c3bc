import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { callRecord, type CallFacts } from '../../twin/call-record.js';

/** Appends the record CloudTrail would write of each call to a file, a JSON line each. Only its owner may read it. */
export function recordCalls(path: string): {
  readonly record: (call: CallFacts) => void;
  readonly close: () => Promise<void>;
} {
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  return {
    record: (call) => void file.write(`${JSON.stringify(callRecord(call, randomUUID()))}\n`),
    close: () => new Promise((done) => file.end(done)),
  };
}
