import type { ChosenIds } from './chosen-ids.js';

export const TRACES_VARIABLE = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** OpenTelemetry, loaded: what all traces of a process are made and sent with, by one exporter. */
export interface Telemetry {
  readonly api: typeof import('@opentelemetry/api');
  readonly tracer: import('@opentelemetry/api').Tracer;
  readonly ids: ChosenIds;
  /** Ends the exporter: what is not sent yet is sent. */
  end(): Promise<void>;
}

/**
 * OpenTelemetry, which sends to where `OTEL_EXPORTER_OTLP_ENDPOINT` says. Off by default: without it the libraries are not even
 * loaded.
 */
export async function openTelemetry(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Telemetry | undefined> {
  if ((environment[TRACES_VARIABLE] ?? '') === '') return undefined;
  const [api, resources, sdk, { OTLPTraceExporter }, { ChosenIds: Ids }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('./chosen-ids.js'),
  ]);
  const ids = new Ids();
  const spanProcessors = [new sdk.BatchSpanProcessor(new OTLPTraceExporter())];
  // What the environment says of the service counts: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes({ 'service.name': 'hikeshi' }))
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const provider = new sdk.NodeTracerProvider({ resource, spanProcessors, idGenerator: ids });
  provider.register();
  return { api, tracer: provider.getTracer('hikeshi'), ids, end: () => provider.shutdown() };
}
