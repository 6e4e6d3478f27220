// The public keys that the caller logs in with: named, of an agent, or of ~/.ssh. Private keys are never read.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { run } from "../git/run.ts";

export interface CallerKeys {
  /** One line each, `ssh-ed25519 AAAA… comment`. */
  readonly publicKeys: readonly string[];
  /** The file of the private key that belongs to the first; null: an agent has it. */
  readonly identity: string | null;
}

/** In ssh's own order of preference. */
const NAMES = ["id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa"];
const PUBLIC = /^(?:ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+(?: .*)?$/;

/** `named`: files, public keys or the private ones beside them. Throws `unknown-key`. */
export async function callerKeys(
  named: readonly string[],
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Promise<CallerKeys> {
  const home = env["HOME"] ?? "";
  if (named.length > 0) {
    const files = named.map((name) => resolve(cwd, name.replace(/^~(?=\/)/, home).replace(/\.pub$/, "")));
    return { publicKeys: files.map((file) => publicKeyOf(`${file}.pub`)), identity: identityOf(files[0] ?? "") };
  }
  const own = NAMES.map((name) => join(home, ".ssh", name)).find((file) => existsSync(`${file}.pub`));
  if (own !== undefined) return { publicKeys: [publicKeyOf(`${own}.pub`)], identity: identityOf(own) };
  const agent = env["SSH_AUTH_SOCK"] === undefined ? [] : await agentKeys({ env, cwd });
  if (agent.length > 0) return { publicKeys: agent, identity: null };
  throw new AppError("unknown-key", "There is no SSH key to log in with: none in ~/.ssh, and no agent has one", {
    hint: "ssh-keygen -t ed25519, or name one with --key FILE",
  });
}

function identityOf(file: string): string | null {
  return existsSync(file) ? file : null;
}

function publicKeyOf(file: string): string {
  let line: string;
  try {
    line = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new AppError("unknown-key", `${file} cannot be read`, { cause, hint: `ls -l '${file}'` });
  }
  if (PUBLIC.test(line)) return line;
  throw new AppError("unknown-key", `${file} holds no public key as ssh-keygen writes it`, {
    hint: `ssh-keygen -y -f '${file.replace(/\.pub$/, "")}'`,
  });
}

async function agentKeys(context: { readonly env: Environment; readonly cwd: string }): Promise<string[]> {
  const asked = await run(context, ["-L"], { program: "ssh-add", ok: [0, 1, 2] });
  return asked.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => PUBLIC.test(line));
}
