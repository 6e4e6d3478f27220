// Progress on stderr: only on a terminal, only for what takes longer than a second, and gone when it is done.
import type { Progress } from "../usecase/workspace.ts";
import { clean } from "./render/clean.ts";
import { truncate } from "./render/width.ts";

/** Milliseconds before anything is shown. */
const PATIENCE = 1000;
/** Milliseconds between two updates. */
const PACE = 100;

export interface Meter {
  readonly onProgress: (progress: Progress) => void;
  /** Takes the line away; it comes back with the next step. */
  readonly pause: () => void;
  readonly stop: () => void;
}

export interface MeterStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Starts the clock. Without a terminal nothing is ever shown. */
export function startMeter(stream: MeterStream, enabled: boolean): Meter {
  if (stream.isTTY !== true || !enabled)
    return { onProgress: () => undefined, pause: () => undefined, stop: () => undefined };
  let latest: Progress | null = null;
  let shown = false;
  const draw = (): void => {
    if (latest === null) return;
    const { step, done, total } = latest;
    const counted = total > 0 ? ` ${Math.min(done, total)}/${total}` : "";
    stream.write(`\r\u001b[K${truncate(clean(`${step}${counted} …`), (stream.columns ?? 80) - 1)}`);
    shown = true;
  };
  const pause = (): void => {
    latest = null;
    if (shown) stream.write("\r\u001b[K");
    shown = false;
  };
  let pace: NodeJS.Timeout | undefined;
  const patience = setTimeout(() => {
    draw();
    pace = setInterval(draw, PACE);
    pace.unref();
  }, PATIENCE);
  patience.unref();
  return {
    onProgress: (progress) => void (latest = progress),
    pause,
    stop: () => {
      clearTimeout(patience);
      clearInterval(pace);
      pause();
    },
  };
}
