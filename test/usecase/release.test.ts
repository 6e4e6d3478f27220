import { describe, expect, test } from "vitest";
import { undo } from "../../src/usecase/undo.ts";
import { censusChanges, objectCensus } from "../support/census.ts";
import { COMMITTER, dateAt } from "../support/environment.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { brief, LINE, made, pickedStory, release, taggedStory } from "./releasing.ts";
import { depsOf, failure, pick, ran } from "./setting.ts";

const LOG = `refs/morello/ledger/${LINE}`;

async function picked(): Promise<TestRepository> {
  const repository = await taggedStory().create(makeSandbox());
  ran(await pick(repository, "main", LINE));
  return repository;
}

const tagsOf = async (repository: TestRepository): Promise<string[]> =>
  (await repository.git(["tag", "--list"])).split("\n");

describe.each(["sha1", "sha256"] as const)("in a repository of %s", (objectFormat) => {
  test("a pick makes the next patch: an annotated tag that git describe agrees with", async () => {
    const repository = await taggedStory({}, objectFormat).create(makeSandbox());
    ran(await pick(repository, "main", LINE));
    const found = made(await release(repository));
    expect(found).toMatchObject({ tag: "v2.7.1", version: "2.7.1", previousTag: "v2.7.0", latest: true });
    expect(await repository.git(["cat-file", "-t", "v2.7.1"])).toBe("tag");
    expect(await repository.git(["describe", LINE])).toBe("v2.7.1");
    expect(await repository.git(["rev-parse", "v2.7.1", "v2.7.1^{}"])).toBe(`${found.tagObject}\n${found.commit}`);
    await fsck(repository);
  });
});

test("the tag says what it brings and from where, and names the ledger's last commit before it", async () => {
  const repository = await picked();
  const checkpoint = await repository.git(["rev-parse", LOG]);
  const [source, commit] = [repository.oid("fix"), await repository.git(["rev-parse", LINE])];
  await release(repository);
  expect(await repository.git(["cat-file", "tag", "v2.7.1"])).toBe(
    [
      `object ${commit}`,
      "type commit",
      "tag v2.7.1",
      `tagger ${COMMITTER.name} <${COMMITTER.email}> ${dateAt(0)}`,
      "",
      "v2.7.1",
      "",
      "Since v2.7.0 of release/v2.7: 1 fix.",
      "",
      `- ${commit.slice(0, 12)} fix(loader): limit the queue (#123) (from ${source.slice(0, 12)})`,
      "",
      `Ledger-Checkpoint: ${checkpoint}`,
    ].join("\n"),
  );
});

/** What a record of the ledger says, by its key. */
async function recordOf(repository: TestRepository, key: string | null): Promise<Record<string, unknown>> {
  const text = await repository.git(["show", `${LOG}:records/${key?.slice(0, 2)}/${key}.json`]);
  const { payload } = JSON.parse(text) as { payload: string };
  const statement = JSON.parse(Buffer.from(payload, "base64").toString()) as { predicate: Record<string, unknown> };
  return statement.predicate;
}

test("the ledger holds the release, the keys of what landed, and the tag's bytes", async () => {
  const repository = await picked();
  const found = made(await release(repository));
  expect(await recordOf(repository, found.record)).toMatchObject({
    kind: "release",
    target: "refs/tags/v2.7.1",
    version: "2.7.1",
    tag: found.tagObject,
    commit: found.commit,
    previousTag: "v2.7.0",
    landed: [expect.stringMatching(/^[0-9a-f]{64}$/)],
  });
  const bytes = await repository.git(["cat-file", "tag", "v2.7.1"]);
  expect(await repository.git(["show", `${LOG}:tags/v2.7.1`])).toBe(bytes);
});

test("the same request twice is one tag, and a success", async () => {
  const repository = await picked();
  await release(repository);
  const refs = await repository.git(["for-each-ref"]);
  expect(brief(await release(repository))).toBe("nothing since v2.7.1");
  expect(brief(await release(repository, { version: "v2.7.1" }))).toBe("nothing since v2.7.1");
  expect(await repository.git(["for-each-ref"])).toBe(refs);
});

test("a line that has nothing since its last tag is left alone", async () => {
  const repository = await taggedStory().create(makeSandbox());
  expect(brief(await release(repository))).toBe("nothing since v2.7.0");
});

test("two runs at the same moment make one tag", async () => {
  const repository = await picked();
  const outcomes = await Promise.allSettled([release(repository), release(repository)]);
  const said = outcomes.map((outcome) =>
    outcome.status === "fulfilled" ? brief(outcome.value) : (outcome.reason as { code: string }).code,
  );
  expect(said).toContain("v2.7.1");
  expect(["nothing since v2.7.1", "line-busy"]).toContain(said.find((one) => one !== "v2.7.1"));
  expect(await tagsOf(repository)).toEqual(["v2.7.0", "v2.7.1"]);
});

