// A wall-clock limit for the whole process that holds while it computes without pause, too: a thread of its own watches.
import { tmpdir } from "node:os";
import { Worker } from "node:worker_threads";

interface Watched {
  readonly milliseconds: number;
  /** What goes to stderr when time is up. */
  readonly words: string;
  /** Where this process may have laid temporary directories, `morello-<what>-<pid>-…`. */
  readonly temporary: readonly string[];
}

/** Kills the process after that time, as SIGKILL does; its temporary directories go first. Gives what calls this off. */
export function limitTime(seconds: number, words: string): () => void {
  const temporary = [process.env["TMPDIR"] ?? "/dev/shm", tmpdir()];
  const workerData: Watched = { milliseconds: seconds * 1000, words, temporary };
  const worker = new Worker(`(${watch.toString()})()`, { eval: true, workerData });
  worker.unref();
  return () => void worker.terminate();
}

/** Runs in the thread, as text: it can use nothing from around it. */
function watch(): void {
  const { readdirSync, rmSync, writeSync } = process.getBuiltinModule("node:fs");
  const { milliseconds, words, temporary } = process.getBuiltinModule("node:worker_threads").workerData as Watched;
  setTimeout(() => {
    const own = new RegExp(`^morello-[a-z]+-${process.pid}-`);
    try {
      writeSync(2, words);
      for (const directory of temporary)
        for (const name of readdirSync(directory))
          if (own.test(name)) rmSync(`${directory}/${name}`, { recursive: true, force: true });
    } finally {
      process.kill(process.pid, "SIGKILL");
    }
  }, milliseconds);
}
