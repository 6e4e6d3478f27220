// One pair of images for every cause: they differ by that cause, and by nothing else.
import { gzipSync } from "node:zlib";
import { writeTar } from "../../../src/layer/tar.ts";
import { EPOCH, file, link, type ImageInput } from "./images.ts";

export interface Seed {
  readonly a: ImageInput;
  readonly b: ImageInput;
  /** Where it shows; null: the image as a whole. */
  readonly where: string | null;
}

type Files = ImageInput["layers"][number];

const files = (where: string, a: Files, b: Files): Seed => ({ where, a: { layers: [a] }, b: { layers: [b] } });
const content = (path: string, a: string | Uint8Array, b: string | Uint8Array): Seed =>
  files(path, [file(path, a)], [file(path, b)]);
const config = (where: string | null, a: object, b: object): Seed => ({
  where,
  a: { layers: [[file("a")]], config: { ...a } },
  b: { layers: [[file("a")]], config: { ...b } },
});

const PLAIN = [file("a", "1"), file("b", "2")];

function pyc(time: number, code: string, magic = 3495): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16LE(magic, 0);
  header.write("\r\n", 2);
  header.writeUInt32LE(time, 8);
  return Buffer.concat([header, Buffer.from(code)]);
}

/** Gzipped, with a time in the header as `gzip` without `-n` writes it. */
function zipped(text: string, time: number): Buffer {
  const bytes = gzipSync(text);
  bytes.writeUInt32LE(time, 4);
  return bytes;
}

const status = (version: string): string =>
  `Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\nPackage: openssl\nStatus: install ok installed\nVersion: ${version}\n`;
const OWNED = file("var/lib/dpkg/info/openssl.list", "/.\n/usr\n/usr/bin\n/usr/bin/openssl\n");
const debs = (version: string, program: string): Files => [
  file("var/lib/dpkg/status", status(version)),
  OWNED,
  file("usr/bin/openssl", program),
];

const site = "usr/lib/python3/site-packages";
const wheel = (version: string, code: string): Files => [
  file(`${site}/numpy-${version}.dist-info/RECORD`, `numpy/__init__.py,sha256=x,9\n../../../bin/f2py,sha256=y,9\n`),
  file(`${site}/numpy/__init__.py`, code),
];

