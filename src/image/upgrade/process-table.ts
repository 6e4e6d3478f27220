// What `podman top` and `docker top` print -> processes. Nothing is run here.
import type { Engine } from "../engine.ts";
import type { Process } from "./drain.ts";

/** Asked of the engine, in this order; the command line last, since it alone holds blanks. */
export function tableArguments(engine: Engine, container: string): string[] {
  return engine === "docker"
    ? ["top", container, "-eo", "pid,ppid,user,tty,stat,args"] // ps on the host, its numbers
    : ["top", container, "pid", "ppid", "user", "tty", "state", "args"]; // no ps is needed, numbers as in the container
}

/** Lines that are no process (the heading) are left out. */
export function parseTable(text: string): Process[] {
  return text.split("\n").flatMap((line): Process[] => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.*?)\s*$/.exec(line);
    if (found === null) return [];
    const [, pid, parent, user = "", tty = "", state = "", args = ""] = found;
    return [{ pid: Number(pid), parent: Number(parent), user, tty, state, args }];
  });
}
