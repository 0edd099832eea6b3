import { cleanUp } from "../support/server-process";
import { reloadDrill, stopDrill, type DrillResult, workerDrill } from "./drills";

const DRILLS: Readonly<Record<string, (times: number) => Promise<DrillResult>>> = {
  "SIGTERM under load": stopDrill,
  "hot reload under load": reloadDrill,
  "worker killed under load": workerDrill,
};

/** `npm run drill:serving [TIMES]`: compares every answer with that of an undisturbed server. */
async function main(times: number): Promise<void> {
  for (const [name, drill] of Object.entries(DRILLS)) {
    const since = Date.now();
    const { answered, lost, wrong } = await drill(times);
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    console.log(`${name.padEnd(24)} ×${times}: ${answered} answered, ${lost} lost, ${wrong} wrong (${seconds} s)`);
    if (lost + wrong > 0 || answered === 0) process.exitCode = 1;
  }
}

void main(Number(process.argv[2] ?? 20)).finally(cleanUp);
