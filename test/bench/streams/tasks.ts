import { fork } from "node:child_process";
import type { BenchRow } from "../report";

/** A part of the bench that returns rows of its table. */
export interface BenchTask {
  readonly name: string;
  run(): readonly BenchRow[];
}

/**
 * Runs all tasks and returns their rows in order. With more than one job, tasks run in processes that are started with the
 * same arguments, which must lead them to `runTasks` with the same tasks.
 */
export async function runTasks(tasks: readonly BenchTask[], jobs: number): Promise<readonly BenchRow[]> {
  if (process.send !== undefined) return answerParent(tasks);
  const rows: (readonly BenchRow[])[] = [];
  const queue = tasks.map((_, i) => i);
  if (jobs <= 1) for (const i of queue) rows[i] = reported(tasks[i]?.run() ?? []);
  else await Promise.all(Array.from({ length: jobs }, () => runInChild(queue, rows)));
  return rows.flat();
}

function reported(rows: readonly BenchRow[]): readonly BenchRow[] {
  for (const { metric, value, against, met } of rows)
    process.stderr.write(`${met ? "  " : "✗ "}${metric}\t${Number(value.toPrecision(4))}\t${against}\n`);
  return rows;
}

/** Sends tasks to a process until none is left. */
function runInChild(queue: number[], rows: (readonly BenchRow[])[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? "", process.argv.slice(2));
    const next = (): void => {
      const i = queue.shift();
      if (i === undefined) child.disconnect();
      else child.send(i);
    };
    child.on("message", ({ i, rows: done }: { i: number; rows: readonly BenchRow[] }) => {
      rows[i] = reported(done);
      next();
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a process of the bench ended with ${code}`)),
    );
    next();
  });
}

/** Runs the tasks that the parent asks for; the process ends with the parent. */
function answerParent(tasks: readonly BenchTask[]): Promise<never> {
  process.on("message", (i: number) => process.send?.({ i, rows: tasks[i]?.run() ?? [] }));
  return new Promise(() => undefined);
}
