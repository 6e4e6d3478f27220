import { describe, expect, test } from "vitest";
import { detectMain } from "../../src/line/main-branch.ts";
import { oidOf, refs } from "./refs.ts";

interface Case {
  readonly head?: string;
  readonly main?: string;
  readonly remotes?: string[];
  readonly preferred?: string[];
  readonly bare?: boolean;
}

function mainOf(names: string[], { head, main, remotes = ["origin"], preferred = [], bare = false }: Case = {}) {
  const config = { remotes: preferred, ...(main === undefined ? {} : { main }) };
  return detectMain({
    refs: refs(names, remotes),
    head: head === undefined ? null : `refs/heads/${head}`,
    config,
    remotes,
    bare,
  });
}

describe("the main branch is", () => {
  test("the one configured", () =>
    expect(mainOf(["main", "trunk"], { main: "trunk", head: "main" })?.name).toBe("trunk"));

  test("the one origin's HEAD points at, before what is checked out", () => {
    const names = ["main", "origin/main", "origin/unstable", "origin/HEAD -> refs/remotes/origin/unstable"];
    expect(mainOf(names, { head: "main" })).toMatchObject({
      name: "unstable",
      localTip: null,
      remoteTip: oidOf("origin/unstable"),
    });
  });

  test("that of the preferred remote", () => {
    const names = ["origin/a", "origin/HEAD -> refs/remotes/origin/a", "up/b", "up/HEAD -> refs/remotes/up/b"];
    expect(mainOf(names, { remotes: ["origin", "up"], preferred: ["up"] })?.name).toBe("b");
    expect(mainOf(names, { remotes: ["origin", "up"] })?.name).toBe("a");
  });

  test("HEAD's branch where its name is a usual one", () =>
    expect(mainOf(["main", "develop"], { head: "develop" })?.name).toBe("develop"));

  test("main although somebody stands on a fix or a line", () => {
    expect(mainOf(["main", "fix/leak"], { head: "fix/leak" })?.name).toBe("main");
    expect(mainOf(["master", "release/1.0"], { head: "release/1.0" })?.name).toBe("master");
  });

  test("HEAD's branch of a bare repository", () =>
    expect(mainOf(["master", "dev"], { head: "dev", bare: true })?.name).toBe("dev"));

  test("HEAD's branch where nothing has a usual name, unless it is a line", () => {
    expect(mainOf(["work", "release/1.0"], { head: "work" })?.name).toBe("work");
    expect(mainOf(["release/1.0"], { head: "release/1.0" })).toBeNull();
  });

  test("none in an empty repository", () => expect(mainOf([], { head: "main" })).toBeNull());
});

test("a configured main branch that is not there is an error with the nearest name", () => {
  expect(() => mainOf(["main"], { main: "mian" })).toThrow(
    expect.objectContaining({ code: "config-invalid", hint: "Did you mean 'main'?" }),
  );
});
