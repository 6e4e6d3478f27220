// Ruby's File.fnmatch with FNM_PATHNAME, by which GitHub reads patterns of refs. Written apart from src/, to judge it.

export function fnmatch(pattern: string, name: string): boolean {
  return new RegExp(`^${expression(pattern)}$`, "su").test(name);
}

function expression(pattern: string): string {
  let out = "";
  let at = 0;
  while (at < pattern.length) {
    const atStart = at === 0 || pattern[at - 1] === "/";
    if (atStart && pattern.startsWith("**/", at)) {
      out += "(?:[^/.][^/]*/)*"; // directories, none of them hidden
      at += 3;
      continue;
    }
    const character = pattern[at] ?? "";
    at += 1;
    if (character === "*") {
      while (pattern[at] === "*") at += 1;
      out += atStart ? "(?!\\.)[^/]*" : "[^/]*";
    } else if (character === "?") {
      out += atStart ? "(?!\\.)[^/]" : "[^/]";
    } else if (character === "[" && pattern.includes("]", at + 1)) {
      const end = pattern.indexOf("]", at + 1);
      out += `[${pattern.slice(at, end).replace(/\\/g, "\\\\")}]`;
      at = end + 1;
    } else {
      out += character.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
    }
  }
  return out;
}