test("a dry run leaves not one byte behind, and says what a run does", async () => {
  const repository = await picked();
  const before = objectCensus(repository.path);
  const planned = made(await release(repository, { dryRun: true }));
  const changes = censusChanges(before, objectCensus(repository.path));
  expect(changes.filter((change) => !/ \.git\/morello\/cache(\/|$)/.test(change))).toEqual([]);
  const done = made(await release(repository));
  expect({ ...done, tagObject: null, record: null }).toEqual(planned);
});

test("a person who says no keeps the line as it is", async () => {
  const repository = await picked();
  expect((await release(repository, { confirm: () => Promise.resolve(false) })).kind).toBe("declined");
  expect(await tagsOf(repository)).toEqual(["v2.7.0"]);
});

test("without a committer nothing is made", async () => {
  const repository = await picked();
  const env = { GIT_COMMITTER_NAME: undefined, GIT_COMMITTER_EMAIL: undefined, EMAIL: undefined };
  await repository.git(["config", "user.useConfigOnly", "true"]);
  expect((await failure(release(repository, { env }))).code).toBe("identity-missing");
});

describe("the source of a commit", () => {
  test("is where the fix was made first, through picks of picks", async () => {
    const repository = await taggedStory()
      .branch("release/v2.8", "base")
      .annotatedTag("v2.8.0")
      .checkout("main")
      .create(makeSandbox());
    ran(await pick(repository, "main", "all", { options: { via: "nearest" } }));
    expect(made(await release(repository)).entries).toMatchObject([{ source: repository.oid("fix"), pull: 123 }]);
  });

  test("that a message names and that is not here is none", async () => {
    const message = `fix: leak\n\n(cherry picked from commit ${"1a".repeat(20)})\n`;
    const repository = await taggedStory()
      .checkout(LINE)
      .commit("by hand", { message, files: { a: "1\n" } })
      .create(makeSandbox());
    expect(made(await release(repository)).entries).toMatchObject([
      { commit: repository.oid("by hand"), source: null },
    ]);
  });
});

test("a fix that another line released is told with that release", async () => {
  const repository = await taggedStory()
    .branch("release/v2.6", "base")
    .annotatedTag("v2.6.4")
    .commit("only 2.6", { files: { six: "6\n" } })
    .checkout("main")
    .create(makeSandbox());
  ran(await pick(repository, "main", "all"));
  made(await release(repository, {}, "release/v2.6"));
  const found = made(await release(repository));
  expect(found.entries).toMatchObject([{ alsoIn: ["v2.6.5"] }]);
  expect(found.notes).toContain("also in v2.6.5");
});

test("of newer lines that had a fix from the beginning the oldest release is told", async () => {
  const repository = await taggedStory()
    .branch("release/v2.8", "fix")
    .annotatedTag("v2.8.0-rc.1")
    .annotatedTag("v2.8.0")
    .branch("release/v2.9", "fix")
    .commit("only 2.9", { files: { nine: "9\n" } })
    .annotatedTag("v2.9.0")
    .checkout("main")
    .create(makeSandbox());
  ran(await pick(repository, "main", LINE));
  expect(made(await release(repository)).entries).toMatchObject([{ alsoIn: ["v2.8.0"] }]);
});

test("a patch on an old line never is the latest", async () => {
  const repository = await pickedStory()
    .branch("release/v2.8", "base")
    .commit("newer", { files: { eight: "8\n" } })
    .annotatedTag("v2.8.0")
    .checkout("main")
    .create(makeSandbox());
  expect(made(await release(repository))).toMatchObject({ tag: "v2.7.1", latest: false, floating: ["v2.7"] });
  expect(made(await release(repository, { version: "2.8.1" }, "release/v2.8")).latest).toBe(true);
});

test("a line without a tag begins with .0, and tells what came since the version below", async () => {
  const repository = await taggedStory().branch("release/v2.8", "fix").checkout("main").create(makeSandbox());
  const found = made(await release(repository, {}, "release/v2.8"));
  expect(found).toMatchObject({ tag: "v2.8.0", previousTag: "v2.7.0" });
  expect(found.entries.map(({ commit }) => commit)).toEqual([repository.oid("more"), repository.oid("fix")]);
});

