import { expect, test } from "vitest";
import { history } from "../support/history.ts";
import { httpBackend } from "../support/http-backend.ts";
import { bareRemote } from "../support/remote.ts";
import { makeSandbox } from "../support/sandbox.ts";

const told = history()
  .commit("one", { files: { a: "1\n" } })
  .branch("release/v1");

test("a bare remote holds what the repository holds, and its hook refuses a push", async () => {
  const repository = await told.create(makeSandbox());
  const remote = await bareRemote(repository, {
    hooks: { update: 'test "$1" != refs/heads/main || { echo closed; exit 1; }' },
  });
  await repository.extend((more) => more.commit("two", { files: { a: "2\n" } }).branch("main"));
  await expect(repository.git(["push", "-q", "origin", "main", "release/v1"])).rejects.toThrow(
    /remote: closed[^]*hook declined/,
  );
  expect(await remote.refs()).toEqual({
    "refs/heads/main": repository.oid("one"),
    "refs/heads/release/v1": repository.oid("two"),
  });
});

test("the HTTP remote serves those who know the password, whatever the size of a push", async () => {
  const sandbox = makeSandbox();
  const repository = await told.create(sandbox);
  const remote = await bareRemote(repository);
  const server = await httpBackend(sandbox, { credentials: { user: "ada", password: "secret" } });
  await repository.extend((more) =>
    more.commit("big", { files: { big: Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => (n * n) % 251)) } }),
  );
  await repository.git(["remote", "set-url", "origin", `${server.url}/origin.git`]);
  await expect(repository.git(["push", "-q", "origin", "release/v1"])).rejects.toThrow("could not read Username");
  await repository.git(["remote", "set-url", "origin", `${server.urlWithCredentials}/origin.git`]);
  await repository.git([
    "-c",
    "http.postBuffer=65536",
    "-c",
    "core.compression=0",
    "push",
    "-q",
    "origin",
    "release/v1",
  ]);
  expect((await remote.refs())["refs/heads/release/v1"]).toBe(repository.oid("big"));
  expect(server.requests).toContain("POST /origin.git/git-receive-pack 200");
  expect(await sandbox.git(["ls-remote", `${server.urlWithCredentials}/origin.git`, "main"])).toContain(
    repository.oid("one"),
  );
});
