import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AGREEMENT } from "../../../strategies/observation";
import { DIFFERENCE } from "./estimate";
import { differences } from "./differences";
import { escapeHtml } from "../../common/escape-html";
import { factsOf } from "./facts";
import { pageData } from "./page-data";
import { PAGE_STYLE } from "./page-style";
import type { RehearsalReport } from "./report";
import { gateTable, outputTable, resultTable, stageTable, trackTable, type Table } from "./tables";
import { isGoodEnd, outcomeWords, titleOf } from "./outcome";

/** What a picture shows, where it is no plain metric. */
const METRIC_WORDS: Readonly<Record<string, string>> = {
  [DIFFERENCE]: "from the control, and an interval that holds at every look",
  [AGREEMENT]: "share of the pairs of predictions, and its 95% interval",
};

/** The report as one page that needs nothing else, with pictures. */
export function htmlReport(report: RehearsalReport): string {
  const title = `${titleOf(report)}: ${outcomeWords(report.outcome)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${readAsset("uPlot.min.css")}
${PAGE_STYLE}</style>
</head>
<body>
<header>
<p class="kind">Rehearsal of a rollout</p>
<h1>${escapeHtml(titleOf(report))} <span class="outcome ${isGoodEnd(report.outcome) ? "good" : "bad"}">${escapeHtml(outcomeWords(report.outcome))}</span></h1>
<p>${escapeHtml(report.reason)}</p>
</header>
<main>
${pictures(report)}
<section><h2>What each version did</h2>
${table(trackTable(report))}
<p class="note">Latencies are the callers', from the moment at which a request was due.</p></section>
<section><h2>What happened</h2>
<dl>${factsOf(report).map(fact).join("")}</dl></section>
${titled("What the test says", resultTable(report))}
${titled("What the gates saw", gateTable(report))}
${titled("How the predictions differ", outputTable(report), differences(report))}
<section><h2>Timetable as it happened</h2>
${table(stageTable(report))}</section>
</main>
<footer>${escapeHtml(report.at)}</footer>
<script type="application/json" id="data">${embed(pageData(report))}</script>
<script>${readAsset("uPlot.iife.min.js")}</script>
<script type="module">${readFileSync(join(__dirname, "browser", "page.js"), "utf8")}</script>
</body>
</html>
`;
}

function pictures(report: RehearsalReport): string {
  const metrics = Object.keys(report.series.metrics);
  const figures = [
    figure("weights", "Split", "share of the requests, over the rollout's clock"),
    ...(Object.keys(report.series.evidence).length > 0
      ? [figure("evidence", "Evidence of harm", "by gate, in percent of what fails it")]
      : []),
    ...metrics.map((name) =>
      figure(`metric-${name}`, name, METRIC_WORDS[name] ?? "mean since the start, and its 95% interval"),
    ),
    figure("latency", "p95 latency", "at the router, over the last four seconds of real time"),
    figure("errors", "Error rate", "at the router, over the last four seconds of real time"),
  ];
  return `<section class="pictures">${figures.join("")}</section>`;
}

function figure(id: string, title: string, explanation: string): string {
  return `<figure><figcaption><b>${escapeHtml(title)}</b> ${escapeHtml(explanation)}</figcaption><div id="${escapeHtml(id)}"></div></figure>`;
}

function titled(title: string, found: Table, more = ""): string {
  return found.rows.length === 0 ? "" : `<section><h2>${title}</h2>\n${table(found)}${more}</section>`;
}

function fact({ label, text }: { readonly label: string; readonly text: string }): string {
  return `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`;
}

function table({ head, rows, prose }: Table): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("");
  return `<div class="table${prose ? " prose" : ""}"><table><thead>${line(head, "th")}</thead><tbody>${body}</tbody></table></div>`;
}

function readAsset(name: string): string {
  return readFileSync(join(require.resolve("uplot/package.json"), "..", "dist", name), "utf8");
}

/** JSON that no text in it can end the script element of. */
function embed(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