describe("features", () => {
  const withFeature = (): Promise<TestRepository> =>
    taggedStory()
      .checkout(LINE)
      .commit("feature", { message: "feat: more\n", files: { a: "1\n" } })
      .checkout("main")
      .create(makeSandbox());

  test("are refused on a patch line, by name", async () => {
    const repository = await withFeature();
    const outcome = await release(repository);
    expect(outcome).toMatchObject({
      kind: "refused",
      reason: "feature",
      entries: [{ commit: repository.oid("feature") }],
    });
    expect(await tagsOf(repository)).toEqual(["v2.7.0"]);
  });

  test("are let in with a reason, which the tag keeps", async () => {
    const repository = await withFeature();
    expect(made(await release(repository, { allowed: "promised to a user" }))).toMatchObject({
      tag: "v2.7.1",
      allowed: "promised to a user",
    });
    expect(
      await repository.git(["tag", "-l", "--format=%(contents:trailers:key=Feature-Allowed)", "v2.7.1"]),
    ).toContain("Feature-Allowed: promised to a user");
  });

  test("that were taken back are none", async () => {
    const repository = await withFeature();
    const message = `Revert "feat: more"\n\nThis reverts commit ${repository.oid("feature")}.\n`;
    await repository.extend((told) => told.checkout(LINE).commit("revert", { message, files: { a: null } }));
    expect(made(await release(repository))).toMatchObject({
      tag: "v2.7.1",
      entries: [],
      cancelled: [{ commit: repository.oid("feature"), revert: repository.oid("revert") }],
    });
  });
});

describe("pre-releases", () => {
  test("count up, and the final one follows on the same commit", async () => {
    const repository = await pickedStory().create(makeSandbox());
    const at = (seconds: number) => ({ env: { GIT_COMMITTER_DATE: dateAt(seconds) } });
    expect(made(await release(repository, { pre: "rc", ...at(1) }))).toMatchObject({
      tag: "v2.7.1-rc.1",
      latest: false,
      floating: [],
    });
    expect(brief(await release(repository, { pre: "rc" }))).toBe("nothing since v2.7.1-rc.1");
    await repository.extend((told) =>
      told.checkout(LINE).commit("again", { message: "fix: again\n", files: { b: "1\n" } }),
    );
    const second = made(await release(repository, { pre: "rc", ...at(2) }));
    expect(second).toMatchObject({ tag: "v2.7.1-rc.2", previousTag: "v2.7.1-rc.1", entries: [{ title: "again" }] });
    const final = made(await release(repository, at(3)));
    expect(final).toMatchObject({ tag: "v2.7.1", previousTag: "v2.7.0", commit: second.commit });
    expect(final.entries.map(({ title }) => title)).toEqual(["limit the queue", "again"]);
    expect(await repository.git(["describe", LINE])).toBe("v2.7.1");
  });
});

describe("a tag that is in the way", () => {
  test("on another commit is never moved: the next number is taken, and it is told", async () => {
    const repository = await picked();
    await repository.git(["tag", "-a", "-m", "elsewhere", "v2.7.1", "main"]);
    expect(made(await release(repository))).toMatchObject({
      tag: "v2.7.2",
      skipped: ["v2.7.1"],
      previousTag: "v2.7.0",
    });
    expect(await repository.git(["rev-parse", "v2.7.1^{}"])).toBe(await repository.git(["rev-parse", "main"]));
  });

  test("is refused where that version was asked for", async () => {
    const repository = await picked();
    await repository.git(["tag", "-a", "-m", "elsewhere", "v2.7.1", "main"]);
    expect(brief(await release(repository, { version: "2.7.1" }))).toBe("refused: exists");
  });

  test("and is lightweight is not taken for a release", async () => {
    const repository = await picked();
    await repository.git(["tag", "v2.7.1", LINE]);
    expect(await release(repository, { version: "2.7.1" })).toMatchObject({
      reason: "exists",
      message: expect.stringContaining("a lightweight tag") as string,
    });
  });

  test("is remembered by the ledger when somebody takes it away", async () => {
    const repository = await picked();
    await release(repository);
    await repository.git(["tag", "-d", "v2.7.1"]);
    expect(made(await release(repository)).tag).toBe("v2.7.2");
  });
});

describe("undo", () => {
  test("takes the tag away, records it, and the version is free again", async () => {
    const repository = await picked();
    const first = made(await release(repository));
    await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
    expect(await tagsOf(repository)).toEqual(["v2.7.0"]);
    expect(await repository.git(["log", "-1", "--format=%s", LOG])).toBe("reverted: v2.7.1");
    const again = made(await release(repository));
    expect(again.tag).toBe("v2.7.1");
    expect(again.record).not.toBe(first.record);
    await fsck(repository);
  });

  test("of the pick after it leaves the ledger knowing the line's tip", async () => {
    const repository = await picked();
    const confirm = (): Promise<boolean> => Promise.resolve(true);
    await release(repository);
    await undo(depsOf(repository), { confirm });
    await undo(depsOf(repository), { confirm });
    ran(await pick(repository, "main", LINE));
    const kinds = await repository.git(["log", "--first-parent", "--reverse", "--format=%s", LOG]);
    expect(kinds.split("\n").map((subject) => subject.split(":")[0])).toEqual([
      "checkpoint",
      "intent",
      "landed",
      "release",
      "reverted",
      "reverted",
      "intent",
      "landed",
    ]);
  });
});

