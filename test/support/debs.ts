// Small Debian packages made at run time, and a tiny base whose apt-get installs them: it leaves what a real one leaves,
// logs and caches with the time of the day, host keys, lock files. A package with /broken fails, and says what is in it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { LockedDeb } from "../../src/environment/lock.ts";
import { finished } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";
import type { TinyFiles } from "./containers.ts";

export interface DebOptions {
  readonly name: string;
  readonly version?: string;
  /** Path below the root -> content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds a package with dpkg-deb; its files are of 2020. */
export async function makeDeb(sandbox: Sandbox, { name, version = "1.0-1", files }: DebOptions): Promise<LockedDeb> {
  const control = `Package: ${name}
Version: ${version}
Architecture: all
Maintainer: Nobody <nobody@example.com>
Description: ${name}
`;
  sandbox.write(`debs/${name}/DEBIAN/control`, control);
  for (const [path, content] of Object.entries(files)) sandbox.write(`debs/${name}/${path}`, content, 0o755);
  const file = sandbox.path("debs", `${name}_${version}_all.deb`);
  const args = ["--build", "--root-owner-group", sandbox.path("debs", name), file];
  const done = await finished("dpkg-deb", args, { cwd: "/", env: { ...sandbox.env, SOURCE_DATE_EPOCH: "1577836800" } });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, version, architecture: "all", url: pathToFileURL(file).href, sha256, size: bytes.length };
}

const APT_GET = `#!/bin/sh
set -e
mkdir -p /var/log/apt /var/cache/apt/archives/partial /var/lib/apt/lists/partial /var/lib/dpkg /etc/ssh
for deb in "$@"; do
  case $deb in *.deb) dpkg-deb -x "$deb" / && echo "\${deb##*/}" >>/var/lib/dpkg/status ;; esac
done
[ ! -e /broken ] || { cat /broken >&2; exit 100; }
date +%s%N | tee /var/log/apt/history.log /var/cache/apt/pkgcache.bin /var/lib/dpkg/status-old >/var/log/dpkg.log
head -c 32 /dev/urandom >/etc/ssh/ssh_host_ed25519_key
echo "sshd:!:$((SOURCE_DATE_EPOCH / 86400))::::::" >>/etc/shadow
touch /etc/.pwd.lock /etc/ld.so.cache
rm -f /etc/motd
`;

// busybox runs its own sha256sum before any on the PATH, and that one knows fewer options than Debian's.
const SHELL = `#!/bin/busybox ash
sha256sum() {
  [ "$1 $2 $3" = "-c --quiet --strict" ] && shift 3 && set -- -c -s "$@"
  /bin/busybox sha256sum "$@"
}
[ "$1" = -c ] || exec /bin/busybox ash "$@"
eval "$2"
`;

/** For `tinyBase`. */
export const APT_FILES: TinyFiles = {
  "usr/bin/apt-get": { mode: 0o755, content: APT_GET },
  "bin/sh": { mode: 0o755, content: SHELL },
  "etc/motd": "hello\n",
  "etc/shadow": { mode: 0o640, content: "root:*:20000::::::\n" },
};
