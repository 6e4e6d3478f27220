// Writes src/symbol/c/standard-headers.ts: which names each header of ISO C and POSIX brings with glibc, by asking gcc
// on this machine. npx: node scripts/run.mjs scripts/standard/c.ts
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { Language, Parser } from "web-tree-sitter";
import { extractC } from "../../src/symbol/c/extract.ts";
import { Syntax } from "../../src/symbol/syntax.ts";

/** The headers of ISO C11 and POSIX.1-2017, and Linux's most used ones. */
const HEADERS = `assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h
  signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h
  tgmath.h threads.h time.h uchar.h wchar.h wctype.h aio.h arpa/inet.h cpio.h dirent.h dlfcn.h fcntl.h fmtmsg.h fnmatch.h
  ftw.h glob.h grp.h iconv.h langinfo.h libgen.h monetary.h mqueue.h ndbm.h net/if.h netdb.h netinet/in.h
  netinet/tcp.h nl_types.h poll.h pthread.h pwd.h regex.h sched.h search.h semaphore.h spawn.h strings.h
  sys/ipc.h sys/mman.h sys/msg.h sys/resource.h sys/select.h sys/sem.h sys/shm.h sys/socket.h sys/stat.h
  sys/statvfs.h sys/time.h sys/times.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/wait.h syslog.h tar.h
  termios.h unistd.h utime.h utmpx.h wordexp.h malloc.h alloca.h sys/epoll.h sys/eventfd.h sys/file.h sys/ioctl.h
  sys/param.h sys/prctl.h sys/sendfile.h sys/signalfd.h sys/syscall.h sys/sysinfo.h sys/timerfd.h sys/mount.h
  sys/inotify.h sys/random.h getopt.h endian.h byteswap.h execinfo.h ucontext.h err.h error.h ifaddrs.h pty.h
  sys/vfs.h sys/statfs.h sys/xattr.h features.h`.split(/\s+/);

const wasm = (name: string): Uint8Array => brotliDecompressSync(readFileSync(`vendor/grammars/${name}.wasm.br`));

function gcc(header: string, ...flags: readonly string[]): string | null {
  try {
    const args = ["-E", "-P", "-D_GNU_SOURCE", "-x", "c", ...flags, "-"];
    return execFileSync("gcc", args, {
      input: `#include <${header}>\n`,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}

await Parser.init({ wasmBinary: wasm("web-tree-sitter") });
const grammar = await Language.load(wasm("tree-sitter-c"));
const parser = new Parser();
parser.setLanguage(grammar);
const predefined = new Set(macros(execFileSync("gcc", ["-E", "-dM", "-x", "c", "/dev/null"], { encoding: "utf8" })));

function macros(text: string): string[] {
  return [...text.matchAll(/^#define (\w+)/gm)].map((match) => match[1] ?? "");
}

const names = new Map<string, number[]>();
const present: string[] = [];
for (const header of HEADERS) {
  const [text, defined] = [gcc(header), gcc(header, "-dM")];
  if (text === null || defined === null) continue;
  const tree = parser.parse(text);
  if (tree === null) continue;
  const syntax = new Syntax(tree, grammar, text, (type) => type === "compound_statement");
  const found = extractC(syntax, "definitions")
    .definitions.filter(({ of }) => of === null)
    .map(({ name }) => name);
  const index = present.push(header) - 1;
  for (const name of new Set([...found, ...macros(defined)])) {
    if (name.startsWith("_") || name.includes(" ") || predefined.has(name)) continue;
    names.set(name, [...(names.get(name) ?? []), index]);
  }
}
/** Names with the same headers share a line. */
const groups = new Map<string, string[]>();
for (const [name, indexes] of names) {
  const key = indexes.map((index) => index.toString(36)).join(" ");
  groups.set(key, [...(groups.get(key) ?? []), name]);
}
const version = execFileSync("ldd", ["--version"], { encoding: "utf8" }).split("\n")[0];
const rows = [...groups].map(([key, list]) => `${key}:${list.sort().join(" ")}`).sort();
console.error(`${present.length} headers, ${names.size} names, ${rows.join("\n").length} bytes, ${version}`);
writeFileSync(
  "src/symbol/c/standard-headers.ts",
  `// long because: a table. Written by scripts/standard/c.ts from the headers of ${version}; do not edit.

/** Headers, numbered from 0. */
export const HEADERS = \`
${present.join("\n")}
\`;

/** Which headers, by number in base 36, bring which names: with what they include themselves. */
export const NAMES = \`
${rows.join("\n")}
\`;
`,
);
