import { expect, test } from "vitest";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { find, FIX_MESSAGE, FIXED, leakStory, loader, standingOn } from "./finding.ts";
import { failure, kindsOn, plan } from "./setting.ts";

const LINE = "release/v1.4";
const BOUNDED = `

def make_queue(workers):
    return BoundedQueue(of=workers)
`;

/** A line with a pick of the fix, and a commit that solves the same in a way of its own. */
async function standing(pick = false): Promise<TestRepository> {
  const story = leakStory()
    .branch(LINE, "more")
    .commit("only here", { files: { own: "1\n" } });
  if (pick) story.commit("pick", { message: FIX_MESSAGE, files: FIXED });
  else story.commit("native", { message: "queues of ours\n", files: { "loader.py": loader({ queue: BOUNDED }) } });
  return story.create(makeSandbox(), { bare: true, head: "main" });
}

const said = { same: [], different: [], forget: [], reason: "measured it" };

test("what a person calls the same fix is there from then on, for plans as well", async () => {
  const repository = await standing();
  const [fix, native] = [repository.oid("fix"), repository.oid("native")];
  expect((await standingOn(repository, LINE)).standing).toBe("absent");
  const found = await find(repository, fix, { said: { ...said, same: [native.slice(0, 10)] } });
  expect(found.judged).toEqual([{ commit: native, said: "same" }]);
  expect(found.fixes[0]?.lines).toMatchObject([{ standing: "corresponding", match: { commit: native, band: "same" } }]);
  expect(kindsOn(await plan(repository, fix, LINE), LINE)).toEqual(["already-there"]);
});

test("who said so is kept", async () => {
  const repository = await standing();
  await find(repository, "main", { said: { ...said, same: [repository.oid("native")] } });
  const { match } = await standingOn(repository, LINE);
  expect(match?.evidence[0]).toMatchObject({
    kind: "judged",
    reason: "measured it",
    by: expect.stringMatching(/^[^<]+ <[^>]+>$/) as string,
  });
});

test("what a person calls another fix is not there", async () => {
  const repository = await standing(true);
  const found = await find(repository, "main", { said: { ...said, different: [LINE] } });
  expect(found.judged).toEqual([{ commit: repository.oid("pick"), said: "different" }]);
  expect(found.fixes[0]?.lines).toMatchObject([{ standing: "absent" }]);
});

test("what was said can be forgotten", async () => {
  const repository = await standing(true);
  await find(repository, "main", { said: { ...said, different: [LINE] } });
  const found = await find(repository, "main", { said: { ...said, forget: [LINE] } });
  expect(found.judged).toEqual([{ commit: repository.oid("pick"), said: "forgotten" }]);
  expect(found.fixes[0]?.lines).toMatchObject([{ standing: "equivalent" }]);
});

test("a commit that is not there, or several, are refused before anything is written", async () => {
  const repository = await standing(true);
  const wish = { said: { ...said, different: [LINE, "nothing"] } };
  expect(await failure(find(repository, "main", wish))).toMatchObject({ code: "unknown-revision" });
  expect(await failure(find(repository, "main", { said: { ...said, same: [`main..${LINE}`] } }))).toMatchObject({
    code: "unknown-revision",
  });
  expect((await standingOn(repository, LINE)).standing).toBe("equivalent");
});

test("a judgement is about one commit", async () => {
  const repository = await standing(true);
  expect(await failure(find(repository, "main~2..main", { said: { ...said, same: [LINE] } }))).toMatchObject({
    code: "usage",
  });
});
