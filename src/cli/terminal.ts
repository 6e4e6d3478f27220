// What the process's streams and environment say about how to show things. Decided once, from values, so that it can
// be tested without a terminal.
import type { View } from "./render/view.ts";

export interface StreamFacts {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Narrower terminals wrap by themselves. */
const LEAST_WIDTH = 60;

/** Of a stream that people may read. `wanted` is false for `--no-color`. */
export function viewOf(stream: StreamFacts, env: Variables, wanted: boolean): View {
  return {
    width: Math.max(stream.columns ?? (Number(env["COLUMNS"]) || 80), LEAST_WIDTH),
    plain: !stream.isTTY,
    color: wanted && hasColor(stream, env),
    unicode: stream.isTTY && hasUnicode(env),
  };
}

/** `--no-color` and NO_COLOR switch colours off; FORCE_COLOR on, even in a pipe; else a terminal that is not dumb has them. */
function hasColor({ isTTY }: StreamFacts, env: Variables): boolean {
  const { NO_COLOR: no = "", FORCE_COLOR: force = "", TERM: term = "" } = env;
  if (no !== "" || force === "0" || force === "false") return false;
  return force !== "" || (isTTY && term !== "dumb");
}

/** A locale that is not UTF-8, or a terminal whose fonts hold little, gets ASCII. */
function hasUnicode(env: Variables): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return env["TERM"] !== "linux" && env["TERM"] !== "dumb" && /utf-?8/i.test(locale ?? "");
}

export function facts(stream: { readonly isTTY?: boolean; readonly columns?: number }): StreamFacts {
  return { isTTY: stream.isTTY === true, columns: stream.columns };
}
