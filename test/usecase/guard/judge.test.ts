import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DEFAULT_CONFIG } from "../../../src/config/default.ts";
import { detectLines } from "../../../src/line/detect.ts";
import { HEADS, TAGS, type RefRecord } from "../../../src/line/ref.ts";
import { judgeCertificate, judgeUpdate, type Certificate, type Target } from "../../../src/usecase/guard/judge.ts";
import { roleReader, type Role } from "../../../src/usecase/guard/role.ts";
import type { Update } from "../../../src/usecase/guard/updates.ts";
import { ATTACKS, HONEST, SERVER, SYMBOLIC, type PushCase } from "../../support/push-attacks.ts";

const idOf = (mark: string): string => createHash("sha1").update(mark).digest("hex");

const refs: RefRecord[] = Object.entries(SERVER)
  .filter(([refname]) => refname.startsWith(HEADS) || refname.startsWith(TAGS))
  .map(([refname, mark]) => ({
    refname,
    oid: idOf(mark),
    peeled: mark.startsWith("tag:") ? idOf(`at ${mark}`) : null,
    committerTime: 0,
    upstream: null,
    symref: null,
  }));

const server = (config = DEFAULT_CONFIG) => ({
  refs,
  config,
  main: "main",
  head: "refs/heads/main",
  detected: detectLines({ refs, config, main: "main" }),
});

function targetOf(to: string | null): Target | null {
  if (to === null) return null;
  if (to.startsWith("tag:")) return { kind: "tag", name: to.slice(4), type: "commit", signature: { kind: "none" } };
  const [, type = "commit"] = /^(tree|blob):/.exec(to) ?? [];
  return { kind: "object", type: type as "commit" };
}

/** The rules that refuse a case, as the guard judges it when git has told the facts. */
function rules(pushed: PushCase): string[] {
  const { from, to, fastForward = true, onLine = true } = pushed;
  const refname = SYMBOLIC[pushed.refname] ?? pushed.refname;
  const update: Update = { refname, from: from && idOf(from), to: to && idOf(to) };
  const role = roleReader(server(), [update])(update);
  return judgeUpdate(update, role, { target: targetOf(to), fastForward, onLine, released: null }).map(
    ({ rule }) => rule,
  );
}

