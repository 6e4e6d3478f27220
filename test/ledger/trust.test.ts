import { expect, test } from "vitest";
import { openLog } from "../../src/ledger/log.ts";
import { foundTrust, readTrust } from "../../src/ledger/trust.ts";
import type { RecordSigner } from "../../src/ledger/signer.ts";
import { CLOCK } from "../support/environment.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeKey, nodeSigner, type SshKey } from "../support/ssh.ts";
import { codes, contextOf, landed, LINE, pickedStory, trust, trusted, verified, write } from "./setting.ts";

interface Keys {
  readonly repository: TestRepository;
  readonly ada: SshKey;
  readonly bob: SshKey;
}

async function twoKeys(): Promise<Keys> {
  const sandbox = makeSandbox();
  const repository = await pickedStory(3).create(sandbox);
  const [ada, bob] = await Promise.all([makeKey(sandbox, "ada"), makeKey(sandbox, "bob")]);
  return { repository, ada, bob };
}

/** The first pick, recorded under a key state. */
async function record(repository: TestRepository, digest: string, signer: RecordSigner | null): Promise<void> {
  await write(await contextOf(repository), repository, [await landed(repository, 1)], { trust: digest, signer });
}

test("records by a key that is trusted hold, and are counted by who signed them", async () => {
  const { repository, ada } = await twoKeys();
  const signer = nodeSigner(ada);
  const digest = await trust(await contextOf(repository), repository, { keys: [trusted(ada, "ada@x")] }, [signer]);
  await record(repository, digest, signer);
  const report = await verified(repository);
  expect(report).toMatchObject({ findings: [], records: 2, signed: 2 });
  expect(report.signers).toEqual([{ fingerprint: ada.fingerprint, principal: "ada@x", records: 2 }]);
});

test.each([
  ["unsigned", "unsigned", null, {}],
  ["by a key that nobody vouches for", "unknown-key", "bob", {}],
  ["by a key that is not valid any more", "expired-key", "ada", { validBefore: CLOCK }],
  ["by a key that is not valid yet", "expired-key", "ada", { validAfter: CLOCK + 86_400 }],
  ["by an approver's key", "role", "ada", { roles: ["root", "approver"] }],
] as const)("a record %s does not hold", async (_name, code, by, wish) => {
  const { repository, ada, bob } = await twoKeys();
  const root = nodeSigner(bob);
  const rooted = { ...trusted(bob, "bob@x"), roles: ["root" as const] };
  const adaKey = {
    ...trusted(ada, "ada@x"),
    ...wish,
    roles: [...("roles" in wish ? wish.roles : ["writer" as const])],
  };
  const keys = by === "bob" ? [adaKey] : [rooted, adaKey];
  const signers = by === "bob" ? [nodeSigner(ada)] : [root];
  const state = by === "bob" ? { keys: [{ ...adaKey, roles: ["root" as const, "writer" as const] }] } : { keys };
  const digest = await trust(await contextOf(repository), repository, state, signers);
  await record(repository, digest, by === null ? null : nodeSigner(by === "ada" ? ada : bob));
  expect(codes(await verified(repository))).toEqual([code]);
});

test("records from before the trust log began hold unsigned, and later ones do not", async () => {
  const { repository, ada } = await twoKeys();
  const context = await contextOf(repository);
  const before = await write(context, repository, [await landed(repository, 1)]);
  const tips = { [LINE]: before.update.to };
  await trust(context, repository, { keys: [trusted(ada, "ada@x")] }, [nodeSigner(ada)], tips);
  expect((await verified(repository)).findings).toEqual([]);
  await write(await contextOf(repository), repository, [await landed(repository, 2)]);
  expect((await verified(repository)).findings).toMatchObject([{ code: "unsigned", seq: 2 }]);
});

test("what a revoked key signed before holds, and it signs nothing afterwards, whatever state it names", async () => {
  const { repository, ada, bob } = await twoKeys();
  const [adaSigns, bobSigns] = [nodeSigner(ada), nodeSigner(bob)];
  const context = await contextOf(repository);
  const keys = [trusted(ada, "ada@x"), trusted(bob, "bob@x")];
  const first = await trust(context, repository, { keys }, [adaSigns]);
  const { update } = await write(context, repository, [await landed(repository, 1)], {
    trust: first,
    signer: bobSigns,
  });
  const tips = { [LINE]: update.to };
  await trust(context, repository, { keys, revoked: [bob.fingerprint] }, [adaSigns], tips);
  expect((await verified(repository)).findings).toEqual([]);
  const late = await contextOf(repository);
  await write(late, repository, [await landed(repository, 2)], { trust: first, signer: bobSigns });
  expect((await verified(repository)).findings).toMatchObject([{ code: "revoked-key", seq: 2 }]);
});

