import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import { connectionProblem } from "../core/connection-problem";
import type { Log } from "../core/log";
import { OutageLog } from "../core/outage-log";

/** What a person can do if the collector answers with a status. */
const FIXES: Readonly<Record<string, string>> = {
  401: "check OTEL_EXPORTER_OTLP_HEADERS",
  403: "check OTEL_EXPORTER_OTLP_HEADERS",
  404: "check the path of OTEL_EXPORTER_OTLP_ENDPOINT, and that the collector accepts OTLP over HTTP",
};

/** Sends spans, and logs once that they cannot be sent, with the cause. */
export class LoggedExporter implements SpanExporter {
  private readonly outage: OutageLog;

  constructor(
    private readonly exporter: SpanExporter,
    log: Log,
  ) {
    this.outage = new OutageLog(log, {}, "traces cannot be sent", "traces are sent again");
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.outage.succeeded();
      else this.outage.failed(problemOf(result.error));
      // The processor would only log a failure, each time and without its cause.
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}

function problemOf(error: unknown): string {
  const status = error instanceof Error && "code" in error ? String(error.code) : "";
  const fix = FIXES[status];
  if (/^\d{3}$/.test(status)) return `the collector answered ${status}${fix === undefined ? "" : `; ${fix}`}`;
  return connectionProblem(error);
}
