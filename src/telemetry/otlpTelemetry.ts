import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, ValueType, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ApplyRun, ApplyTelemetry, ChainProof, ChainRun } from './applyTelemetry.ts';

const NAME = 'page-blob-backup';
/** Delivering may take so long, then the program ends without. */
const PATIENCE_MS = 10_000;

/**
 * Metrics and traces of one `apply` by OTLP over HTTP. Where to, with which headers and for which service: the library reads the environment variables of
 * OpenTelemetry's specification itself.
 */
export class OtlpTelemetry implements ApplyTelemetry {
  readonly #meters: MeterProvider | undefined;
  readonly #tracers: BasicTracerProvider | undefined;
  readonly #instruments;
  readonly #span: Span | undefined;
  readonly #context: Context;

  constructor(env: Readonly<Record<string, string | undefined>>, version: string, startedOn: number) {
    const own = resourceFromAttributes({ 'service.name': NAME, 'service.version': version });
    const resource = defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] }));
    const has = (kind: 'METRICS' | 'TRACES'): boolean =>
      env[`OTEL_${kind}_EXPORTER`] !== 'none' && Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env[`OTEL_EXPORTER_OTLP_${kind}_ENDPOINT`]);
    this.#meters = has('METRICS')
      ? new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })] })
      : undefined;
    this.#tracers = has('TRACES')
      ? new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
      : undefined;
    this.#instruments = this.#meters && instrumentsOf(this.#meters, version);
    this.#span = this.#tracers
      ?.getTracer(NAME, version)
      .startSpan('apply', { startTime: startedOn, kind: SpanKind.INTERNAL }, ROOT_CONTEXT);
    this.#context = this.#span ? trace.setSpan(ROOT_CONTEXT, this.#span) : ROOT_CONTEXT;
  }

  chain(run: ChainRun): void {
    const { source, backup, outcome, startedOn, endedOn, transferred, pruned, goodOn, error } = run;
    const chain = { 'page_blob_backup.source': source, 'page_blob_backup.backup': backup };
    const about: Attributes = { ...chain, 'page_blob_backup.outcome': outcome, ...(error && { 'error.type': error.code }) };
    this.#instruments?.runs.add(1, about);
    this.#instruments?.duration.record((endedOn - startedOn) / 1000, about);
    if (transferred !== undefined) this.#instruments?.transferred.add(transferred, chain);
    if (pruned > 0) this.#instruments?.pruned.add(pruned, chain);
    if (goodOn !== undefined) this.#instruments?.age.record(Math.max(0, (endedOn - goodOn) / 1000), chain);
    const span = this.#tracers?.getTracer(NAME).startSpan('apply chain', { startTime: startedOn, attributes: about }, this.#context);
    if (transferred !== undefined) span?.setAttribute('page_blob_backup.transferred', transferred);
    if (pruned > 0) span?.setAttribute('page_blob_backup.pruned', pruned);
    if (error) span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span?.end(endedOn);
  }

  verification({ source, backup, outcome, startedOn, endedOn, compared, verifiedOn, error }: ChainProof): void {
    const chain = { 'page_blob_backup.source': source, 'page_blob_backup.backup': backup };
    const about: Attributes = { ...chain, 'page_blob_backup.outcome': outcome, ...(error && { 'error.type': error.code }) };
    this.#instruments?.verifications.add(1, about);
    this.#instruments?.verifying.record((endedOn - startedOn) / 1000, about);
    if (compared !== undefined) this.#instruments?.compared.add(compared, chain);
    if (verifiedOn !== undefined) this.#instruments?.proofAge.record(Math.max(0, (endedOn - verifiedOn) / 1000), chain);
    const span = this.#tracers?.getTracer(NAME).startSpan('verify chain', { startTime: startedOn, attributes: about }, this.#context);
    if (compared !== undefined) span?.setAttribute('page_blob_backup.compared', compared);
    if (error) span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span?.end(endedOn);
  }

  async end({ startedOn, endedOn, requests, failed }: ApplyRun): Promise<string | undefined> {
    this.#instruments?.requests.add(requests);
    this.#instruments?.whole.record((endedOn - startedOn) / 1000);
    this.#span?.setAttributes({ 'page_blob_backup.requests': requests, 'page_blob_backup.failed': failed });
    if (failed > 0) this.#span?.setStatus({ code: SpanStatusCode.ERROR });
    this.#span?.end(endedOn);
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    const late = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('the collector did not answer in time')));
    });
    // Flushed and not shut down: that would deliver the metrics twice, and keep to itself what goes wrong. Timers of the library do not hold the process.
    const flushed = Promise.all([this.#meters?.forceFlush(), this.#tracers?.forceFlush()]);
    try {
      await Promise.race([flushed, late]);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function instrumentsOf(meters: MeterProvider, version: string) {
  const meter = meters.getMeter(NAME, version);
  const name = (end: string): string => `page_blob_backup.${end}`;
  return {
    runs: meter.createCounter(name('runs'), {
      valueType: ValueType.INT,
      unit: '{run}',
      description: 'Looks at a chain, by what came of them.',
    }),
    transferred: meter.createCounter(name('transferred'), { valueType: ValueType.INT, unit: 'By', description: 'Bytes moved by backups.' }),
    pruned: meter.createCounter(name('pruned'), { valueType: ValueType.INT, unit: '{point}', description: 'Recovery points deleted.' }),
    requests: meter.createCounter(name('requests'), { valueType: ValueType.INT, unit: '{request}', description: 'HTTP requests sent.' }),
    duration: meter.createHistogram(name('chain.duration'), { unit: 's', description: 'How long a chain took.' }),
    whole: meter.createHistogram(name('duration'), { unit: 's', description: 'How long all chains took.' }),
    age: meter.createGauge(name('good.age'), { unit: 's', description: 'Since the disk was last known to equal its newest good point.' }),
    verifications: meter.createCounter(name('verifications'), {
      valueType: ValueType.INT,
      unit: '{verification}',
      description: 'Verifications that the policy asks for, by what came of them.',
    }),
    compared: meter.createCounter(name('compared'), {
      valueType: ValueType.INT,
      unit: 'By',
      description: 'Bytes that verifications compared with the disks.',
    }),
    verifying: meter.createHistogram(name('verification.duration'), {
      unit: 's',
      description: 'How long the verification of a chain took.',
    }),
    proofAge: meter.createGauge(name('verified.age'), { unit: 's', description: 'Since the chain was last verified as the policy asks.' }),
  };
}
