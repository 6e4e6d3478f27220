import { describe, expect, it } from "vitest";
import { briefly, findingsOf, type Texts } from "../../support/world.ts";

const pick = (target: Texts, path: string, source: Texts): Promise<string[]> =>
  findingsOf(target, { [path]: source[path] ?? "" }, source).then(briefly);

const flow = ".github/workflows/ci.yml";

describe("picks of YAML", () => {
  it("finds an alias whose anchor the line does not have", async () => {
    const source: Texts = { "a.yaml": "base: &base { a: 1 }\nb: *base\n" };
    expect(briefly(await findingsOf({ "a.yaml": "c: 1\n" }, { "a.yaml": "c: 1\nb: *base\n" }, source))).toEqual([
      "unbound base a.yaml:2",
    ]);
  });

  it("finds nothing where the anchor comes with the pick", async () => {
    const source: Texts = { "a.yaml": "base: &base { a: 1 }\nb: *base\n" };
    expect(await pick({ "a.yaml": "c: 1\n" }, "a.yaml", source)).toEqual([]);
  });

  it("finds a job that another needs and the line does not have", async () => {
    const source: Texts = { [flow]: "jobs:\n  lint:\n    runs-on: x\n  test:\n    needs: [lint]\n" };
    expect(
      briefly(
        await findingsOf(
          { [flow]: "jobs:\n  test:\n    a: b\n" },
          { [flow]: "jobs:\n  test:\n    needs: [lint]\n" },
          source,
        ),
      ),
    ).toEqual([`member jobs.lint ${flow}:3`]);
  });

  it("finds a workflow or action of the repository that is not there, and asks for no other", async () => {
    const steps = "jobs:\n  a:\n    steps:\n      - uses: ./.github/actions/setup\n      - uses: actions/checkout@v4\n";
    const source: Texts = { ".github/actions/setup/action.yml": "name: x\n", [flow]: steps };
    expect(await pick({ [flow]: "jobs:\n" }, flow, source)).toEqual([`import .github/actions/setup ${flow}:4`]);
  });
});
