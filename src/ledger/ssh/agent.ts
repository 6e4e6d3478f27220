// Asks an ssh-agent to sign, over its socket. Never adds, removes or locks a key. Source: the SSH agent protocol,
// draft-ietf-sshm-ssh-agent.
import { connect, type Socket } from "node:net";
import { fingerprintOf, type PublicKey } from "./public-key.ts";
import { Malformed, Reader, string, uint32 } from "./wire.ts";

const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const RSA_SHA2_512 = 4;

const LONGEST_ANSWER = 256 * 1024; // OpenSSH's own limit

/** `not-held`: no agent answers at that socket, or it does not hold the key. `refused`: it holds it and does not sign. */
export type AgentAnswer =
  | { readonly kind: "signed"; readonly signature: Buffer }
  | { readonly kind: "not-held" }
  | { readonly kind: "refused"; readonly why: string };

/** `socket`: what SSH_AUTH_SOCK names. The agent may ask its user first, so this can take as long as a person does. */
export async function signWithAgent(socket: string, key: PublicKey, data: Buffer): Promise<AgentAnswer> {
  const agent = await open(socket);
  if (agent === null) return { kind: "not-held" };
  try {
    const held = await identities(agent);
    if (!held.some((blob) => blob.equals(key.blob))) return { kind: "not-held" };
    const flags = key.kind === "rsa" ? RSA_SHA2_512 : 0;
    const answer = await ask(agent, SIGN_REQUEST, [string(key.blob), string(data), uint32(flags)]);
    const type = answer.uint8();
    if (type !== SIGN_RESPONSE) {
      const how = type === FAILURE ? "refused" : "did not understand";
      return { kind: "refused", why: `the agent holds ${fingerprintOf(key.blob)} and ${how} to sign with it` };
    }
    const signature = answer.string();
    answer.end();
    return { kind: "signed", signature };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "refused", why: error.message };
    throw error;
  } finally {
    agent.destroy();
  }
}

function open(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

async function identities(agent: Socket): Promise<Buffer[]> {
  const answer = await ask(agent, REQUEST_IDENTITIES, []);
  if (answer.uint8() !== IDENTITIES_ANSWER) return [];
  const blobs: Buffer[] = [];
  for (let left = answer.uint32(); left > 0; left--) {
    blobs.push(answer.string());
    answer.string(); // the comment
  }
  return blobs;
}

/** One question, one answer: a length and so many bytes each way. */
function ask(agent: Socket, type: number, parts: readonly Buffer[]): Promise<Reader> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      agent.removeAllListeners();
      agent.on("error", () => undefined); // nobody waits any more
      act();
    };
    const fail = (why: string): void => settle(() => reject(new Malformed(why)));
    agent.on("data", (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      if (read.length < 4) return;
      const length = read.readUInt32BE();
      if (length > LONGEST_ANSWER) fail("the agent's answer is longer than any should be");
      else if (read.length - 4 >= length) {
        settle(() => resolve(new Reader(read.subarray(4, 4 + length), "the agent's answer")));
      }
    });
    agent.once("error", (cause) => fail(`the agent does not answer: ${cause.message}`));
    agent.once("close", () => fail("the agent closed its socket without an answer"));
    agent.write(string(Buffer.concat([Buffer.from([type]), ...parts])));
  });
}
