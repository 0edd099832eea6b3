import { formatDuration, formatNumber } from "../../core/format";
import { escapeHtml } from "../common/escape-html";
import type { AbTestReport } from "./report";

const WIDTH = 860;
const PANEL = 220;
const MARGIN = { left: 72, right: 24, top: 56, bottom: 34 };
/** Panels show this many times the width of the last interval; earlier ones are wider. */
const ZOOM = 4;

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1c2430; } .quiet { fill: #5d6b7e; } .title { font-size: 16px; font-weight: 600; }
.paper { fill: #fff; } .grid { stroke: #e3e7ec; } .zero { stroke: #1c2430; } .effect { stroke: #5d6b7e; stroke-dasharray: 4 4; }
.band { fill: #4a6fa5; fill-opacity: 0.22; } .estimate { fill: none; stroke: #4a6fa5; stroke-width: 2; }
.winner { fill: #1a7f4b; } .worse, .guardrail-broken { fill: #c93838; } .end { text-anchor: end; } .middle { text-anchor: middle; }
@media (prefers-color-scheme: dark) {
text { fill: #e4e9f0; } .quiet { fill: #9aa8ba; } .paper { fill: #14181f; } .grid { stroke: #2c3542; } .zero { stroke: #e4e9f0; }
.effect { stroke: #9aa8ba; } .band { fill: #7fa8e0; } .estimate { stroke: #7fa8e0; } .winner { fill: #4cc38a; }
.worse, .guardrail-broken { fill: #f07070; } }`;

/** One evaluation of one variant: its relative difference from the control, with the bounds of its interval. */
interface Point {
  readonly at: number;
  readonly estimate: number;
  readonly from: number;
  readonly to: number;
}

/** The intervals of a test over time, as SVG with a panel for each variant. */
export function plotIntervals(report: AbTestReport): string {
  const height = report.variants.length * (PANEL + MARGIN.top + MARGIN.bottom) + 12;
  const panels = report.variants.map((variant, index) => panel(report, variant.version, index));
  const title = `${report.name}: ${report.metric} against ${report.control}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style><rect class="paper" width="${WIDTH}" height="${height}"/>`,
    ...panels.flat(),
    "</svg>",
    "",
  ].join("\n");
}

function panel(report: AbTestReport, version: string, index: number): string[] {
  const top = index * (PANEL + MARGIN.top + MARGIN.bottom) + MARGIN.top;
  const variant = report.variants.find((each) => each.version === version);
  const verdict = variant?.verdict ?? "not-enough-data";
  const heading = `<text class="title" x="${MARGIN.left}" y="${top - 28}">${escapeHtml(version)}: <tspan class="${verdict}">${verdict.replaceAll("-", " ")}</tspan></text>`;
  const summary = `<text class="quiet" x="${MARGIN.left}" y="${top - 10}">${escapeHtml(variant?.summary ?? "")}</text>`;
  const points = pointsOf(report, version);
  if (points.length === 0) return [heading, summary];
  const reach = reachOf(points, report.minimumEffect);
  const x = (at: number) => round(MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * at) / endOf(report));
  const y = (share: number) =>
    round(top + PANEL / 2 - (Math.max(-reach, Math.min(reach, share)) / reach) * (PANEL / 2));
  const path = (read: (point: Point) => number, list: readonly Point[]) =>
    list.map((point) => `${x(point.at)},${y(read(point))}`).join(" ");
  const band = `${path(({ to }) => to, points)} ${path(({ from }) => from, [...points].reverse())}`;
  return [
    heading,
    summary,
    ...ticks(reach).map((share) => levelLine(y(share), share)),
    ...[-report.minimumEffect, report.minimumEffect].map((share) => line("effect", y(share))),
    `<polygon class="band" points="${band}"/>`,
    line("zero", y(0)),
    `<polyline class="estimate" points="${path(({ estimate }) => estimate, points)}"/>`,
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => {
      const at = part * endOf(report);
      return `<text class="quiet middle" x="${x(at)}" y="${top + PANEL + 20}">${formatDuration(Math.round(at / 60) * 60)}</text>`;
    }),
  ];
}

const line = (kind: string, y: number): string =>
  `<line class="${kind}" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>`;

function levelLine(y: number, share: number): string {
  const label = `${share > 0 ? "+" : ""}${formatNumber(share * 100)}%`.replace("-", "−");
  return `${line("grid", y)}<text class="quiet end" x="${MARGIN.left - 8}" y="${y + 4}">${label}</text>`;
}

function pointsOf({ looks }: AbTestReport, version: string): Point[] {
  return looks.flatMap(({ at, variants }) => {
    const difference = variants.find((each) => each.version === version)?.difference;
    if (difference === undefined || difference.control === 0) return [];
    const relative = (value: number) => value / Math.abs(difference.control);
    return [
      {
        at,
        estimate: relative(difference.estimate),
        from: relative(difference.from),
        to: relative(difference.to),
      },
    ];
  });
}

function reachOf(points: readonly Point[], minimumEffect: number): number {
  const last = points.at(-1) as Point;
  const shown = Math.max(
    Math.abs(last.from),
    Math.abs(last.to),
    Math.abs(last.estimate) + (ZOOM * (last.to - last.from)) / 2,
  );
  const wanted = Math.max(shown, 1.5 * minimumEffect);
  const step = 10 ** Math.floor(Math.log10(wanted));
  return Math.ceil(wanted / step) * step;
}

const ticks = (reach: number): number[] => [-1, -0.5, 0, 0.5, 1].map((part) => part * reach);

const endOf = ({ duration, after }: AbTestReport): number => Math.max(duration, after, 1);

const round = (value: number): number => Math.round(value * 10) / 10;
