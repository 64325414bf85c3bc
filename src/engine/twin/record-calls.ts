import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { callRecord, type CallFacts } from '../../twin/call-record.js';
import { serviceEventRecord, type ServiceEvent } from '../../twin/service-event.js';

/** Who is told what a twin does. */
export interface TwinRecorder {
  readonly record: (call: CallFacts) => void;
  readonly event: (event: ServiceEvent) => void;
}

/**
 * Appends the record CloudTrail would write of each call, and of what services do by themselves (`DeleteKey` when a key's
 * waiting period is over), to a file, a JSON line each. Only its owner may read it.
 */
export function recordCalls(path: string): TwinRecorder & { readonly close: () => Promise<void> } {
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  return {
    record: (call) => void file.write(`${JSON.stringify(callRecord(call, randomUUID()))}\n`),
    event: (event) => void file.write(`${JSON.stringify(serviceEventRecord(event, randomUUID()))}\n`),
    close: () => new Promise((done) => file.end(done)),
  };
}
