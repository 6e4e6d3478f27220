import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pickMessage } from "../../src/plan/message.ts";
import { xLines, type XLine } from "../../src/policy/x-lines.ts";
import { fileSandbox } from "../support/sandbox.ts";
import { SOURCE, X_LINE } from "./facts.ts";

/** The last line's place, by message. */
const PLACES: readonly (readonly [place: XLine["place"], name: string, message: string])[] = [
  ["good", "alone in the last paragraph", `fix: a\n\nText.\n\n${X_LINE}\n`],
  ["good", "after trailers", `fix: a\n\nSigned-off-by: A <a@x>\n${X_LINE}\n`],
  ["good", "before trailers", `fix: a\n\n${X_LINE}\nSigned-off-by: A <a@x>\n`],
  ["good", "after another one", `fix: a\n\n${X_LINE}\n${X_LINE}\n`],
  ["prose", "below a line of text", `fix: a\n\nText.\n${X_LINE}\n`],
  ["prose", "below text", `fix: a\n\nText.\nMore.\nAnd more.\nStill.\n${X_LINE}\n`],
  ["apart", "an empty line below trailers", `fix: a\n\nSigned-off-by: A <a@x>\n\n${X_LINE}\n`],
  ["early", "before text", `fix: a\n\n${X_LINE}\n\nText.\n`],
];

test.each(PLACES)("is %s: %s", (place, _, message) => {
  expect(xLines(message).at(-1)?.place).toBe(place);
});

test("is good wherever a pick of ours puts it", () => {
  for (const message of ["fix: a\n", "fix: a\n\nText.\n", "fix: a\n\nText.\n\nSigned-off-by: A <a@x>\n"]) {
    const picked = pickMessage(message, { source: SOURCE, trailers: [{ key: "Issue", value: "#1" }], signoff: null });
    expect(xLines(picked)).toEqual([{ id: SOURCE, exact: true, place: "good" }]);
  }
});

test("is good below any message that git itself would end with it", () => {
  const line = fc.constantFrom(
    "",
    "",
    "Text.",
    "More text, and more.",
    "Signed-off-by: A <a@x>",
    "Issue: #1",
    X_LINE,
    "  indented",
    "[a: b]",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const message = `${["fix: a", "", ...lines].join("\n").trimEnd()}\n`; // as git cleans them
      const last = xLines(pickMessage(message, { source: SOURCE, trailers: [], signoff: null })).at(-1);
      // git bears with some text among trailers, and adds its line there; we tell it.
      const block =
        message
          .trimEnd()
          .split(/\n[ \t]*\n/)
          .at(-1) ?? "";
      fc.pre(!(/^(?:Text|More)/m.test(block) && /^(?:Signed|\(cherry)/m.test(block)));
      expect([last?.id, last?.exact, last?.place]).toEqual([SOURCE, true, "good"]);
    }),
  );
});

test.each([
  `* ${X_LINE}`,
  `${X_LINE} and more`,
  `Cherry-picked from commit ${SOURCE}`,
  `cherry picked from commit ${SOURCE}`,
  `[cherry picked from commit: ${SOURCE}]`,
])("is not exact in: %s", (line) => {
  expect(xLines(`fix: a\n\n${line}\n`).map(({ id, exact }) => [id, exact])).toEqual([[SOURCE, false]]);
});

test.each(["fix: a\n", "fix: cherry picked from main\n", "fix: a\n\n(cherry picked from commit deadbe)\n"])(
  "is not found in: %s",
  (message) => {
    expect(xLines(message)).toEqual([]);
  },
);

describe("git agrees", () => {
  const sandbox = fileSandbox();

  const trailers = (message: string): Promise<string> =>
    sandbox.git(["interpret-trailers", "--parse"], { cwd: sandbox.root, input: message });

  test.each(PLACES.filter(([, , message]) => message.includes("Signed-off-by")))(
    "that trailers are hidden only where the line stands apart: %s, %s",
    async (place, _, message) => {
      expect((await trailers(message)).includes("Signed-off-by")).toBe(place !== "apart");
    },
  );
});
