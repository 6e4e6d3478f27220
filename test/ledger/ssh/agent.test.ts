import { createServer, type Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { signWithAgent } from "../../../src/ledger/ssh/agent.ts";
import { parsePublicKey, type PublicKey } from "../../../src/ledger/ssh/public-key.ts";
import { bytesToSign, sshsigOf, verifySshsig } from "../../../src/ledger/ssh/sshsig.ts";
import { string, uint32 } from "../../../src/ledger/ssh/wire.ts";
import { finished } from "../../support/process.ts";
import { fileSandbox, makeSandbox } from "../../support/sandbox.ts";
import { KEY_NAMES, makeAllKeys, makeKey, startAgent, type KeyKind, type SshKey } from "../../support/ssh.ts";

const MESSAGE = Buffer.from("what was carried\n");

const sandbox = fileSandbox();
let keys: Record<KeyKind, SshKey>;
let socket: string;

beforeAll(async () => {
  keys = await makeAllKeys(sandbox);
  socket = await startAgent(sandbox, Object.values(keys));
});

function publicKey({ text }: SshKey): PublicKey {
  const parsed = parsePublicKey(text);
  if (parsed.kind === "bad") throw new Error(parsed.why);
  return parsed.key;
}

it.each(KEY_NAMES)("an agent signs with a key of %s", async (name) => {
  const key = publicKey(keys[name]);
  const answer = await signWithAgent(socket, key, bytesToSign("record@morello", MESSAGE));
  if (answer.kind !== "signed") throw new Error(answer.kind);
  const blob = sshsigOf(key, "record@morello", answer.signature);
  expect(verifySshsig(blob, MESSAGE, "record@morello")).toMatchObject({ kind: "good", key: keys[name].text });
});

it("an agent without the key does not hold it", async () => {
  const stranger = publicKey(await makeKey(sandbox, "stranger"));
  expect(await signWithAgent(socket, stranger, MESSAGE)).toEqual({ kind: "not-held" });
});

it("where there is no agent, none holds the key", async () => {
  expect(await signWithAgent(sandbox.path("no.sock"), publicKey(keys.ed25519), MESSAGE)).toEqual({ kind: "not-held" });
});

it("a locked agent does not hold the key", async () => {
  const place = makeSandbox();
  const key = await makeKey(place, "key");
  const locked = await startAgent(place, [key]);
  const ask = place.write("askpass", "#!/bin/sh\necho secret\n", 0o755);
  const env = { ...place.env, SSH_AUTH_SOCK: locked, SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: "force" };
  expect((await finished("ssh-add", ["-x"], { cwd: place.root, env })).status).toBe(0);
  expect(await signWithAgent(locked, publicKey(key), MESSAGE)).toEqual({ kind: "not-held" });
});

describe("an agent that holds the key and", () => {
  /** Listens as an agent that lists the key, and answers a request to sign as told. */
  async function listens(sign: (connection: Socket) => void): Promise<string> {
    const place = makeSandbox();
    const path = place.path("odd.sock");
    const identities = Buffer.concat([
      Buffer.from([12]),
      uint32(1),
      string(publicKey(keys.ed25519).blob),
      string("a comment"),
    ]);
    const server = createServer((connection) => {
      connection.on("error", () => undefined);
      connection.on("data", (request: Buffer) => {
        if (request[4] === 11) connection.write(string(identities));
        else sign(connection);
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    place.beforeRemoval(() => void server.close());
    return path;
  }

  it.each<[string, (connection: Socket) => void, RegExp]>([
    ["says no", (to) => to.write(string(Buffer.from([5]))), /holds SHA256:\S+ and refused to sign/],
    ["answers another question", (to) => to.write(string(Buffer.from([6]))), /did not understand/],
    ["hangs up", (to) => to.destroy(), /closed its socket/],
    ["hangs up in the middle", (to) => to.end(Buffer.from([0, 0, 0, 9, 14])), /closed its socket/],
    ["answers without end", (to) => to.write(Buffer.alloc(64, 0xff)), /longer than any should be/],
    ["answers nothing at all", (to) => to.write(uint32(0)), /cut short/],
    ["cuts its signature", (to) => to.write(string(Buffer.from([14, 0, 0, 0, 9, 1]))), /cut short/],
    ["says more than it should", (to) => to.write(string(Buffer.from([14, 0, 0, 0, 1, 1, 1]))), /followed by 1 bytes/],
  ])("%s is told of", async (_, sign, why) => {
    const answer = await signWithAgent(await listens(sign), publicKey(keys.ed25519), MESSAGE);
    expect(answer.kind === "refused" && answer.why).toMatch(why);
  });

  it("answers byte by byte is understood", async () => {
    const path = await listens((to) => {
      for (const byte of string(Buffer.concat([Buffer.from([14]), string("signature")]))) to.write(Buffer.from([byte]));
    });
    const answer = await signWithAgent(path, publicKey(keys.ed25519), MESSAGE);
    expect(answer).toEqual({ kind: "signed", signature: Buffer.from("signature") });
  });
});
