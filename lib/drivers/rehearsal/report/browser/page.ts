import type { PageData, PageMark } from "../page-data";
import type { Column, EstimateColumns, TrackColumns } from "../series";
import type * as Format from "../../../../core/format";

/** A script of the page defines it, so that the charts show numbers as the rest of the report does. */
declare const format: typeof Format;

const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as PageData;
const drawn: uPlot[] = [];
const HEIGHT = 240;
const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

interface Line {
  readonly label: string;
  readonly values: Column;
  readonly color: string;
  readonly dashed?: boolean;
  readonly stepped?: boolean;
  readonly filled?: boolean;
  /** Bounds of the interval around the line. */
  readonly interval?: { readonly low: Column; readonly high: Column };
}

interface Chart {
  readonly element: string;
  readonly lines: readonly Line[];
  readonly formatValue: (value: number) => string;
  readonly range: (most: number, least: number) => [number, number];
  readonly logarithmic?: boolean;
}

/** A color of the page's theme. */
function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function draw({ element, lines, formatValue, range, logarithmic }: Chart): void {
  const target = document.getElementById(element);
  if (target === null) return;
  const columns = lines.flatMap(({ values, interval }) =>
    interval ? [values, interval.low, interval.high] : [values],
  );
  const values = columns.flatMap((column) => column.filter((value): value is number => value !== null));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const grid = { stroke: color("grid"), width: 1 };
  const axis = { stroke: color("quiet"), grid, ticks: { show: false }, font: "12px system-ui" };
  const painted = lines.flatMap((line) => (line.interval ? [line, line, line] : [line]));
  const options: uPlot.Options = {
    width: target.clientWidth,
    height: HEIGHT,
    cursor: { sync: { key: "rehearsal" }, points: { size: 6 } },
    scales: {
      x: { time: false, range: [0, data.series.at.at(-1) ?? 1] },
      y: { range: values.length === 0 ? [0, 1] : range(most, least), ...(logarithmic && { distr: 3 as const }) },
    },
    axes: [
      { ...axis, size: 28, incrs: SECOND_STEPS, values: (_, splits) => splits.map(format.formatDuration) },
      {
        ...axis,
        ...(logarithmic && { grid: { ...grid, filter: powersOfTen } }),
        size: 64,
        values: (_, splits) => splits.map((split) => (split === null ? "" : formatValue(split))),
      },
    ],
    legend: { markers: { fill: (_, index) => color(painted[index - 1]?.color ?? "panel"), width: 0 } },
    series: [
      { label: "", value: (_, at) => (at === null ? "" : `at ${format.formatDuration(Math.round(at))}`) },
      ...lines.flatMap((line) => seriesOf(line, formatValue)),
    ],
    bands: bandsOf(lines),
    hooks: { drawAxes: [drawMarkLines], draw: [drawMarkLabels] },
  };
  drawn.push(new uPlot(options, [[...data.series.at], ...columns.map((column) => [...column])], target));
}

/** The areas of the intervals; each line with an interval is followed by the interval's two bounds. */
function bandsOf(lines: readonly Line[]): uPlot.Band[] {
  let index = 1;
  return lines.flatMap(({ interval, color: name }) => {
    const first = index;
    index += interval ? 3 : 1;
    return interval ? [{ series: [first + 2, first + 1] as [number, number], fill: `${color(name)}22` }] : [];
  });
}

/** A logarithmic axis has a split for every digit; only the powers of ten get a grid line. */
function powersOfTen(_: uPlot, splits: number[]): (number | null)[] {
  return splits.map((split) => (Number.isInteger(Math.log10(split)) ? split : null));
}

