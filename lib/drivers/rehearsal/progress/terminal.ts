import {
  formatCount,
  formatElapsed,
  formatLatency,
  formatNumber,
  formatPercent,
  formatShare,
} from "../../../core/format";
import { stripVTControlCharacters } from "node:util";
import type { RolloutEvent } from "../../../strategies/decision";
import { formatStage, formatWeight, headline } from "./text";
import type { Style } from "../../common/style";
import type { GateStatus, Progress, RehearsalStatus, TrackStatus } from "./progress";

/** A terminal as a stream. */
interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 40;
const FILLINGS = ["█", "▓", "▒"];
const REPAINT_MS = 200;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[0J";

/** Progress as a block that is repainted in place, with the events above it. */
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

  event(event: RolloutEvent): void {
    const { bad, good, bold } = this.style;
    const paint: Partial<Record<RolloutEvent["kind"], (text: string) => string>> = {
      "rolled-back": bad,
      "gate-failed": bad,
      "arm-removed": bad,
      paused: bad,
      promoted: good,
      completed: good,
      verdict: bold,
      "stage-entered": bold,
    };
    const text = headline(event);
    this.above(`${this.style.dim(formatElapsed(event.at).padStart(8))}  ${paint[event.kind]?.(text) ?? text}`);
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
    const { bold, dim } = this.style;
    const { tracks, gates } = status;
    const metrics = [...new Set(tracks.flatMap((track) => Object.keys(track.metrics)))];
    const labelWidth = Math.max(0, ...gates.map(({ label }) => label.length)) + 2;
    const head = ["", "weight", "req/s", "p95", "errors", ...metrics];
    const clock = `${formatElapsed(status.rolloutSeconds)} on the rollout's clock, ${formatElapsed(status.wallSeconds)} real`;
    return [
      "",
      `${bold(status.name)}  ${formatStage(status)}${dim(clock)}`,
      this.bar(tracks),
      dim(columns(head)),
      ...tracks.map((track) => columns(trackCells(track, metrics))),
      ...gates.map((gate) => this.gateLine(gate, labelWidth)),
      `requests lost: ${status.lost}`,
    ].map((line) => fit(line, this.terminal.columns ?? 80));
  }

  /** The split as a bar: the candidates from the left, each with a filling of its own; the rest is the baseline's. */
  private bar([baseline, ...candidates]: readonly TrackStatus[]): string {
    const { accent, dim } = this.style;
    const cells = candidates.map((track) => Math.round(((track.weight || track.mirror) / 100) * BAR));
    const parts = cells.map((count, index) => accent((FILLINGS[index % FILLINGS.length] as string).repeat(count)));
    const rest = Math.max(0, BAR - cells.reduce((sum, count) => sum + count, 0));
    const labels = candidates.map((track) => `${formatWeight(track)} on ${track.version}`);
    return `${parts.join("")}${dim("░".repeat(rest))} ${labels.join(", ") || `100% on ${baseline?.version}`}`;
  }

  private gateLine({ label, evidence: { logEvidence, logLimit, verdict } }: GateStatus, width: number): string {
    const share = Math.min(1, Math.max(0, logEvidence / logLimit));
    const filled = Math.round(share * 10);
    const bar = `${"▪".repeat(filled)}${"·".repeat(10 - filled)}`;
    const { bad, dim, good } = this.style;
    const paint = verdict === "fail" ? bad : verdict === "pass" ? good : dim;
    return `${label.padEnd(width)}${dim("evidence")} ${bar} ${formatPercent(Math.round(share * 100) / 100).padStart(4)}  ${paint(verdict.replaceAll("-", " "))}`;
  }
}

function trackCells(track: TrackStatus, names: readonly string[]): string[] {
  const { version, window, metrics } = track;
  return [
    version,
    formatWeight(track),
    formatCount(window.requestsPerSecond),
    formatLatency(window.p95),
    formatShare(window.errorRate),
    ...names.map((name) => formatNumber(metrics[name])),
  ];
}

function columns(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(10))).join("");
}

/** A wrapped line would break the repainting, so a line that is too long is cut, and loses its colors. */
function fit(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < width ? line : plain.slice(0, width - 1);
}
