import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** OTLP over HTTP in JSON. Source: OpenTelemetry protocol specification 1.x, "OTLP/HTTP"; `opentelemetry/proto/trace/v1/trace.proto`. */
interface ExportTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: Pick<SentSpan, 'attributes'>;
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly SentSpan[] }[];
  }[];
}

/** A span as it is sent. */
export interface SentSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number };
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

/** What was sent to a collector. */
export interface Received {
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly body: ExportTraceRequest;
}

/** A collector that keeps what it is sent. */
export class Collector {
  readonly received: Received[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as ExportTraceRequest;
      this.received.push({ path: request.url, type: request.headers['content-type'], body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  /** @returns where it listens. */
  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get spans(): SentSpan[] {
    return this.received.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  /** The services that sent something. */
  get services(): Set<unknown> {
    const sent = this.received.flatMap(({ body }) => body.resourceSpans);
    return new Set(sent.map(({ resource }) => attributesOf(resource)['service.name']));
  }

  close(): void {
    this.server.close();
  }
}

/** A span's attributes by name. */
export function attributesOf({ attributes }: Pick<SentSpan, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
