// What goes along with a push: records of picks, and the pusher's own signature.
import { expect, test } from "vitest";
import { morello } from "../support/cli.ts";
import { guarded, type Guarded } from "../support/guarded.ts";
import { history } from "../support/history.ts";
import { openRemote } from "../support/remote.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { keyPair, signingWith, type KeyPair } from "../support/ssh-keys.ts";

test("a pick that Morello made goes through with its records, and its records do not go without it", async () => {
  const sandbox = makeSandbox();
  const origin = await history()
    .commit("base", { files: { "a.txt": "1\n2\n3\n", "morello.yaml": "policy:\n  signed: true\n" } })
    .branch("release/v1.0")
    .tag("v1.0.0")
    .checkout("main")
    .commit("fix", { message: "fix: two\n", files: { "a.txt": "1\ntwo\n3\n" } })
    .create(sandbox, { name: "origin.git", bare: true, head: "main" });
  const key = await keyPair(sandbox, "pusher");
  const clone = sandbox.path("clone");
  await sandbox.git(["clone", "-q", origin.path, clone]);
  for (const [name, value] of [
    ["gpg.format", "ssh"],
    ["user.signingkey", key.file],
  ] as const)
    await sandbox.git(["config", name, value], { cwd: clone });
  await morello(sandbox, ["guard", "install", origin.path]);
  const picked = await morello(sandbox, ["pick", "main", "--onto", "release/v1.0", "--yes"], { cwd: clone });
  expect(picked.status, picked.stderr).toBe(0);
  const push = async (...refs: string[]): Promise<string> => {
    const done = await sandbox.gitRun(["push", "origin", ...refs], { cwd: clone, ok: [0, 1] });
    return done.stderr.toString();
  };
  const logs = ["refs/morello/trust", "refs/morello/ledger/release/v1.0"];
  expect(await push("release/v1.0")).toContain("[signed]");
  expect(await push(...logs)).toContain("[ledger-off-line]");
  expect(await push("release/v1.0", ...logs)).not.toContain("morello guard");
  const refs = await openRemote(sandbox, origin.path).refs();
  expect(refs["refs/heads/release/v1.0"]).toBe(await sandbox.git(["rev-parse", "release/v1.0"], { cwd: clone }));
});

test("a signed push is good where the server knows the key, and not where it is only some key's", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  const [known, other] = [await keyPair(sandbox, "known"), await keyPair(sandbox, "other")];
  await world.server.git(["update-ref", "-d", "refs/heads/morello-trust"]);
  await world.server.git(["config", "receive.certNonceSeed", "seed"]);
  await world.server.git([
    "config",
    "gpg.ssh.allowedSignersFile",
    sandbox.write("signers", `ada@example.com ${known.text}\n`),
  ]);
  expect(await signed(world, other)).toContain("[push-signer]");
  expect(await signed(world, known)).not.toContain("morello guard");
});

test("where pushes must be signed: one that is not is refused, unless it moves nothing that is guarded", async () => {
  const sandbox = makeSandbox();
  const world = await guarded(sandbox);
  await world.server.git(["config", "morello.guardSignedPush", "true"]);
  const push = async (refname: string, mark: string): Promise<string> =>
    (await world.push("file", [`${world.client.oid(mark)}:${refname}`])).stderr.toString();
  expect(await push("refs/heads/release/v2.7", "next27")).toContain("[push-unsigned]");
  expect(await push("refs/heads/topic/new", "side")).not.toContain("morello guard");
});

async function signed({ client, server }: Guarded, key: KeyPair): Promise<string> {
  const refspec = `${client.oid("next27")}:refs/heads/release/v2.7`;
  const args = [...signingWith(key), "push", "--signed", server.path, refspec];
  return (await client.gitRun(args, { ok: [0, 1] })).stderr.toString();
}
