// A Debian archive on loopback: real .debs, Packages, and an InRelease that a key of the test's own has signed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export interface ArchivedDeb {
  readonly name: string;
  /** `1.0-1` unless set. */
  readonly version?: string;
  /** `tmux (>= 3), libc6` */
  readonly depends?: string;
  readonly essential?: boolean;
  readonly architecture?: string;
  /** Files by path below the root. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface DebArchive {
  /** A line of sources.list. */
  readonly source: string;
  /** The public key, binary. */
  readonly keyring: Buffer;
  /** What is there from now on; a new date goes with it. */
  publish(debs: readonly ArchivedDeb[]): Promise<void>;
  /** Hands out other bytes under a path from now on. */
  spoil(path: string, bytes: Buffer): void;
}

export async function debArchive(sandbox: Sandbox, debs: readonly ArchivedDeb[]): Promise<DebArchive> {
  const gnupg = sandbox.path("gnupg");
  const run = async (program: string, args: readonly string[], input = ""): Promise<Buffer> => {
    const done = await finished(program, args, {
      cwd: sandbox.root,
      env: { ...sandbox.env, GNUPGHOME: gnupg, SOURCE_DATE_EPOCH: "1" },
      input,
    });
    if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.stderr.toString()}`);
    return done.stdout;
  };
  await run("mkdir", ["-p", "-m", "700", gnupg]);
  await run("gpg", [
    "--batch",
    "--quick-gen-key",
    "--passphrase",
    "",
    "Archive <archive@example.com>",
    "ed25519",
    "sign",
    "never",
  ]);
  sandbox.beforeRemoval(async () => void (await run("gpgconf", ["--kill", "all"])));
  const keyring = await run("gpg", ["--batch", "--export"]);

  const served = new Map<string, Buffer>();
  const publish = async (next: readonly ArchivedDeb[]): Promise<void> => {
    served.clear();
    const paragraphs: string[] = [];
    for (const deb of next) {
      const { file, control, bytes } = await buildDeb(sandbox, deb, run);
      served.set(`/pool/${file}`, bytes);
      paragraphs.push(`${control}Filename: pool/${file}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`);
    }
    const packages = Buffer.from(paragraphs.join("\n"));
    const place = "main/binary-amd64/Packages";
    served.set(`/dists/stable/${place}`, packages);
    const release = [
      "Suite: stable",
      "Codename: stable",
      "Architectures: amd64",
      "Components: main",
      "Date: Thu, 01 Jan 2026 00:00:00 UTC",
      `SHA256:\n ${sha256(packages)} ${packages.length} ${place}`,
      "",
    ].join("\n");
    served.set("/dists/stable/InRelease", await run("gpg", ["--batch", "--clearsign"], release));
  };
  await publish(debs);

  const server = createServer((request, response) => {
    const found = served.get(decodeURIComponent(request.url ?? ""));
    response.writeHead(found === undefined ? 404 : 200, { "content-length": found?.length ?? 0 }).end(found);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  sandbox.beforeRemoval(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return {
    source: `deb http://127.0.0.1:${port} stable main`,
    keyring,
    publish,
    spoil: (path, bytes) => void served.set(path, bytes),
  };
}

type Run = (program: string, args: readonly string[]) => Promise<Buffer>;

async function buildDeb(
  sandbox: Sandbox,
  { name, version = "1.0-1", depends, essential = false, architecture = "amd64", files = {} }: ArchivedDeb,
  run: Run,
): Promise<{ file: string; control: string; bytes: Buffer }> {
  const file = `${name}_${version.replace(/^\d+:/, "")}_${architecture}.deb`;
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Maintainer: Archive <archive@example.com>",
    ...(essential ? ["Essential: yes"] : []),
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    `Description: ${name}`,
    "",
  ].join("\n");
  sandbox.write(`debs/${file}/DEBIAN/control`, control);
  for (const [path, text] of Object.entries(files)) sandbox.write(`debs/${file}/${path}`, text);
  const target = sandbox.path(`debs/${file}.deb`);
  await run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", sandbox.path("debs", file), target]);
  return { file, control, bytes: readFileSync(target) };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
