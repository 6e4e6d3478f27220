import { expect, test, vi } from "vitest";
import { startMeter } from "../../src/cli/progress.ts";
import { viewOf } from "../../src/cli/terminal.ts";

const TERMINAL = { isTTY: true, columns: 100 };
const A_PIPE = { isTTY: false, columns: undefined };
const UTF8 = { TERM: "xterm-256color", LANG: "en_GB.UTF-8" };

test.each([
  ["a terminal has colours", TERMINAL, UTF8, true, true],
  ["--no-color takes them", TERMINAL, { ...UTF8, FORCE_COLOR: "1" }, false, false],
  ["NO_COLOR takes them", TERMINAL, { ...UTF8, NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR is none", TERMINAL, { ...UTF8, NO_COLOR: "" }, true, true],
  ["NO_COLOR is stronger than FORCE_COLOR", TERMINAL, { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["a dumb terminal has none", TERMINAL, { TERM: "dumb" }, true, false],
  ["a pipe has none", A_PIPE, UTF8, true, false],
  ["FORCE_COLOR gives them to a pipe", A_PIPE, { FORCE_COLOR: "1" }, true, true],
  ["FORCE_COLOR=0 takes them", TERMINAL, { ...UTF8, FORCE_COLOR: "0" }, true, false],
])("%s", (_name, stream, env, wanted, color) => {
  expect(viewOf(stream, env, wanted).color).toBe(color);
});

test("a pipe is plain, a terminal is not", () => {
  expect([viewOf(A_PIPE, UTF8, true).plain, viewOf(TERMINAL, UTF8, true).plain]).toEqual([true, false]);
});

test("the width is the terminal's, else COLUMNS, else 80", () => {
  expect(viewOf(TERMINAL, {}, true).width).toBe(100);
  expect(viewOf(A_PIPE, { COLUMNS: "132" }, true).width).toBe(132);
  expect(viewOf(A_PIPE, { COLUMNS: "x" }, true).width).toBe(80);
});

test("symbols beyond ASCII need a locale of UTF-8, and LC_ALL decides", () => {
  expect(viewOf(TERMINAL, UTF8, true).unicode).toBe(true);
  expect(viewOf(TERMINAL, { ...UTF8, LC_ALL: "C" }, true).unicode).toBe(false);
  expect(viewOf(TERMINAL, { ...UTF8, LC_ALL: "", LC_CTYPE: "C.utf8" }, true).unicode).toBe(true);
  expect(viewOf(TERMINAL, { ...UTF8, TERM: "linux" }, true).unicode).toBe(false);
});

test("progress shows itself after a second, and goes without a trace", () => {
  vi.useFakeTimers();
  try {
    const written: string[] = [];
    const meter = startMeter({ isTTY: true, columns: 80, write: (text) => written.push(text) }, true);
    meter.onProgress({ step: "picking", done: 1, total: 9 });
    vi.advanceTimersByTime(900);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(written).toEqual(["\r\u001b[Kpicking 1/9 …"]);
    meter.onProgress({ step: "picking", done: 5, total: 9 });
    vi.advanceTimersByTime(100);
    expect(written.at(-1)).toBe("\r\u001b[Kpicking 5/9 …");
    meter.stop();
    expect(written.at(-1)).toBe("\r\u001b[K");
    const said = written.length;
    vi.advanceTimersByTime(5000);
    expect(written).toHaveLength(said);
  } finally {
    vi.useRealTimers();
  }
});

test("what is quick shows no progress, and a pipe none at all", () => {
  vi.useFakeTimers();
  try {
    const written: string[] = [];
    const quick = startMeter({ isTTY: true, write: (text) => written.push(text) }, true);
    quick.onProgress({ step: "picking", done: 1, total: 1 });
    quick.stop();
    const piped = startMeter({ isTTY: false, write: (text) => written.push(text) }, true);
    piped.onProgress({ step: "picking", done: 1, total: 1 });
    vi.advanceTimersByTime(5000);
    expect(written).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
