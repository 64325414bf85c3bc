import { randomBytes } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace-node';

/** The ids of a span. 16 and 8 bytes in hexadecimal, as W3C Trace Context has it. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Ids at random, and for the span that is begun next those that it is to have. */
export class ChosenIds implements IdGenerator {
  private wanted: SpanIds | undefined;

  next<Made>(wanted: SpanIds, begin: () => Made): Made {
    this.wanted = wanted;
    try {
      return begin();
    } finally {
      this.wanted = undefined;
    }
  }

  readonly generateTraceId = (): string => this.wanted?.traceId ?? randomBytes(16).toString('hex');
  readonly generateSpanId = (): string => this.wanted?.spanId ?? randomBytes(8).toString('hex');
}
