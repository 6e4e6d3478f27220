import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ErrorReport } from "../../src/cli/render/error.ts";
import type { ApplyOutcome, PlanOutcome } from "../../src/wire/outcome.ts";
import type { VerifyOutcome } from "../../src/wire/verify.ts";
import { fakeEngine } from "../support/container-engine.ts";
import type { Environment } from "../support/environment.ts";
import { CLI, morello, startMorello, type CliOptions, type CliResult } from "../support/cli.ts";
import { finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { configuration, verifiedStory } from "../usecase/verifying.ts";

function cli(repository: TestRepository, words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return morello(repository.sandbox, words, { cwd: repository.path, ...options });
}

const refsOf = (repository: TestRepository): Promise<string> => repository.git(["for-each-ref"]);

function leftovers({ sandbox }: TestRepository): string[] {
  return readdirSync(sandbox.path("tmp")).filter((name) => name.startsWith("morello-"));
}

/** Waits for a file with something in it, however long that takes; the test's own limit ends the waiting. */
async function contentOf(path: string): Promise<string> {
  for (;;) {
    const content = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
    if (content !== "") return content;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function gone(pid: string): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a command that nobody allowed stops a pick: --yes does not allow it, --allow does", async () => {
  const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
  const refs = await refsOf(repository);
  const pick = ["pick", repository.oid("fix"), "--onto", "v2.7", "--yes"];
  const refused = await cli(repository, [...pick, "--json"]);
  expect(refused.status).toBe(1);
  expect(refused.json<ErrorReport>()).toMatchObject({ kind: "error", code: "consent-needed" });
  const said = await cli(repository, pick);
  expect(said.status).toBe(1);
  expect(said.stderr).toContain("The verify command of release/v2.7 was never allowed here: true");
  expect(said.stderr).toContain("morello verify release/v2.7 --allow");
  expect(await refsOf(repository)).toBe(refs);
  const allowed = await cli(repository, ["verify", "release/v2.7", "--allow"]);
  expect(allowed.status, allowed.stderr).toBe(0);
  expect(allowed.stderr).toContain(`morello.yaml at commit ${repository.oid("configuration").slice(0, 12)}`);
  const done = await cli(repository, pick);
  expect(done.status, done.stderr).toBe(0);
  expect(done.stdout).toMatch(/^release\/v2\.7: verified \([\d.]+ s\): true$/m);
});

test.skipIf(!existsSync("/usr/bin/script"))(
  "a person at a terminal is asked, and neither Enter nor a letter is a yes",
  { timeout: 60_000 },
  async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    const { sandbox, path } = repository;
    /** Types the keys once the question stands. */
    const answering = async (...keys: readonly string[]): Promise<string> => {
      const screen = sandbox.write("screen", "");
      const verify = `stty cols 100 rows 30; exec '${process.execPath}' '${CLI}' verify v2.7`;
      const typing = keys.map((key) => `printf '${key}'; sleep 0.1;`).join(" ");
      const command = `{ until grep -q 'Allow it to run' ${screen}; do sleep 0.05; done; ${typing} } |
        script -qefc "${verify}" ${screen} >/dev/null`;
      await finished("sh", ["-c", command], { cwd: path, env: { ...sandbox.env, TERM: "xterm" } });
      return readFileSync(screen, "utf8");
    };
    expect(await answering("y", "\\r")).toContain("verify command not allowed");
    expect(await answering("\\n", "\\r")).toContain("verify command not allowed");
    const [down, enter] = ["\\033[B", "\\r"];
    expect(await answering(down, enter)).not.toContain("not allowed");
    expect(await cli(repository, ["verify", "v2.7"])).toMatchObject({ status: 0, stderr: "" });
  },
);

test("a changed command is asked about again", async () => {
  const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
  await cli(repository, ["verify", "--allow"]);
  const files = { "morello.yaml": configuration({ "release/*": "true && true" }) };
  await repository.extend((more) => more.checkout("main").commit("changed", { files }));
  const verify = await cli(repository, ["verify"]);
  expect(verify.status).toBe(1);
  expect(verify.stderr).toContain("never allowed here: true && true");
  const shown = await cli(repository, ["verify", "--allow"]);
  expect(shown.stderr).toMatch(/Until now, you allowed:\n\n {4}true\n/);
});

test("escape sequences in a command never reach the terminal", async () => {
  const repository = await verifiedStory({ "release/*": "true \u001b[2J\rmore" }).create(makeSandbox());
  for (const words of [["verify"], ["verify", "--allow"], ["verify", "--json"]]) {
    const { stdout, stderr } = await cli(repository, words);
    for (const raw of ["\u001b", "\r"]) expect(stdout + stderr).not.toContain(raw);
  }
});

