// SSH keys made at run time, and what they sign.
import { readFileSync } from "node:fs";
import { finished } from "./process.ts";
import type { TestRepository } from "./repository.ts";
import type { Sandbox } from "./sandbox.ts";

export interface KeyPair {
  /** Of the private key; the public one is beside it, `.pub`. */
  readonly file: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly text: string;
}

export async function keyPair(sandbox: Sandbox, name: string): Promise<KeyPair> {
  const file = sandbox.path(`${name}-key`);
  const args = ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file];
  const made = await finished("ssh-keygen", args, { cwd: sandbox.root, env: sandbox.env });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return { file, text: readFileSync(`${file}.pub`, "utf8").trim() };
}

/** Options of git that make it sign with that key. */
export function signingWith({ file }: KeyPair): string[] {
  return ["-c", "gpg.format=ssh", "-c", `user.signingkey=${file}`];
}

/** An annotated tag signed with that key, as an object that no ref holds. */
export async function signedTag(repository: TestRepository, key: KeyPair, name: string, at: string): Promise<string> {
  await repository.git([...signingWith(key), "tag", "-f", "-s", "-m", name, name, at]);
  const tag = await repository.git(["rev-parse", `refs/tags/${name}`]);
  await repository.git(["update-ref", "-d", `refs/tags/${name}`]);
  return tag;
}
