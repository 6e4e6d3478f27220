// `--onto LINE…`: several lines after one `--onto`, without ever taking a revision for a line.

/**
 * Rewrites `REV… --onto A B` to `REV… --onto A --onto B`. Operands that directly follow the value of `--onto` are lines
 * only if a revision stands before: in `--onto A X Y`, X and Y are the revisions. After `--` all are revisions.
 * `takesValue` tells whether an option's value is the next argument.
 */
export function spreadOnto(args: readonly string[], takesValue: (option: string) => boolean): string[] {
  const out: string[] = [];
  let revisions = false;
  let collecting = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return [...out, ...args.slice(at)];
    if (arg.startsWith("-") && arg !== "-") {
      out.push(arg);
      collecting = arg.startsWith("--onto=") && revisions;
      if (!takesValue(arg)) continue;
      at += 1;
      if (at < args.length) out.push(args[at] ?? "");
      collecting = arg === "--onto" && revisions;
    } else if (collecting) {
      out.push("--onto", arg);
    } else {
      revisions = true;
      out.push(arg);
    }
  }
  return out;
}
