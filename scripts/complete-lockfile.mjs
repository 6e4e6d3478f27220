// Enters in package-lock.json the optional packages of other platforms that npm left out: it does so when it could not
// see them while it resolved, and `npm ci` then refuses the whole lockfile. Run it after `npm install`; a test tells.
// Entries made here hold no digest, so npm on such a platform adds one with its next `npm install`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));

const PLATFORM =
  /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(?<abi>\w+))?$/;

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (Object.keys(lock.packages).some((path) => path === key || path.endsWith(`/${key}`))) continue;
    const { os, cpu, abi } = PLATFORM.exec(name)?.groups ?? {};
    if (os === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`Cannot tell what ${name}@${version} is`);
    const libc = os === "linux" && abi !== undefined ? { libc: [abi.startsWith("musl") ? "musl" : "glibc"] } : {};
    const dev = parent.dev === true ? { dev: true } : {};
    lock.packages[key] = { version, cpu: [cpu], ...dev, ...libc, optional: true, os: [os] };
    console.log(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
