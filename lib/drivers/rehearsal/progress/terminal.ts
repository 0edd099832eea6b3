import { stripVTControlCharacters } from "node:util";
import type { RolloutEvent } from "../../../strategies/decision";
import { formatLatency, formatMean, formatShare, formatTime } from "../figures";
import type { Style } from "../style";
import type { GateStatus, Progress, RehearsalStatus, TrackStatus } from "./progress";

/** What a terminal is written to. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 40;
const REPAINT_MS = 200;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[0J";

/** Progress as one block that is painted over, with the events above it. */
export class TerminalProgress implements Progress {
  private height = 0;
  private paintedAt = 0;
  private last: RehearsalStatus | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly style: Style,
  ) {
    terminal.write(HIDE_CURSOR);
  }

  step(text: string): void {
    this.above(this.style.dim(text));
  }

  event({ at, kind, message }: RolloutEvent): void {
    const { bad, good, bold } = this.style;
    const shown = { "rolled-back": bad, "gate-failed": bad, paused: bad, promoted: good, "stage-entered": bold }[
      kind as string
    ];
    this.above(`${this.style.dim(formatTime(at).padStart(8))}  ${shown ? shown(message) : message}`);
  }

  status(status: RehearsalStatus): void {
    this.last = status;
    if (performance.now() - this.paintedAt < REPAINT_MS) return;
    this.repaint();
  }

  end(): void {
    this.erase();
    this.terminal.write(SHOW_CURSOR);
    this.last = undefined;
  }

  private above(line: string): void {
    this.erase();
    this.terminal.write(`${line}\n`);
    this.repaint();
  }

  private repaint(): void {
    this.erase();
    if (this.last === undefined) return;
    const lines = this.block(this.last);
    this.terminal.write(`${lines.join("\n")}\n`);
    this.height = lines.length;
    this.paintedAt = performance.now();
  }

  private erase(): void {
    if (this.height > 0) this.terminal.write(`\u001b[${this.height}A\r${CLEAR_BELOW}`);
    this.height = 0;
  }

  private block(status: RehearsalStatus): string[] {
    const { bold, dim, accent } = this.style;
    const { stable, canary, gates } = status;
    const filled = Math.round((canary.weight / 100) * BAR);
    const metrics = [...new Set([...Object.keys(stable.metrics), ...Object.keys(canary.metrics)])];
    const head = ["", "weight", "req/s", "p95", "errors", ...metrics];
    const clock = `${formatTime(status.rolloutSeconds)} on the rollout's clock, ${formatTime(status.wallSeconds)} real`;
    return [
      "",
      `${bold(status.name)}  stage ${status.stage} of ${status.stages}  ${dim(clock)}`,
      `${accent("█".repeat(filled))}${dim("░".repeat(BAR - filled))} ${canary.weight} % on ${canary.version}`,
      dim(columns(head)),
      columns(trackCells(stable, metrics)),
      columns(trackCells(canary, metrics)),
      ...gates.map((gate) => this.gateLine(gate)),
      `requests lost: ${status.lost}`,
    ].map((line) => fit(line, this.terminal.columns ?? 80));
  }

  private gateLine({ words, evidence: { logEvidence, logLimit, verdict } }: GateStatus): string {
    const share = Math.min(1, Math.max(0, logEvidence / logLimit));
    const filled = Math.round(share * 10);
    const bar = `${"▪".repeat(filled)}${"·".repeat(10 - filled)}`;
    const { bad, dim, good } = this.style;
    const paint = verdict === "fail" ? bad : verdict === "pass" ? good : dim;
    return `${words.padEnd(30)}${dim("evidence of harm")} ${bar} ${`${Math.round(share * 100)} %`.padStart(5)}  ${paint(verdict.replaceAll("-", " "))}`;
  }
}

function trackCells({ version, weight, window, metrics }: TrackStatus, names: readonly string[]): string[] {
  return [
    version,
    `${weight} %`,
    window.requestsPerSecond.toFixed(0),
    formatLatency(window.p95),
    formatShare(window.errorRate),
    ...names.map((name) => formatMean(metrics[name])),
  ];
}

function columns(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(10))).join("");
}

/** A line that wraps would be painted over wrongly. One that is too long is cut, and loses its colours. */
function fit(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < width ? line : plain.slice(0, width - 1);
}