test("a failed command: exit 1, nothing moved, the end of the output shown and all of it kept", async () => {
  const command = "echo compiling; echo 'loader.py:20: broken' >&2; exit 2";
  const repository = await verifiedStory({ "release/v2.7": command }).create(makeSandbox());
  await cli(repository, ["verify", "v2.7", "--allow"]);
  const refs = await refsOf(repository);
  const done = await cli(repository, ["pick", repository.oid("fix"), "--onto", "all", "--yes"]);
  expect(done.status).toBe(1);
  const [held, stopped, ...rest] = done.stdout.trim().split("\n");
  expect(held).toBe("release/v2.8: not moved, because another line stopped");
  expect(stopped).toMatch(/^release\/v2\.7: stopped \(verify command failed: status 2, [\d.]+ s, echo compiling; /);
  expect(rest.slice(0, 2)).toEqual(["release/v2.7: output: compiling", "release/v2.7: output: loader.py:20: broken"]);
  const kept = /output kept in (.*)$/m.exec(done.stdout)?.[1] ?? "";
  expect(readFileSync(kept, "utf8")).toBe("compiling\nloader.py:20: broken\n");
  expect(await refsOf(repository)).toBe(refs);
  const skipped = await cli(repository, [
    "pick",
    repository.oid("fix"),
    "--onto",
    "all",
    "--yes",
    "--no-verify",
    "--json",
  ]);
  expect(skipped.status).toBe(0);
  expect(skipped.json<Extract<ApplyOutcome, { kind: "applied" }>>().lines[1]?.verify?.kind).toBe("skipped");
});

test("plan runs commands only with --verify, and says line by line what they said", async () => {
  const repository = await verifiedStory({ "release/v2.8": "true", "release/v2.7": "exit 4" }).create(makeSandbox());
  const plan = ["plan", repository.oid("fix"), "--onto", "all"];
  const without = await cli(repository, plan); // nobody has allowed anything yet
  expect(without.status, without.stderr).toBe(0);
  expect((await cli(repository, [...plan, "--verify"])).status).toBe(1);
  await cli(repository, ["verify", "--allow"]);
  const done = await cli(repository, [...plan, "--verify"]);
  expect(done.status).toBe(1);
  expect(done.stdout).toMatch(
    /^release\/v2\.8: verified \([\d.]+ s\): true\nrelease\/v2\.7: verify command failed \(status 4, [\d.]+ s\): exit 4$/m,
  );
  const { verify } = (await cli(repository, [...plan, "--verify", "--json"])).json<PlanOutcome>();
  expect(verify.map(({ line, kind, cached }) => [line, kind, cached])).toEqual([
    ["release/v2.8", "passed", true],
    ["release/v2.7", "failed", false],
  ]);
});

test("apply runs the command of the configuration as it stands, not the plan file's", async () => {
  const repository = await verifiedStory({ "release/v2.7": "false" }).create(makeSandbox());
  await cli(repository, ["verify", "v2.7", "--allow"]);
  const file = repository.sandbox.path("plan.json");
  await cli(repository, ["plan", repository.oid("fix"), "--onto", "v2.7", "--out", file]);
  const forged = repository.sandbox.write("forged.json", readFileSync(file, "utf8").replaceAll('"false"', '"true"'));
  const done = await cli(repository, ["apply", forged, "--yes", "--json"]);
  expect(done.status).toBe(1);
  expect(done.json<ApplyOutcome>()).toMatchObject({
    kind: "stopped",
    lines: [{ kind: "stopped", verify: { kind: "failed", command: "false" } }],
  });
});

test("verify --json says what each line's command said", async () => {
  const repository = await verifiedStory({ "release/*": "test -e seven.txt" }).create(makeSandbox());
  const done = await cli(repository, ["verify", "--allow", "--json"]);
  expect(done.status).toBe(1);
  expect(done.json<VerifyOutcome>()).toMatchObject({
    kind: "verified",
    results: [
      { line: "release/v2.8", kind: "failed", status: 1 },
      { line: "release/v2.7", kind: "passed", status: 0 },
    ],
  });
});

/** A pick whose verify command waits, with a grandchild that does not heed SIGTERM. */
async function waiting(): Promise<{
  repository: TestRepository;
  running: ReturnType<typeof startMorello>;
  pid: string;
}> {
  const command = `test -n "$EARLY" || { sh -c 'trap "" TERM; echo $$ > "$PIDS"; while :; do sleep 1; done' & wait; }`;
  const repository = await verifiedStory({ "release/v2.7": command }).create(makeSandbox());
  const { sandbox, path } = repository;
  const PIDS = sandbox.path("pids");
  const env = { PIDS };
  const allowed = await cli(repository, ["verify", "v2.7", "--allow"], { env: { ...env, EARLY: "1" } });
  expect(allowed.status, allowed.stderr).toBe(0);
  const words = ["pick", repository.oid("fix"), "--onto", "v2.7", "--yes"];
  const running = startMorello(sandbox, words, { cwd: path, env });
  return { repository, running, pid: await contentOf(PIDS) };
}

test("Ctrl-C ends the command with all it started, and moves nothing", { timeout: 60_000 }, async () => {
  const { repository, running, pid } = await waiting();
  const refs = await refsOf(repository);
  process.kill(running.pid, "SIGINT");
  expect((await running.result).status).toBe(130);
  await gone(pid);
  expect(await refsOf(repository)).toBe(refs);
  await cli(repository, ["lines"]); // Ctrl-C waits for a moment only, and leaves what takes longer to the next start
  expect(leftovers(repository)).toEqual([]);
});

test("kill -9 ends the command too, and the next start clears up", { timeout: 60_000 }, async () => {
  const { repository, running, pid } = await waiting();
  const refs = await refsOf(repository);
  expect((await running.kill("process")).signal).toBe("SIGKILL");
  await gone(pid);
  expect(leftovers(repository).some((name) => name.startsWith("morello-checkout-"))).toBe(true);
  expect((await cli(repository, ["lines"])).status).toBe(0);
  expect(leftovers(repository)).toEqual([]);
  expect(await refsOf(repository)).toBe(refs);
  const again = await cli(repository, ["pick", repository.oid("fix"), "--onto", "v2.7", "--yes"], {
    env: { EARLY: "1" },
  });
  expect(again.status, again.stderr).toBe(0);
});

test("with --container the command runs in the image of the line's last tag, on the checkout alone", async () => {
  const command = 'test -e seven.txt && test "$MORELLO_LINE" = release/v2.7 && test -z "$HOME"';
  const image = { image: "registry.example/app" };
  const repository = await verifiedStory({ "release/*": command }, image).create(makeSandbox());
  const { env, calls } = fakeEngine(repository.sandbox, "podman");
  const verify = ["verify", "v2.7", "--allow", "--container"];
  const done = await cli(repository, [...verify, "--json"], { env });
  expect(done.status, done.stderr + done.stdout).toBe(0);
  expect(done.json<VerifyOutcome>().results).toMatchObject([{ kind: "passed", image: "registry.example/app:v2.7.0" }]);
  expect(calls().map(([verb]) => verb)).toEqual(["image", "run"]);
  const again = await cli(repository, verify, { env });
  expect(again.stdout).toMatch(/^release\/v2\.7: verified \(known from before, in registry\.example\/app:v2\.7\.0\): /);
  expect(leftovers(repository)).toEqual([]);
});

test("a pass in one image is none in another, nor on the machine itself", async () => {
  const repository = await verifiedStory({ "release/*": "true" }, { image: "app" }).create(makeSandbox());
  const { env } = fakeEngine(repository.sandbox, "podman");
  const isCached = async (words: readonly string[], more: Environment = {}): Promise<boolean | undefined> => {
    const all = ["verify", "v2.7", "--allow", "--json", ...words];
    const done = await cli(repository, all, { env: { ...env, ...more } });
    return done.json<VerifyOutcome>().results[0]?.cached;
  };
  expect(await isCached(["--container"])).toBe(false);
  expect(await isCached(["--container"])).toBe(true);
  expect(await isCached(["--container"], { ENGINE_IMAGE: "sha256:2" })).toBe(false);
  expect(await isCached([])).toBe(false);
});

test.each([
  ["no image in its settings", {}, "sha256:1", "the line has no image in morello.yaml"],
  ["an image that cannot be had", { image: "app" }, null, "podman has no image app:v2.7.0: Error: manifest unknown"],
])("--container on a line with %s moves nothing and says why", async (_what, more, id, reason) => {
  const repository = await verifiedStory({ "release/*": "true" }, more).create(makeSandbox());
  await cli(repository, ["verify", "--allow"]);
  const { env } = fakeEngine(repository.sandbox, "podman", { id });
  const pick = ["pick", repository.oid("fix"), "--onto", "v2.7", "--yes", "--container"];
  const done = await cli(repository, pick, { env });
  expect(done.status).toBe(1);
  expect(done.stdout).toBe(`release/v2.7: stopped (could not be verified: ${reason}, true)\n`);
});

test("at the time limit the container is taken away, not only its client", { timeout: 60_000 }, async () => {
  const setting = { command: "sleep 1000", timeLimit: "1s" };
  const repository = await verifiedStory({ "release/*": setting }, { image: "app" }).create(makeSandbox());
  const { env, calls } = fakeEngine(repository.sandbox, "podman");
  const done = await cli(repository, ["verify", "v2.7", "--allow", "--container"], { env });
  expect(done.status).toBe(1);
  expect(done.stdout).toContain("verify command took too long");
  const [, run = [], remove = []] = calls();
  expect(remove).toEqual(["rm", "--force", run[run.indexOf("--name") + 1]]);
});
