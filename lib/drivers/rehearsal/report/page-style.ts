/** Style of the report's page, in light and dark. */
export const PAGE_STYLE = `
:root {
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1c2430; --quiet: #5d6b7e; --grid: #e3e7ec;
  --track-1: #4a6fa5; --track-2: #d97a0b; --track-3: #2a9d8f; --track-4: #8e6bbf; --track-5: #b5577d; --track-6: #7a8b3c;
  --good: #1a7f4b; --bad: #c93838; --warn: #a15c00;
  --line-1: #4a6fa5; --line-2: #2a9d8f; --line-3: #8e6bbf; --line-4: #d97a0b; --line-5: #b5577d; --line-6: #7a8b3c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181f; --panel: #1c222b; --ink: #e4e9f0; --quiet: #9aa8ba; --grid: #2c3542;
    --track-1: #7fa8e0; --track-2: #f0a04b; --track-3: #5ccfc0; --track-4: #b79be8; --track-5: #e08bb0; --track-6: #b3c46b;
    --good: #4cc38a; --bad: #f07070; --warn: #e0a458;
    --line-1: #7fa8e0; --line-2: #5ccfc0; --line-3: #b79be8; --line-4: #f0a04b; --line-5: #e08bb0; --line-6: #b3c46b;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 24px 20px 48px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header p { margin: 0; }
.kind { color: var(--quiet); font-size: 13px; letter-spacing: 0.02em; }
h1 { font-size: 24px; line-height: 1.3; margin: 2px 0 6px; }
h2 { font-size: 17px; margin: 0 0 10px; }
section { margin-top: 28px; }
.outcome { display: inline-block; font-size: 14px; font-weight: 600; padding: 2px 10px; border-radius: 999px; vertical-align: 4px;
  color: var(--paper); background: var(--bad); }
.outcome.good { background: var(--good); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 16px; }
figure:first-child { grid-column: 1 / -1; }
figure { margin: 0; padding: 12px 12px 8px; background: var(--panel); border-radius: 8px; min-width: 0; }
figcaption { font-size: 13px; color: var(--quiet); margin: 0 0 6px 6px; }
figcaption b { color: var(--ink); font-size: 15px; margin-right: 6px; }
.uplot .u-legend { font-size: 12px; text-align: left; margin: 2px 0 0 6px; color: var(--quiet); }
.uplot .u-legend .bound, .uplot .u-legend .u-series:first-child th { display: none; }
.uplot .u-legend th { font-weight: 500; }
.uplot .u-legend th::after { display: none; }
.uplot .u-legend .u-marker { width: 12px; height: 4px; border-radius: 2px; }
.uplot .u-legend .u-series > * { padding: 2px 4px; }
.uplot .u-legend .u-value { color: var(--ink); font-variant-numeric: tabular-nums; display: inline-block; min-width: 5em; }
.uplot .u-legend .u-series:first-child > *, .uplot .u-legend .u-series:first-child .u-value { min-width: 0; padding: 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
.uplot table { width: auto; }
.table th, .table td { text-align: right; padding: 6px 10px; border-bottom: 1px solid var(--grid); white-space: nowrap; }
.table th { color: var(--quiet); font-weight: 500; }
.table th:first-child, .table td:first-child { text-align: left; }
.table.prose td:last-child, .table.prose th:last-child { text-align: left; white-space: normal; }
.distribution { margin-top: 14px; }
.distribution .bar { width: 50%; }
.distribution .bar span { display: block; height: 10px; border-radius: 2px; background: var(--track-2); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 18px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.note, footer { color: var(--quiet); font-size: 13px; }
footer { margin-top: 32px; }
`;
