import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatCount, formatShare, roundComputed } from "../../../core/format";
import { AGREEMENT } from "../../../strategies/observation";
import { escapeHtml } from "../../common/escape-html";
import type { DifferenceDistribution } from "../servers/comparison";
import { DIFFERENCE } from "./estimate";
import { formatOutcome, formatTitle, isSuccess, type RehearsalReport } from "./report";
import { pageData } from "./page-data";
import { PAGE_STYLE } from "./page-style";
import { summaryLines, type SummaryLine } from "./summary-lines";
import { gateTable, outputTable, resultTable, stageTable, trackTable, type Table } from "./tables";

/** Captions of the charts of metrics that are not plain means. */
const METRIC_CAPTIONS: Readonly<Record<string, string>> = {
  [DIFFERENCE]: "from the control, with an interval that holds at every evaluation",
  [AGREEMENT]: "share of the pairs of predictions, with its 95% interval",
};

/** The report as one page with charts, which loads nothing else. */
export function htmlReport(report: RehearsalReport): string {
  const title = formatTitle(report);
  const outcome = formatOutcome(report.outcome);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`${title}: ${outcome}`)}</title>
<style>${readAsset("uPlot.min.css")}
${PAGE_STYLE}</style>
</head>
<body>
<header>
<p class="kind">Rehearsal of a rollout</p>
<h1>${escapeHtml(title)} <span class="outcome ${isSuccess(report.outcome) ? "good" : "bad"}">${escapeHtml(outcome)}</span></h1>
<p>${escapeHtml(report.reason)}</p>
</header>
<main>
${charts(report)}
${section("Versions", table(trackTable(report)), `<p class="note">Latencies are measured at the callers, since a request was due.</p>`)}
${section("Results", `<dl>${summaryLines(report).map(definition).join("")}</dl>`)}
${tableSection("Verdicts on the variants", resultTable(report))}
${tableSection("Gates", gateTable(report))}
${tableSection("Differences between the predictions", outputTable(report), distributions(report))}
${section("Stages", table(stageTable(report)))}
</main>
<footer>${escapeHtml(report.at)}</footer>
<script type="application/json" id="data">${embedJson(pageData(report))}</script>
<script>${readAsset("uPlot.iife.min.js")}</script>
<script id="format">${formatScript()}</script>
<script type="module">${readFileSync(join(__dirname, "browser", "page.js"), "utf8")}</script>
</body>
</html>
`;
}

function charts(report: RehearsalReport): string {
  const metrics = Object.keys(report.series.metrics);
  const figures = [
    figure("weights", "Split", "share of the requests, over the rollout's clock"),
    ...(Object.keys(report.series.evidence).length > 0
      ? [figure("evidence", "Evidence of regression", "by gate, as a share of its limit")]
      : []),
    ...metrics.map((name) =>
      figure(`metric-${name}`, name, METRIC_CAPTIONS[name] ?? "mean since the start, with its 95% interval"),
    ),
    figure("latency", "p95 latency", "at the router, over the last four seconds of real time"),
    figure("errors", "Error rate", "at the router, over the last four seconds of real time"),
  ];
  return `<section class="pictures">${figures.join("")}</section>`;
}

function figure(id: string, title: string, explanation: string): string {
  return `<figure><figcaption><b>${escapeHtml(title)}</b> ${escapeHtml(explanation)}</figcaption><div id="${escapeHtml(id)}"></div></figure>`;
}

function section(title: string, ...contents: readonly string[]): string {
  return `<section><h2>${title}</h2>\n${contents.join("\n")}</section>`;
}

function tableSection(title: string, found: Table, more = ""): string {
  return found.rows.length === 0 ? "" : section(title, `${table(found)}${more}`);
}

function definition({ label, text }: SummaryLine): string {
  return `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`;
}

function table({ head, rows, prose }: Table): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("");
  return `<div class="table${prose ? " prose" : ""}"><table><thead>${line(head, "th")}</thead><tbody>${body}</tbody></table></div>`;
}

/** For each output, how much the predictions of two versions differ, as bars. */
function distributions({ comparison }: RehearsalReport): string {
  return (comparison?.distributions ?? []).map(distribution).join("");
}

function distribution({ output, buckets }: DifferenceDistribution): string {
  const all = buckets.reduce((sum, { pairs }) => sum + pairs, 0);
  const last = buckets.findLastIndex(({ pairs }) => pairs > 0);
  const rows = buckets.slice(0, last + 1).map(({ upTo, pairs }, index) => {
    const share = all === 0 ? 0 : pairs / all;
    return `<tr><td>${formatRange(upTo, buckets[index - 1]?.upTo)}</td><td>${formatCount(pairs)}</td><td>${formatShare(share)}</td>
<td class="bar"><span style="width:${roundComputed(share * 100)}%"></span></td></tr>`;
  });
  return `<div class="table"><table class="distribution"><thead><tr><th>difference in ${escapeHtml(output)}</th><th>pairs</th><th>share</th><th></th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div>`;
}

function formatRange(upTo: number | undefined, above: number | undefined): string {
  if (upTo === 0) return "none";
  return upTo === undefined ? `over ${above}` : `up to ${upTo}`;
}

function readAsset(name: string): string {
  return readFileSync(join(require.resolve("uplot/package.json"), "..", "dist", name), "utf8");
}

/** The compiled format module as the global `format` of the page, so that its numbers look like those of every other report. */
function formatScript(): string {
  const compiled = readFileSync(require.resolve("../../../core/format"), "utf8").replace(
    /^\/\/# sourceMappingURL=.*$/m,
    "",
  );
  return `const format = ((exports) => {\n${compiled}\nreturn exports;\n})({});`;
}

/** JSON in which no text can close the script element. */
function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
