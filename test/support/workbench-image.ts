// A workbench image without Debian: busybox, the files of workbench/, and a lab that keeps to its token.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workbenchFiles } from "../../src/image/workbench.ts";
import { tinyBase, type TinyFiles, type TinyImage } from "./containers.ts";
import type { Sandbox } from "./sandbox.ts";

/** Answers as Jupyter does: its API's version to everybody, its status to whoever has the token. */
const LAB = `#!/bin/sh
for word; do case $word in --port=*) port=\${word#*=} ;; esac; done
echo "the lab writes to its log"
exec nc -ll -p "$port" -e /usr/local/bin/lab-answer
`;

const ANSWER = `#!/bin/sh
read -r _ path _
given=
while read -r name value; do
  case $name in [Aa]uthorization:) given=\${value%?} ;; ?) break ;; esac
done
answer() { printf 'HTTP/1.0 %s\\r\\nContent-Type: application/json\\r\\n\\r\\n%s' "$1" "$2"; }
case $path in
  /api) answer '200 OK' '{"version": "0"}' ;;
  *) if [ "$given" = "token $(cat "$MORELLO_JUPYTER/token")" ]; then answer '200 OK' '{"kernels": 0}'; else answer '403 Forbidden' '{}'; fi ;;
esac
`;

export interface WorkbenchOptions {
  readonly files?: TinyFiles;
  readonly exposed?: readonly number[];
  readonly entrypoint?: readonly string[] | null;
}

/** In `layout/` below the sandbox, as `oci:DIR:tiny`. */
export async function workbenchImage(sandbox: Sandbox, options: WorkbenchOptions = {}): Promise<TinyImage> {
  const { files = {}, exposed = [8888], entrypoint = ["/usr/local/bin/morello-start"] } = options;
  const own = workbenchFiles({ services: { jupyter: true, ssh: false } });
  const base = await tinyBase(sandbox, {
    ...Object.fromEntries(own.map(({ path, mode, bytes }) => [path.slice(1), { mode, content: bytes.toString() }])),
    "usr/local/bin/jupyter-lab": { mode: 0o755, content: LAB },
    "usr/local/bin/lab-answer": { mode: 0o755, content: ANSWER },
    ...files,
  });
  return withSettings(base, {
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
    WorkingDir: "/workspace",
    ExposedPorts: Object.fromEntries(exposed.map((port) => [`${port}/tcp`, {}])),
    ...(entrypoint === null ? { Cmd: ["sleep", "600"] } : { Entrypoint: entrypoint }),
  });
}

/** The same layers with other settings. */
function withSettings(image: TinyImage, settings: unknown): TinyImage {
  const blob = (digest: string): string => join(image.directory, "blobs", "sha256", digest.slice("sha256:".length));
  const read = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
  const put = (value: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    writeFileSync(blob(digest), bytes);
    return { digest, size: bytes.length };
  };
  const index = read<{ manifests: { digest: string; size: number }[] }>(join(image.directory, "index.json"));
  const manifest = read<{ config: { digest: string } }>(blob(image.digest));
  const config = read<object>(blob(manifest.config.digest));
  const described = { ...manifest.config, ...put({ ...config, config: settings }) };
  const written = put({ ...manifest, config: described });
  const manifests = index.manifests.map((one) => ({ ...one, ...written }));
  writeFileSync(join(image.directory, "index.json"), JSON.stringify({ ...index, manifests }));
  return { ...image, digest: written.digest };
}