test("a record that names an older key state than one before it does not hold", async () => {
  const { repository, ada } = await twoKeys();
  const signer = nodeSigner(ada);
  const context = await contextOf(repository);
  const keys = [trusted(ada, "ada@x")];
  const first = await trust(context, repository, { keys }, [signer]);
  const second = await trust(context, repository, { keys: [...keys, trusted(ada, "ada@y")] }, [signer]);
  await write(context, repository, [await landed(repository, 1)], { trust: second, signer });
  await write(await contextOf(repository), repository, [await landed(repository, 2)], { trust: first, signer });
  expect(codes(await verified(repository))).toEqual(["trust-order"]);
  const since = await repository.git(["rev-parse", `refs/morello/ledger/${LINE}~1`]);
  expect(codes(await verified(repository, { since }))).toEqual(["trust-order"]);
});

test("a record that names a key state that nobody knows does not hold", async () => {
  const { repository, ada } = await twoKeys();
  await record(repository, "0".repeat(64), nodeSigner(ada));
  expect(codes(await verified(repository))).toEqual(["trust-order"]);
});

test("a change of keys needs as many root signatures as the state before it says", async () => {
  const { repository, ada, bob } = await twoKeys();
  const [adaSigns, bobSigns] = [nodeSigner(ada), nodeSigner(bob)];
  const context = await contextOf(repository);
  const keys = [trusted(ada, "ada@x"), trusted(bob, "bob@x")];
  await trust(context, repository, { keys, threshold: 2 }, [adaSigns, bobSigns]);
  await trust(context, repository, { keys, threshold: 1 }, [adaSigns, bobSigns]);
  expect(await readTrust(await contextOf(repository))).toMatchObject({ findings: [] });
  await trust(context, repository, { keys, threshold: 2 }, [adaSigns]);
  await trust(context, repository, { keys: keys.slice(0, 1), threshold: 1 }, [adaSigns, adaSigns]);
  const found = await readTrust(await contextOf(repository));
  expect(found?.findings).toMatchObject([{ code: "threshold", seq: 3 }]);
});

test.each([
  ["by a key that is no root", { roles: ["writer" as const] }],
  ["by a root key that is not valid any more", { validBefore: CLOCK }],
])("a change of keys that is signed %s does not hold", async (_name, wish) => {
  const { repository, ada, bob } = await twoKeys();
  const context = await contextOf(repository);
  const keys = [trusted(ada, "ada@x"), trusted(bob, "bob@x", wish)];
  await trust(context, repository, { keys }, [nodeSigner(ada)]);
  await trust(context, repository, { keys }, [nodeSigner(bob)]);
  expect((await readTrust(await contextOf(repository)))?.findings).toMatchObject([{ code: "threshold", seq: 1 }]);
});

test("the first root key is remembered, and a trust log with another does not hold", async () => {
  const { repository, ada, bob } = await twoKeys();
  const context = await contextOf(repository);
  await trust(context, repository, { keys: [trusted(ada, "ada@x")] }, [nodeSigner(ada)]);
  const first = await readTrust(context);
  expect(first).toMatchObject({ roots: [ada.fingerprint], pinned: "first-use" });
  foundTrust(context.repository, first!);
  expect(await readTrust(context)).toMatchObject({ pinned: "remembered", findings: [] });
  await repository.git(["update-ref", "-d", (await openLog(context, "", false)).refname]);
  await trust(context, repository, { keys: [trusted(bob, "bob@x")] }, [nodeSigner(bob)]);
  expect((await readTrust(context))?.findings).toMatchObject([{ code: "root-key" }]);
});

test("the root key may be pinned by git's configuration", async () => {
  const { repository, ada, bob } = await twoKeys();
  const context = await contextOf(repository);
  await trust(context, repository, { keys: [trusted(ada, "ada@x")] }, [nodeSigner(ada)]);
  await repository.git(["config", "morello.rootKey", ada.fingerprint]);
  expect(await readTrust(context)).toMatchObject({ pinned: "configured", findings: [] });
  await repository.git(["config", "morello.rootKey", bob.fingerprint]);
  expect((await readTrust(context))?.findings).toMatchObject([{ code: "root-key" }]);
});