/** Cause -> its pair. */
export const SEEDS: Readonly<Record<string, Seed>> = {
  "platform": config(null, {}, { architecture: "arm64" }),
  "media-types": { where: null, a: { layers: [PLAIN] }, b: { layers: [PLAIN], family: "docker" } },
  "annotations": {
    where: "org.opencontainers.image.version",
    a: { layers: [PLAIN] },
    b: { layers: [PLAIN], annotations: { "org.opencontainers.image.version": "v2" } },
  },
  "compression": {
    where: "layer 1",
    a: { layers: [PLAIN] },
    b: { layers: [PLAIN], compress: (tar) => zipped("", 0) && gzipSync(tar, { level: 1 }) },
  },
  "tar-order": { where: "layer 1", a: { layers: [PLAIN] }, b: { layers: [[...PLAIN].reverse()] } },
  "tar-dialect": {
    where: "layer 1",
    a: { layers: [PLAIN] },
    b: { layers: [Buffer.concat([writeTar(PLAIN), Buffer.alloc(8192)])] }, // as GNU tar fills its records
  },
  "layer-cut": { where: null, a: { layers: [PLAIN] }, b: { layers: PLAIN.map((one) => [one]) } },
  "layer-contents": {
    where: null,
    a: {
      layers: [
        [file("a", "1"), file("x")],
        [file(".wh.x"), file("b", "2")],
      ],
    },
    b: {
      layers: [
        [file("b", "2"), file("y")],
        [file(".wh.y"), file("a", "1")],
      ],
    },
  },
  "created": config(null, {}, { created: "2026-01-02T00:00:00Z" }),
  "history-time": config(
    null,
    { history: [{ created: "2026-01-01T00:00:00Z", created_by: "s" }] },
    { history: [{ created: "2026-01-02T00:00:00Z", created_by: "s" }] },
  ),
  "history-step": config(null, { history: [{ created_by: "RUN a" }] }, { history: [{ created_by: "RUN b" }] }),
  "labels": config("k", { config: { Labels: { k: "1" } } }, { config: { Labels: { k: "2" } } }),
  "engine-fields": config("docker_version", {}, { docker_version: "20.10" }),
  "json-form": { where: null, a: { layers: [PLAIN] }, b: { layers: [PLAIN], indent: 2 } },
  "environment": config(
    "PATH",
    { config: { Env: ["PATH=/bin", "X=1"] } },
    { config: { Env: ["PATH=/usr/bin", "X=1"] } },
  ),
  "start": config("Cmd", { config: { Cmd: ["sh"] } }, { config: { Cmd: ["bash"] } }),
  "apt-lists": content("var/lib/apt/lists/deb.debian.org_Packages", "1", "2"),
  "apt-cache": content("var/cache/apt/pkgcache.bin", "1", "2"),
  "apt-archives": files("var/cache/apt/archives/a.deb", PLAIN, [...PLAIN, file("var/cache/apt/archives/a.deb")]),
  "package-log": content("var/log/dpkg.log", "2026-01-01 x", "2026-01-02 x"),
  "log": content("var/log/nginx/access", "1", "2"),
  "ssh-host-key": content("etc/ssh/ssh_host_rsa_key", "one", "two"),
  "font-cache": content("var/cache/fontconfig/x.cache-7", "1", "2"),
  "ldconfig-cache": content("var/cache/ldconfig/aux-cache", "1", "2"),
  "ld-so-cache": content("etc/ld.so.cache", "1", "2"),
  "machine-id": content("etc/machine-id", "1", "2"),
  "debconf-old": content("var/cache/debconf/config.dat-old", "1", "2"),
  "debconf": content("var/cache/debconf/config.dat", "1", "2"),
  "dpkg-old": content("var/lib/dpkg/status-old", "1", "2"),
  "account-backup": content("etc/passwd-", "1", "2"),
  "locale-archive": content("usr/lib/locale/locale-archive", "1", "2"),
  "certificates": content("etc/ssl/certs/ca-certificates.crt", "1", "2"),
  "history": content("root/.bash_history", "ls", "pwd"),
  "user-cache": content("root/.cache/pip/http/x", "1", "2"),
  "conda": content("opt/conda/conda-meta/history", "1", "2"),
  "temporary": content("tmp/build.out", "1", "2"),
  "git-directory": content("opt/app/.git/index", "1", "2"),
  "engine": content("etc/hostname", "1", "2"),
  "desktop-cache": content("usr/share/mime/mime.cache", "1", "2"),
  "systemd-state": content("var/lib/systemd/catalog/database", "1", "2"),
  "alternatives": files(
    "etc/alternatives/editor",
    [link("etc/alternatives/editor", "/bin/nano")],
    [link("etc/alternatives/editor", "/bin/vi")],
  ),
  "random-name": files(
    "opt/x/tmpab12cd",
    [...PLAIN, file("opt/x/y")],
    [...PLAIN, file("opt/x/y"), file("opt/x/tmpab12cd")],
  ),
  "deb-version": files("usr/bin/openssl", debs("3.0.11-1", "old"), debs("3.0.14-1", "new")),
  "wheel-version": files(`${site}/numpy/__init__.py`, wheel("1.26.4", "old"), wheel("2.0.0", "new")),
  "shadow-day": content(
    "etc/shadow",
    "root:*:20780:0:99999:7:::\nsshd:!:20780::::::\n",
    "root:*:20201:0:99999:7:::\nsshd:!:20201::::::\n",
  ),
  "account-order": content("etc/passwd", "a:x:100:\nb:x:101:\n", "b:x:100:\na:x:101:\n"),
  "bytecode-time": content("opt/__pycache__/a.cpython-311.pyc", pyc(1, "code"), pyc(2, "code")),
  "bytecode-python": content("opt/__pycache__/a.cpython-311.pyc", pyc(1, "code"), pyc(1, "code", 3531)),
  "bytecode-left": files(
    "opt/__pycache__/a.cpython-311.pyc",
    [file("opt/__pycache__/b")],
    [file("opt/__pycache__/b"), file("opt/__pycache__/a.cpython-311.pyc", pyc(1, "code"))],
  ),
  "bytecode-source": files(
    "opt/__pycache__/a.cpython-311.pyc",
    [file("opt/a.py", "1"), file("opt/__pycache__/a.cpython-311.pyc", pyc(1, "one"))],
    [file("opt/a.py", "2"), file("opt/__pycache__/a.cpython-311.pyc", pyc(1, "two"))],
  ),
  "bytecode-order": content("opt/__pycache__/a.cpython-311.pyc", pyc(1, "one"), pyc(1, "two")),
  "gzip-time": content("usr/share/doc/x.gz", zipped("text", 5), zipped("text", 6)),
  "binary-rebuilt": content("usr/lib/x.so", "\x7fELF\0one", "\x7fELF\0two"),
  "archive-time": content("usr/share/java/x.jar", "PK\x03\x04\0one", "PK\x03\x04\0two"),
  "time-inside": content(
    "etc/built",
    "built on 2026-01-01 10:11:12 UTC by x\n",
    "built on 2026-02-03 01:02:03 UTC by x\n",
  ),
  "line-order": content("etc/list", "a\nb\n", "b\na\n"),
  "text": content("etc/motd", "hello\n", "goodbye\n"),
  "mtime-after-epoch": files("a", [file("a", "", { mtime: EPOCH + 5 })], [file("a", "", { mtime: EPOCH + 9 })]),
  "mtime": files("a", [file("a", "", { mtime: EPOCH - 5 })], [file("a", "", { mtime: EPOCH - 9 })]),
  "mode": files("a", [file("a")], [file("a", "", { mode: 0o600 })]),
  "owner": files("a", [file("a")], [file("a", "", { uid: 1000 })]),
  "xattrs": files("a", [file("a")], [file("a", "", { xattrs: new Map([["security.capability", "x"]]) })]),
  "link-target": files("a", [link("a", "b")], [link("a", "c")]),
  "type": files("a", [file("a")], [link("a", "c")]),
  "only-one": files("b", [file("a")], [file("a"), file("b")]),
  "content": content("a.bin", "\0one", "\0two"),
};

/** Causes that cannot come alone, and what comes with them. */
export const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  "deb-version": [],
  "wheel-version": [],
  "bytecode-source": ["text"],
  "layer-cut": ["history-step"],
};
