/** What is told of one chain. Texts are free of secrets; times are milliseconds. */
export interface ChainRun {
  /** URLs without query. */
  readonly source: string;
  readonly backup: string;
  readonly outcome: string;
  readonly startedOn: number;
  readonly endedOn: number;
  /** Bytes moved, where a backup was made. */
  readonly transferred: number | undefined;
  readonly pruned: number;
  /** When the disk was last known to equal its newest good point; undefined where it never was. */
  readonly goodOn: number | undefined;
  /** Of a chain that failed. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What is told of the verification that a policy asks for of a chain. Texts are free of secrets; times are milliseconds. */
export interface ChainProof {
  /** URLs without query. */
  readonly source: string;
  readonly backup: string;
  readonly outcome: string;
  readonly startedOn: number;
  readonly endedOn: number;
  /** Bytes compared, where something was. */
  readonly compared: number | undefined;
  /** When the chain was verified last, with as much read as the policy asks for; undefined where that is not known, or its newest point was found wrong. */
  readonly verifiedOn: number | undefined;
  /** Of a chain whose point is wrong, or could not be verified. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What is told of a whole `apply`. */
export interface ApplyRun {
  readonly startedOn: number;
  readonly endedOn: number;
  /** HTTP requests. */
  readonly requests: number;
  readonly failed: number;
}

/** Hears of an `apply` and hands it on to a collector. */
export interface ApplyTelemetry {
  chain(run: ChainRun): void;
  verification(proof: ChainProof): void;
  /** Tells of the whole, and waits until everything is delivered. @returns what went wrong with that; a backup is good without its telemetry */
  end(run: ApplyRun): Promise<string | undefined>;
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'] as const;

/** Telemetry where the environment names a collector, as OpenTelemetry's specification has it; the library is loaded only then. */
export async function openTelemetry(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
  startedOn: number,
): Promise<ApplyTelemetry | undefined> {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || !ENDPOINTS.some((name) => env[name])) return undefined;
  const { OtlpTelemetry } = await import('./otlpTelemetry.ts');
  return new OtlpTelemetry(env, version, startedOn);
}
