// mmdebstrap: a whole Debian system from the .debs of the lock, without an engine and without an archive.
import { createHash } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTEXT } from "../../environment/containerfile.ts";
import { debFile, type LockedDeb } from "../../environment/lock.ts";
import { run, type GitContext } from "../../git/run.ts";
import type { FileRange } from "../docker-archive.ts";
import type { UsedEngine } from "./build.ts";
import { engineFailure, speak } from "./speak.ts";

export interface BootstrapRequest {
  readonly debs: readonly LockedDeb[];
  /** Made where it is not there; null: none. */
  readonly user: string | null;
  /** Unix seconds. */
  readonly epoch: number;
  /** Its folder of .debs is the archive that is installed from. */
  readonly context: string;
  readonly directory: string;
  readonly env: GitContext["env"];
  readonly signal?: AbortSignal | undefined;
  readonly onStep: (step: string) => void;
}

/** Throws `engine-missing`, `engine-failed` with the last lines, `disk-full`. */
export async function bootstrap(
  request: BootstrapRequest,
): Promise<{ tars: readonly FileRange[]; engine: UsedEngine }> {
  const { debs, user, epoch, context, directory, env, signal, onStep } = request;
  const git = { cwd: context, env: { ...env, SOURCE_DATE_EPOCH: String(epoch), TMPDIR: directory } };
  const asked = await speak(git, "mmdebstrap", ["--version"], { signal });
  if (asked.status !== 0) throw engineFailure("mmdebstrap", "say its version", asked);
  const archive = join(context, CONTEXT.debs);
  await writeArchiveIndex(git, archive, debs);
  const file = join(directory, "rootfs.tar");
  mkdirSync(join(directory, "tmp"), { recursive: true });
  const forget = `--customize-hook=rm "$1/etc/apt/sources.list"`; // it names the build's own directory
  const hooks = user === null ? [] : [`--customize-hook=chroot "$1" useradd --create-home --shell /bin/bash ${user}`];
  const merged = debs.some(({ name }) => name === "usr-is-merged")
    ? [`--setup-hook=${mergedUsr(architectureOf(debs))}`]
    : [];
  const args = [
    "--mode=root",
    "--variant=custom", // nothing but what the lock has
    "--format=tar",
    `--architectures=${architectureOf(debs)}`,
    `--include=${debs.map(({ name, version }) => `${name}=${version}`).join(",")}`,
    "--aptopt=APT::Install-Recommends false",
    ...merged,
    forget,
    ...hooks,
    "", // no suite: the archive is flat
    file,
    `deb [trusted=yes] copy:${archive} ./`,
  ];
  onStep("mmdebstrap");
  const said = await speak(git, "mmdebstrap", args, {
    signal,
    onLine: (line) => line.startsWith("I: ") && onStep(`mmdebstrap: ${line.slice(3)}`),
  });
  if (said.status !== 0) throw engineFailure("mmdebstrap", "build the environment", said, "morello image lock");
  const version = /\d+(?:\.\d+)+/.exec(asked.stdout)?.[0] ?? asked.stdout.trim();
  const engine = { name: "mmdebstrap", version, isolation: "chroot" };
  return { tars: [{ file, offset: 0, size: statSync(file).size }], engine };
}

/** What usr-is-merged asks for before it lets itself be installed. Source: debootstrap, setup_merged_usr. */
function mergedUsr(architecture: string): string {
  const directories = architecture === "amd64" ? "bin sbin lib lib64" : "bin sbin lib";
  return `for d in ${directories}; do mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; done`;
}

function architectureOf(debs: readonly LockedDeb[]): string {
  return debs.find(({ architecture }) => architecture !== "all")?.architecture ?? "amd64";
}

/** What apt reads an archive by: each package's own words, with where it is. */
async function writeArchiveIndex(git: GitContext, archive: string, debs: readonly LockedDeb[]): Promise<void> {
  const parts: string[] = [];
  for (const deb of debs) {
    const control = (await run(git, ["--field", join(archive, debFile(deb))], { program: "dpkg-deb" })).stdout.toString(
      "utf8",
    );
    parts.push(`${control.trimEnd()}\nFilename: ./${debFile(deb)}\nSize: ${deb.size}\nSHA256: ${deb.sha256}\n`);
  }
  const packages = parts.join("\n");
  writeFileSync(join(archive, "Packages"), packages);
  const hash = createHash("sha256").update(packages).digest("hex");
  const date = new Date(Number(git.env["SOURCE_DATE_EPOCH"]) * 1000).toUTCString().replace("GMT", "+0000");
  const release = `Date: ${date}\nSHA256:\n ${hash} ${Buffer.byteLength(packages)} Packages\n`;
  writeFileSync(join(archive, "Release"), release);
}
