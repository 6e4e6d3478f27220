import { describe, expect, it } from "vitest";
import { briefly, factsOf, findingsOf, type Texts } from "../../support/world.ts";

const references = async (text: string): Promise<string[]> =>
  (await factsOf("a.sh", text)).references.map(({ kind, name }) => `${kind} ${name}`);

const pick = (target: Texts, path: string, source: Texts): Promise<string[]> =>
  findingsOf(target, { [path]: source[path] ?? "" }, source).then(briefly);

describe("facts of shell scripts", () => {
  it("defines functions, in either way of writing them", async () => {
    const facts = await factsOf("a.sh", "build() { :; }\nfunction clean { :; }\n");
    expect(facts.definitions.map(({ name }) => name)).toEqual(["build", "clean"]);
  });

  it("refers to commands, also in pipes, conditions and substitutions", async () => {
    expect(await references('if build; then x=$(clean | sort); fi\n( run "$1" )\n')).toEqual([
      "name build",
      "name clean",
      "name sort",
      "name run",
    ]);
  });

  it("refers to scripts by the end of their path that is fixed", async () => {
    const text = '. "$(dirname "$0")/lib/common.sh"\nbash ${DIR}/run.sh\n./tools/x.sh a\nsource "$FILE"\n';
    const scripts = (await references(text)).filter((one) => one.startsWith("import "));
    expect(scripts).toEqual(["import lib/common.sh", "import run.sh", "import tools/x.sh"]);
  });
});

describe("picks of shell scripts", () => {
  it("finds a function that only the source defines", async () => {
    const target: Texts = { "lib.sh": "log() { :; }\n", "run.sh": ". lib.sh\n" };
    const source: Texts = { "lib.sh": "log() { :; }\nwarn() { :; }\n", "run.sh": ". lib.sh\nwarn x\n" };
    expect(await pick(target, "run.sh", source)).toEqual(["unbound warn run.sh:2"]);
  });

  it("says nothing of a program", async () => {
    const target: Texts = { "run.sh": "jq . x\n" };
    const source: Texts = { "lib.sh": "jq() { :; }\n", "run.sh": "jq . x\nf() { jq . y; }\n" };
    expect(await pick(target, "run.sh", source)).toEqual([]);
  });

  it("finds a script that is not there", async () => {
    const target: Texts = { "run.sh": ":\n" };
    const source: Texts = { "scripts/x.sh": ":\n", "run.sh": "./scripts/x.sh\n" };
    expect(await pick(target, "run.sh", source)).toEqual(["import scripts/x.sh run.sh:1"]);
  });
});
