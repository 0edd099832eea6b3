import { formatCount, formatShare } from "../../../core/format";
import type { DifferenceDistribution } from "../servers/comparison";
import { escapeHtml } from "../../common/escape-html";
import type { RehearsalReport } from "./report";

/** How large the differences between the predictions of two versions are, as bars, output by output. */
export function differences({ comparison }: RehearsalReport): string {
  return (comparison?.distributions ?? []).map(distribution).join("");
}

function distribution({ output, buckets }: DifferenceDistribution): string {
  const all = buckets.reduce((sum, { pairs }) => sum + pairs, 0);
  const last = buckets.findLastIndex(({ pairs }) => pairs > 0);
  const rows = buckets.slice(0, last + 1).map(({ upTo, pairs }, index) => {
    const share = all === 0 ? 0 : pairs / all;
    return `<tr><td>${rangeWords(upTo, buckets[index - 1]?.upTo)}</td><td>${formatCount(pairs)}</td><td>${formatShare(share)}</td>
<td class="bar"><span style="width:${(share * 100).toFixed(1)}%"></span></td></tr>`;
  });
  return `<div class="table"><table class="distribution"><thead><tr><th>difference in ${escapeHtml(output)}</th><th>pairs</th><th>share</th><th></th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div>`;
}

function rangeWords(upTo: number | undefined, above: number | undefined): string {
  if (upTo === 0) return "none";
  return upTo === undefined ? `over ${above}` : `up to ${upTo}`;
}
