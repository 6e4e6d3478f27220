import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOpen, newJournal, readJournal, writeJournal, type Journal } from "../../../src/image/upgrade/journal.ts";
import { placeOf, withWorkbench, type Place } from "../../../src/image/upgrade/place.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { failure } from "../../usecase/setting.ts";

const SIDE = { container: "lab", version: "v2.7.0", image: "app:v2.7.0", pinned: null };
const JOURNAL: Journal = newJournal({
  id: "1-a",
  name: "lab",
  engine: "podman",
  startedAt: 1,
  from: SIDE,
  to: { ...SIDE, container: "lab-v2.7.1" },
  ports: [],
});

function place(): Place {
  return placeOf("lab", { XDG_STATE_HOME: makeSandbox().path("state") });
}

describe("where upgrades are kept", () => {
  test("is the user's state directory, and belongs to the user alone", () => {
    const root = makeSandbox();
    expect(placeOf("lab", { HOME: root.root }).directory).toBe(
      root.path(".local", "state", "morello", "workbench", "lab"),
    );
    expect(placeOf("lab", { XDG_STATE_HOME: "relative", HOME: root.root }).directory).toContain(".local");
    const at = placeOf("lab", { HOME: root.root });
    writeJournal(at, JOURNAL);
    expect(statSync(at.directory).mode & 0o777).toBe(0o700);
    expect(statSync(at.journal).mode & 0o777).toBe(0o600);
  });

  test("must be somewhere", () => {
    expect(() => placeOf("lab", {})).toThrow("Neither XDG_STATE_HOME nor HOME");
  });
});

describe("the journal", () => {
  test("is read back as it was written", () => {
    const at = place();
    expect(readJournal(at)).toEqual({ journal: null, damaged: false });
    writeJournal(at, JOURNAL);
    expect(readJournal(at)).toEqual({ journal: JOURNAL, damaged: false });
    expect(readdirSync(at.directory)).toEqual(["upgrade.json"]);
  });

  test("is the one before, wherever the last one is cut short", () => {
    const at = place();
    const next: Journal = { ...JOURNAL, at: "switch" };
    writeJournal(at, JOURNAL);
    writeJournal(at, next);
    const whole = readFileSync(at.journal);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 3 }), (length) => {
        writeFileSync(at.journal, whole);
        truncateSync(at.journal, length);
        expect(readJournal(at)).toEqual({ journal: JOURNAL, damaged: true });
      }),
    );
  });

  test("is the one before, where a kill came between the two names", () => {
    const at = place();
    mkdirSync(dirname(at.journal), { recursive: true });
    writeFileSync(at.journalBefore, JSON.stringify(JOURNAL));
    expect(readJournal(at)).toEqual({ journal: JOURNAL, damaged: false });
  });

  test("is open until an upgrade has come to an end", () => {
    expect(isOpen({ ...JOURNAL, at: "remove" })).toBe(true);
    for (const at of ["done", "rolled-back", "aborted"] as const) expect(isOpen({ ...JOURNAL, at })).toBe(false);
  });
});

describe("a workbench", () => {
  test("is one run's at a time", async () => {
    const at = place();
    await withWorkbench(at, async () => {
      const refused = await failure(withWorkbench(at, () => Promise.resolve()));
      expect(refused).toMatchObject({ code: "workbench-busy", hint: "morello image upgrade lab --status" });
    });
    expect(existsSync(at.lock)).toBe(false);
  });

  test("is taken over from a run that was killed", async () => {
    const at = place();
    mkdirSync(at.directory, { recursive: true });
    writeFileSync(at.lock, "4194303 no-boot 1\n");
    expect(await withWorkbench(at, () => Promise.resolve("mine"))).toBe("mine");
  });
});