describe("what was landed by hand", () => {
  test("is told like a pick, and the ledger says that it came from outside", async () => {
    const repository = await pickedStory().create(makeSandbox());
    await release(repository);
    await repository.extend((told) =>
      told.checkout(LINE).commit("by hand", { message: "fix: by hand\n", files: { c: "1\n" } }),
    );
    expect(made(await release(repository)).tag).toBe("v2.7.2");
    const kinds = await repository.git(["log", "--first-parent", "--format=%s", LOG]);
    expect(kinds.split("\n").slice(0, 3)).toEqual(["release: v2.7.2", `gap: ${LINE}`, "release: v2.7.1"]);
  });
});

test("a bare repository is released like any other", async () => {
  const repository = await pickedStory().create(makeSandbox(), { bare: true });
  expect(made(await release(repository)).tag).toBe("v2.7.1");
  expect(await repository.git(["describe", LINE])).toBe("v2.7.1");
});

test("a shallow clone is released, and nothing is recorded: it does not know whose ledger it would be", async () => {
  const repository = await pickedStory().create(makeSandbox());
  const { sandbox } = repository;
  const clone = sandbox.path("shallow");
  const from = `file://${repository.path}`;
  await sandbox.git(["clone", "-q", "--depth=2", "--no-single-branch", "-b", LINE, from, clone]);
  const outcome = await release(repository, { cwd: clone });
  expect(outcome).toMatchObject({ kind: "released", recorded: null, release: { tag: "v2.7.1", record: null } });
  expect(await sandbox.git(["cat-file", "tag", "v2.7.1"], { cwd: clone })).not.toContain("Ledger-Checkpoint");
});

test("several lines at once are refused, with a command for each", async () => {
  const repository = await pickedStory().branch("release/v2.8", "base").checkout("main").create(makeSandbox());
  const error = await failure(release(repository, {}, "release/*"));
  expect([error.code, error.hint]).toEqual(["usage", "morello release release/v2.8; morello release release/v2.7"]);
});

test("a release tells of the landings since the one before, and of none that was taken back", async () => {
  const repository = await taggedStory()
    .commit("second", { message: "fix: second\n", files: { second: "2\n" } })
    .commit("third", { message: "fix: third\n", files: { third: "3\n" } })
    .create(makeSandbox());
  ran(await pick(repository, repository.oid("fix"), LINE));
  const first = made(await release(repository));
  ran(await pick(repository, repository.oid("second"), LINE));
  await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
  ran(await pick(repository, repository.oid("third"), LINE));
  const second = made(await release(repository));
  const told = [await recordOf(repository, first.record), await recordOf(repository, second.record)];
  expect(told).toMatchObject([{ landed: [expect.any(String)] }, { landed: [expect.any(String)] }]);
  expect(told[1]?.["landed"]).not.toEqual(told[0]?.["landed"]);
  expect(second.entries).toMatchObject([{ title: "third", source: repository.oid("third") }]);
});

test("what policy refuses on the line is not released: a commit that lies about its source, made by hand", async () => {
  const repository = await taggedStory()
    .commit("other", { message: "fix: other\n", files: { other: "1\n2\n3\n" } })
    .create(makeSandbox(), { head: LINE });
  ran(await pick(repository, repository.oid("fix"), LINE));
  repository.sandbox.write("repository/evil.py", "import os\n");
  await repository.git(["add", "evil.py"]);
  const claim = `fix: other\n\n(cherry picked from commit ${repository.oid("other")})`;
  await repository.git(["commit", "-q", "-m", claim]);
  const outcome = await release(repository);
  expect(outcome).toMatchObject({ kind: "refused", reason: "policy", hint: `morello check ${LINE}` });
  expect(outcome.kind === "refused" ? outcome.message : "").toContain(repository.oid("other").slice(0, 12));
  expect(await repository.git(["tag", "--list", "v2.7.1"])).toBe("");
});

test("what stood on the line before its ledger began is nobody's fault", async () => {
  const repository = await pickedStory().create(makeSandbox(), { head: LINE });
  const claim = `fix: other\n\n(cherry picked from commit ${"1".repeat(40)})`;
  await repository.git(["commit", "-q", "--allow-empty", "-m", claim]);
  ran(await pick(repository, repository.oid("more"), LINE));
  expect(made(await release(repository)).tag).toBe("v2.7.1");
});