function seriesOf(line: Line, formatValue: Chart["formatValue"]): uPlot.Series[] {
  const { label, color: name, dashed, stepped, filled, interval } = line;
  const stroke = color(name);
  const series: uPlot.Series = {
    label,
    stroke,
    width: dashed ? 1.5 : 2,
    points: { show: false },
    spanGaps: true,
    value: (_, value) => (value === null ? "" : formatValue(value)),
    ...(dashed && { dash: [6, 4] }),
    ...(filled && { fill: `${stroke}22` }),
    ...(stepped && uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
  };
  const bound: uPlot.Series = { class: "bound", label: "", width: 0, points: { show: false }, spanGaps: true };
  return interval ? [series, bound, bound] : [series];
}

/** The extents of the labels in each row. */
type Rows = [from: number, until: number][][];

/** A label that does not fit into these rows is omitted. */
const ROWS = 4;

/** A mark within the chart, and its position. */
interface PlacedMark {
  readonly mark: PageMark;
  readonly x: number;
}

function placedMarks({ bbox, valToPos }: uPlot): PlacedMark[] {
  return data.marks
    .map((mark) => ({ mark, x: Math.round(valToPos(mark.at, "x", true)) }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
}

/** Lines where a stage began, a fault was injected or the rollout ended, under the curves. */
function drawMarkLines(plot: uPlot): void {
  plot.ctx.save();
  for (const { mark, x } of placedMarks(plot)) drawMarkLine(plot, x, mark);
  plot.ctx.restore();
}

/** The labels of these lines, over the curves. */
function drawMarkLabels(plot: uPlot): void {
  const { ctx } = plot;
  // Faults and outcomes get their space before stages.
  const marks = placedMarks(plot).sort((a, b) => Number(a.mark.kind === "stage") - Number(b.mark.kind === "stage"));
  const rows: Rows = Array.from({ length: ROWS }, () => []);
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  for (const { mark, x } of marks) drawMarkLabel(plot, x, mark, rows);
  ctx.restore();
}

/** A rollback drill lasts until the end of the chart, and is not part of the rollout. */
function drawMarkLine({ ctx, bbox }: uPlot, x: number, mark: PageMark): void {
  if (mark.kind === "drill") {
    ctx.fillStyle = `${color("quiet")}22`;
    ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  }
  ctx.strokeStyle = color(markColor(mark));
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(mark.kind === "stage" ? [2 * devicePixelRatio, 3 * devicePixelRatio] : []);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** Writes a label next to its line, on the left at the chart's end, in the first row with space for it. */
function drawMarkLabel({ ctx, bbox }: uPlot, x: number, mark: PageMark, rows: Rows): void {
  const gap = 4 * devicePixelRatio;
  const width = ctx.measureText(mark.label).width;
  const left = x + gap + width > bbox.left + bbox.width ? x - gap - width : x + gap;
  const row = rows.findIndex((labels) => !labels.some(([from, until]) => left < until && left + width > from));
  if (row < 0) return;
  rows[row]?.push([left - gap, left + width + gap]);
  const top = bbox.top + row * 15 * devicePixelRatio;
  ctx.fillStyle = color("panel");
  ctx.fillRect(left - 1, top + 1, width + 2, 15 * devicePixelRatio);
  ctx.fillStyle = color(markColor(mark));
  ctx.fillText(mark.label, left, top + gap);
}

function markColor({ kind }: PageMark): string {
  return { stage: "quiet", fault: "warn", drill: "quiet", good: "good", bad: "bad" }[kind];
}

function tracks(columns: TrackColumns): Line[] {
  return data.tracks.map(({ name, version }, index) => ({
    label: version,
    values: columns[name] ?? [],
    color: trackColor(index),
  }));
}

function trackColor(index: number): string {
  return `track-${(index % 6) + 1}`;
}

/** The weights of the tracks, and the shares that are mirrored to them. */
function splitLines(): Line[] {
  const { weight, mirror } = data.series;
  const filled = data.tracks.length === 2;
  const weights = tracks(weight).map((line) => ({ ...line, stepped: true, filled }));
  const copies = tracks(mirror).map((line) => ({
    ...line,
    label: `copies to ${line.label}`,
    stepped: true,
    dashed: true,
  }));
  const shown = filled ? weights.slice(1) : weights;
  return [...shown, ...copies].filter(({ values }) => values.some((value) => value));
}

function estimateLines({ mean, low, high }: EstimateColumns): Line[] {
  return data.tracks.map(({ name, version }, index) => ({
    label: version,
    values: mean[name] ?? [],
    color: trackColor(index),
    interval: { low: low[name] ?? [], high: high[name] ?? [] },
  }));
}

/** A constant line. */
function limit(label: string, value: number | null): Line[] {
  return value === null ? [] : [{ label, values: data.series.at.map(() => value), color: "bad", dashed: true }];
}

function drawAll(): void {
  for (const plot of drawn.splice(0)) plot.destroy();
  const { series } = data;
  draw({
    element: "weights",
    lines: splitLines(),
    formatValue: (value) => format.formatPercent(value / 100),
    range: () => [0, 100],
  });
  draw({
    element: "latency",
    lines: [...tracks(series.p95), ...limit("objective", data.latencyLimit)],
    formatValue: format.formatLatency,
    range: (most, least) => [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most * 1.1))],
    logarithmic: true,
  });
  draw({
    element: "errors",
    lines: [...tracks(series.errorRate), ...limit("objective", data.errorLimit)],
    formatValue: format.formatShare,
    range: (most) => [0, Math.max(most * 1.25, 0.001)],
  });
  draw({
    element: "evidence",
    lines: [...evidenceLines(), ...limit("fails", 1)],
    formatValue: format.formatShare,
    range: (most) => [0, most * 1.15],
  });
  for (const [name, columns] of Object.entries(series.metrics)) {
    draw({
      element: `metric-${name}`,
      lines: estimateLines(columns),
      formatValue: format.formatNumber,
      range: (most, least) => [least - (most - least) * 0.15 - 1e-3, most + (most - least) * 0.15 + 1e-3],
    });
  }
}

/** Gates have limits of their own, so each line is shown as a share of its gate's limit. */
function evidenceLines(): Line[] {
  return Object.entries(data.series.evidence).map(([gate, values], index) => {
    const most = data.series.limits[gate] || 1;
    const shares = values.map((value) => (value === null ? null : Math.max(0, value / most)));
    return { label: data.gates[gate] ?? gate, values: shares, color: `line-${(index % 6) + 1}` };
  });
}

let resized: ReturnType<typeof setTimeout> | undefined;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(drawAll, 100);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
drawAll();