test("there are enough attacks to speak of, and no two of a name", () => {
  expect(new Set(ATTACKS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(60);
});

test.each(ATTACKS)("$name is refused", (attack) => {
  expect(rules(attack)).toContain(attack.rule);
});

test.each(HONEST)("$name goes through", (pushed) => {
  expect(rules(pushed)).toEqual([]);
});

const unusual: readonly PushCase[] = [
  { name: "a ref in the way of ledgers", refname: "refs/morello/ledger", from: null, to: "side" },
  { name: "a branch in the way of ledgers", refname: "refs/heads/morello-ledger", from: null, to: "side" },
  { name: "a branch whose bytes are no UTF-8", refname: "refs/heads/release/v2.7\ufffd", from: null, to: "side" },
  { name: "a ref named HEAD beside branches and tags", refname: "refs/HEAD", from: null, to: "side" },
  {
    name: "a branch that looks like a SHA-256 object ID",
    refname: `refs/heads/${"ab".repeat(32)}`,
    from: null,
    to: "side",
  },
  {
    name: "a ledger that looks like another's but for case",
    refname: "refs/heads/Morello-Trust",
    from: null,
    to: "side",
  },
];
test.each(unusual)("$name is refused, although some git would not send it", (pushed) => {
  expect(rules(pushed)).toEqual(["shadow"]);
});

const cleaning: readonly PushCase[] = [
  { name: "a tag that shadows a line", refname: "refs/tags/release/v2.7", from: "side", to: null },
  { name: "a replacement", refname: `refs/replace/${idOf("base")}`, from: "side", to: null },
  { name: "what looks like a remote's", refname: "refs/remotes/origin/main", from: "side", to: null },
];
test.each(cleaning)("$name may be deleted", (pushed) => {
  expect(rules(pushed)).toEqual([]);
});

test("a branch that shared its name with a tag before there was a guard can be worked on", () => {
  const config = DEFAULT_CONFIG;
  const both = [...refs, { ...refs[0]!, refname: "refs/heads/nightly" }];
  const update: Update = { refname: "refs/heads/nightly", from: idOf("base"), to: idOf("side") };
  const role = roleReader({ ...server(config), refs: both }, [update])(update);
  expect(role).toEqual({ kind: "free" });
});

test.each(["2.7.1-prepare", "v2.7.1-of-somebody", "fix-2.7.1", "2.7"])("a topic branch may be called %s", (name) => {
  expect(rules({ name, refname: `refs/heads/${name}`, from: null, to: "side" })).toEqual([]);
});

test("a branch that configuration calls a line is one, and so is one that the push makes", () => {
  const config = { ...DEFAULT_CONFIG, lines: [{ pattern: "ship/*" }] };
  const update: Update = { refname: "refs/heads/ship/red", from: null, to: idOf("side") };
  expect(roleReader(server(config), [update])(update)).toMatchObject({ kind: "line", line: { name: "ship/red" } });
});

test("a branch that would be taken for the main one is refused", () => {
  const trunk = refs.map((ref) => (ref.refname === "refs/heads/main" ? { ...ref, refname: "refs/heads/trunk" } : ref));
  const config = DEFAULT_CONFIG;
  const detected = detectLines({ refs: trunk, config, main: "trunk" });
  for (const head of [null, "refs/heads/main"]) {
    const update: Update = { refname: "refs/heads/main", from: null, to: idOf("side") };
    const role = roleReader({ refs: trunk, config, main: "trunk", head, detected }, [update])(update);
    expect(role).toMatchObject({ kind: "shadow", why: "would become the branch that policy is read from" });
  }
});

test("tags of a push do not change which tags are a line's releases", () => {
  const flood = Array.from({ length: 50 }, (_, n): Update => {
    return { refname: `refs/tags/other-2.7.${n}`, from: null, to: idOf("side") };
  });
  const update: Update = { refname: "refs/tags/v2.7.9", from: null, to: idOf("side") };
  expect(roleReader(server(), [...flood, update])(update)).toMatchObject({
    kind: "release",
    line: { name: "release/v2.7" },
  });
});

const signed: Extract<Role, { kind: "release" }> = (() => {
  const update: Update = { refname: "refs/tags/v2.7.1", from: null, to: idOf("next27") };
  const role = roleReader(server({ ...DEFAULT_CONFIG, policy: { signed: true } }), [update])(update);
  if (role.kind !== "release") throw new Error(role.kind);
  return role;
})();
const tag = (signature: Extract<Target, { kind: "tag" }>["signature"]): Target => {
  return { kind: "tag", name: "v2.7.1", type: "commit", signature };
};
test.each<[string, Target, string[]]>([
  ["a lightweight tag", { kind: "object", type: "commit" }, ["release-lightweight"]],
  ["an unsigned tag", tag({ kind: "none" }), ["release-unsigned"]],
  ["a tag signed by nobody knows whom", tag({ kind: "unsure", why: "SHA256:x" }), ["release-signer"]],
  ["a tag whose signature is of something else", tag({ kind: "bad", why: "it does not fit" }), ["release-signature"]],
  ["a tag signed by a known key", tag({ kind: "good", by: "ada@example.com" }), []],
])("where policy wants signed releases: %s", (_, target, expected) => {
  const update: Update = { refname: "refs/tags/v2.7.1", from: null, to: idOf("next27") };
  const found = judgeUpdate(update, signed, { target, fastForward: true, onLine: true, released: null });
  expect(found.map(({ rule }) => rule)).toEqual(expected);
});

const good = { kind: "good", by: "ada@example.com" } as const;
test.each<[string, Certificate | null, boolean, string[]]>([
  ["no signature, and none is asked for", null, false, []],
  ["no signature, and one is asked for", null, true, ["push-unsigned"]],
  ["a known key", { nonce: "OK", signature: good }, true, []],
  ["a known key, for another push", { nonce: "BAD", signature: good }, false, ["push-replayed"]],
  ["a known key, for another moment", { nonce: "SLOP", signature: good }, false, ["push-replayed"]],
  ["a known key, and no word of the nonce", { nonce: "", signature: good }, false, ["push-replayed"]],
  ["a good signature by some key", { nonce: "OK", signature: { kind: "unsure", why: "x" } }, false, ["push-signer"]],
  ["a bad signature", { nonce: "OK", signature: { kind: "bad", why: "x" } }, false, ["push-certificate"]],
  ["a certificate without a signature", { nonce: "OK", signature: { kind: "none" } }, false, ["push-unsigned"]],
])("a push with %s", (_, certificate, required, expected) => {
  expect(judgeCertificate(certificate, required).map(({ rule }) => rule)).toEqual(expected);
});
