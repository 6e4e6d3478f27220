import { describe, expect, test } from "vitest";
import { history, type CommitSpec, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { classOne } from "./classing.ts";

const LINE = "release/v1.4";
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const START = numbered(1, 20);
const change = (lines: readonly string[], at: number, to: string): string[] =>
  lines.map((line, n) => (n === at - 1 ? to : line));

/** A fix on main of line 10 of `f`; the line left before it, and has something else in line 2. */
function story(tell: (line: History) => unknown = () => undefined): History {
  const told = history()
    .commit("start", { files: { f: text(START), g: "g\n" } })
    .tag("v1.4.0")
    .branch(LINE)
    .commit("only here", { files: { f: text(change(START, 2, "own")) } });
  tell(told);
  return told
    .checkout("main")
    .commit("fix", { message: "fix: line 10\n", files: { f: text(change(START, 10, "fixed")) } });
}

async function landed(spec: (fix: string) => CommitSpec, tell?: (line: History) => unknown): Promise<TestRepository> {
  const repository = await story(tell).create(makeSandbox());
  const fix = repository.oid("fix");
  return repository.extend((line) => line.checkout(LINE).commit("landed", spec(fix)).checkout("main"));
}

const named = (fix: string, message = "fix: line 10\n"): string => `${message}\n(cherry picked from commit ${fix})\n`;
const OWN = change(START, 2, "own");

describe("a pick that names its source is", () => {
  test("exact where its tree is the computed one", async () => {
    const repository = await landed((fix) => ({ message: named(fix), files: { f: text(change(OWN, 10, "fixed")) } }));
    expect(await classOne(repository, LINE, "only here")).toMatchObject({
      class: "exact",
      source: { commit: repository.oid("fix"), evidence: "claimed", reach: "trusted" },
      kept: { author: true, date: false, message: true },
      lies: false,
      beyond: [],
      rangeDiff: "",
    });
  });

  test("adapted where a line came along, which is shown", async () => {
    const lines = change(change(OWN, 10, "fixed"), 19, "evil");
    const repository = await landed((fix) => ({ message: named(fix), files: { f: text(lines) } }));
    const one = await classOne(repository, LINE, "only here");
    expect(one).toMatchObject({
      class: "adapted",
      lies: false,
      beyond: [{ path: "f", line: 19, removed: ["line 19"], added: ["evil"] }],
    });
    expect(one.rangeDiff).toContain("+evil");
  });

  test("resolved where only the region differs", async () => {
    const theirs = change(OWN, 10, "other");
    const repository = await landed(
      (fix) => ({ message: named(fix), files: { f: text(change(OWN, 10, "other and fixed")) } }),
      (line) => line.commit("other", { files: { f: text(theirs) } }),
    );
    expect(await classOne(repository, LINE, "other")).toMatchObject({
      class: "resolved",
      conflicted: ["f"],
      beyond: [{ path: "f", line: 10, removed: ["fixed"], added: ["other and fixed"] }],
    });
  });

  test("a lie where it has nothing in common with its source", async () => {
    const repository = await landed((fix) => ({ message: named(fix), files: { h: "evil\n" } }));
    expect(await classOne(repository, LINE, "only here")).toMatchObject({ class: "adapted", lies: true });
  });
});
